import { useEffect, useMemo } from 'preact/hooks';
import type { Chargestation } from 'busbar/client';
import type { Account } from './account.ts';
import { AdmissionButtons } from './admissions.tsx';
import { ConnectorCard } from './connector-card.tsx';
import { EventList } from './event-list.tsx';
import { MessageList } from './message-list.tsx';
import { linkToOverview } from './route.ts';
import { SessionTable } from './session-table.tsx';
import { modelOf, Seen } from './station-table.tsx';
import { StationWatch } from './station-watch.ts';
import { nothing, toProtocol } from './words.ts';

export function StationPage({ account, endpoint }: { account: Account; endpoint: string }) {
  const station = account.fleet.stationOf(endpoint);
  return (
    <div class="station">
      <a class="back" href={linkToOverview}>
        ← All stations
      </a>
      {station === undefined ? (
        <Missing account={account} endpoint={endpoint} />
      ) : (
        <Known key={station._id} account={account} station={station} />
      )}
    </div>
  );
}

function Missing({ account, endpoint }: { account: Account; endpoint: string }) {
  const isRead = account.fleet.stations.value !== undefined;
  return <p class="card empty">{isRead ? `The gateway knows no station “${endpoint}”.` : 'Reading…'}</p>;
}

function Known({ account, station }: { account: Account; station: Chargestation }) {
  const watch = useMemo(() => new StationWatch(account, station._id), [account, station._id]);
  useEffect(() => {
    watch.start();
    return () => watch.stop();
  }, [watch]);
  const sessions = watch.sessions.value;
  return (
    <>
      <Title station={station} />
      {station.admission !== 'admitted' && <Decision account={account} station={station} />}
      <div class="connectors">
        {station.connectors.map((connector) => (
          <ConnectorCard
            key={connector._id}
            account={account}
            station={station}
            connector={connector}
            session={typeof sessions === 'string' ? undefined : sessions.find(({ _id }) => _id === connector.session)}
            tokens={watch.tokens.value}
          />
        ))}
        {station.connectors.length === 0 && <p class="card empty">This station has not told its connectors yet.</p>}
      </div>
      <Facts station={station} />
      <SessionTable sessions={sessions} />
      <div class="columns">
        <MessageList messages={watch.messages.value} />
        <EventList events={watch.events.value} refused={account.fleet.eventsRefused.value} shows="one station" />
      </div>
    </>
  );
}

function Title({ station }: { station: Chargestation }) {
  const { endpoint, label, online, availability, error_code } = station;
  return (
    <div class="title">
      <h1>{endpoint}</h1>
      {label !== undefined && <span class="name">{label}</span>}
      <span class={`chip ${online ? 'good' : 'off'}`}>{online ? 'Online' : 'Offline'}</span>
      {availability === 'Inoperative' && <span class="chip off">Out of service</span>}
      {error_code !== undefined && <span class="chip bad">{error_code}</span>}
    </div>
  );
}

function Decision({ account, station }: { account: Account; station: Chargestation }) {
  return (
    <section class="waiting" aria-label="Admission">
      <div class="card decision">
        <p>
          {station.admission === 'held'
            ? 'This station waits for admission. Nothing it says counts until then.'
            : 'This station was refused. It cannot connect.'}
        </p>
        <AdmissionButtons account={account} station={station} />
      </div>
    </section>
  );
}

function Facts({ station }: { station: Chargestation }) {
  const { bootInfo, protocol, lastMessageAt, lastBootAt, registration, firmware_status, connection_url } = station;
  const rows: readonly (readonly [name: string, value: string | undefined])[] = [
    ['Model', modelOf(station)],
    ['Serial number', bootInfo.chargePointSerialNumber ?? bootInfo.chargeBoxSerialNumber],
    ['Firmware', [bootInfo.firmwareVersion, firmware_status].filter((word) => word !== undefined).join(', ')],
    ['Protocol', toProtocol(protocol)],
    ['Boot answered', registration],
    ['Connects to', connection_url],
  ];
  return (
    <section class="card facts" aria-label="About this station">
      <dl>
        <div>
          <dt>Last seen</dt>
          <dd>
            <Seen time={lastMessageAt} />
          </dd>
        </div>
        <div>
          <dt>Last boot</dt>
          <dd>
            <Seen time={lastBootAt} />
          </dd>
        </div>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === undefined || value === '' ? nothing : value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
