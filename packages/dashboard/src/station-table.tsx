import type { Chargestation, Connector } from 'busbar/client';
import { useRef } from 'preact/hooks';
import type { Fleet } from './fleet.ts';
import { now } from './now.ts';
import { linkToStation } from './route.ts';
import { StatusChip } from './status-chip.tsx';
import { nothing, numberOf, toAge, toCurrent, toEnergy, toPercent, toPower, toProtocol, toTime } from './words.ts';

const columns = ['Station', 'Protocol', 'Connector', 'Power', 'Session', 'SoC', 'Limit', 'Last seen'] as const;

export function StationTable({ fleet }: { fleet: Fleet }) {
  const stations = fleet.listed.value;
  return (
    <section aria-labelledby="stations">
      <div class="heading">
        <h2 id="stations">Charging stations</h2>
        <Search fleet={fleet} />
      </div>
      {stations.length === 0 ? (
        <Empty fleet={fleet} />
      ) : (
        <div class="card scroll">
          <table class="stations">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            {stations.map((station) => (
              <StationRows key={station._id} station={station} />
            ))}
          </table>
        </div>
      )}
      {fleet.hasMore.value && (
        <p class="fine more">
          The newest {stations.length} of these stations. <button onClick={() => fleet.showMore()}>Show more</button>
        </p>
      )}
    </section>
  );
}

function Search({ fleet }: { fleet: Fleet }) {
  return (
    <input
      type="search"
      aria-label="Search stations"
      placeholder="Identity, label, model…"
      value={fleet.search}
      onInput={(event) => fleet.find(event.currentTarget.value)}
    />
  );
}

function Empty({ fleet }: { fleet: Fleet }) {
  if (fleet.stations.value === undefined) return <p class="card empty">Reading…</p>;
  if (fleet.search.value.trim() !== '')
    return <p class="card empty">No station has “{fleet.search.value.trim()}” in its name, model or number.</p>;
  return (
    <div class="card empty">
      <p>No charging station yet.</p>
      <p class="fine">
        Point one to <code>{`ws://${location.hostname}:9000/ocpp/<identity>`}</code> (or the port and address you gave{' '}
        <code>south.ocpp</code>). It shows up here as soon as it connects.
      </p>
    </div>
  );
}

/** A line for each connector; what is the station's own stands once beside them. */
function StationRows({ station }: { station: Chargestation }) {
  const link = useRef<HTMLAnchorElement>(null);
  const [first, ...others] = station.connectors;
  const span = Math.max(1, station.connectors.length);
  return (
    <tbody onClick={() => link.current?.click()} class={station.online ? '' : 'offline'}>
      <tr>
        <th scope="rowgroup" rowSpan={span}>
          <span class={`dot ${station.online ? 'good' : 'off'}`} title={station.online ? 'Online' : 'Offline'} />
          <a ref={link} href={linkToStation(station.endpoint)} onClick={(event) => event.stopPropagation()}>
            {station.endpoint}
          </a>
          {station.label !== undefined && <span class="name">{station.label}</span>}
          <span class="fine">{modelOf(station)}</span>
          <Flags station={station} />
        </th>
        <td rowSpan={span} data-label="Protocol">
          {toProtocol(station.protocol)}
        </td>
        {first === undefined ? <NoConnector /> : <ConnectorCells connector={first} />}
        <td rowSpan={span} class="seen" data-label="Last seen">
          <Seen time={station.lastMessageAt} />
        </td>
      </tr>
      {others.map((connector) => (
        <tr key={connector._id}>
          <ConnectorCells connector={connector} />
        </tr>
      ))}
    </tbody>
  );
}

function Flags({ station: { online, admission, availability, error_code } }: { station: Chargestation }) {
  return (
    <span class="flags">
      <span class={online ? 'unseen' : 'flag'}>{online ? 'Online' : 'Offline'}</span>
      {admission === 'refused' && <span class="flag bad">Refused</span>}
      {availability === 'Inoperative' && <span class="flag">Out of service</span>}
      {error_code !== undefined && <span class="flag bad">{error_code}</span>}
    </span>
  );
}

function ConnectorCells({ connector }: { connector: Connector }) {
  const { metrics, session } = connector;
  const value = (name: string) => numberOf(metrics, name);
  return (
    <>
      <td class="connector">
        <span class="number">
          {connector.connector === 1 ? connector.evse : `${connector.evse}.${connector.connector}`}
        </span>
        <StatusChip status={connector.status} error={connector.error_code} />
      </td>
      <Value name="Power" text={toPower(value('power'))} />
      <Value name="Session" text={toEnergy(session === null ? undefined : value('session_energy'))} />
      <Value name="SoC" text={toPercent(value('soc'))} />
      <Value name="Limit" text={toCurrent(value('current_limit'))} />
    </>
  );
}

function Value({ name, text }: { name: (typeof columns)[number]; text: string }) {
  return (
    <td class={text === nothing ? 'value none' : 'value'} data-label={name}>
      {text}
    </td>
  );
}

function NoConnector() {
  return (
    <td colSpan={5} class="fine">
      has not told its connectors yet
    </td>
  );
}

/** How long ago; the exact time on demand. */
export function Seen({ time }: { time: string | undefined }) {
  const age = toAge(time, now.value);
  return time === undefined ? (
    <>{age}</>
  ) : (
    <time dateTime={time} title={toTime(time)}>
      {age}
    </time>
  );
}

export function modelOf({ bootInfo: { chargePointVendor, chargePointModel } }: Chargestation): string {
  return [chargePointVendor, chargePointModel].filter((word) => word !== undefined).join(' ');
}
