import { useSignal } from '@preact/signals';
import type { Action, Chargestation, Connector, Session, Token } from 'busbar/client';
import type { Account } from './account.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { notify, toSentence } from './notices.ts';
import { now } from './now.ts';
import { tellOutcome } from './outcome-words.ts';
import { StatusChip } from './status-chip.tsx';
import { numberOf, toCurrent, toDuration, toEnergy, toPercent, toPower, toTime, toVoltage } from './words.ts';

interface Properties {
  account: Account;
  station: Chargestation;
  connector: Connector;
  /** The running one, once it was read. */
  session: Session | undefined;
  tokens: readonly Token[];
}

/** s to wait for the station's answer. */
const waitS = 30;

/** One connector: what it does now, and what can be done with it. */
export function ConnectorCard({ account, station, connector, session, tokens }: Properties) {
  const { metrics, evse } = connector;
  const name = connector.connector === 1 ? `Connector ${evse}` : `EVSE ${evse}, connector ${connector.connector}`;
  const soc = numberOf(metrics, 'soc');
  return (
    <section class="card connector-card" aria-label={name}>
      <div class="heading">
        <h2>{name}</h2>
        <StatusChip status={connector.status} error={connector.error_code} />
      </div>
      {connector.info !== undefined && <p class="fine">{connector.info}</p>}
      <p class="power">{toPower(numberOf(metrics, 'power'))}</p>
      {soc !== undefined && (
        <label class="soc">
          <meter min={0} max={100} value={soc} /> {toPercent(soc)} charged
        </label>
      )}
      <dl>
        <Value name="Current" text={toCurrent(numberOf(metrics, 'current'))} />
        <Value name="Voltage" text={toVoltage(numberOf(metrics, 'voltage'))} />
        <Value name="Limit" text={toCurrent(numberOf(metrics, 'current_limit'))} />
        <Value name="Meter" text={toEnergy(numberOf(metrics, 'energy'))} />
      </dl>
      {connector.session === null ? (
        <StartForm account={account} station={station} connector={connector} tokens={tokens} />
      ) : (
        <Running account={account} connector={connector} sessionId={connector.session} session={session} name={name} />
      )}
    </section>
  );
}

function Value({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

interface RunningProperties extends Pick<Properties, 'account' | 'connector' | 'session'> {
  sessionId: string;
  name: string;
}

function Running({ account, connector, sessionId, session, name }: RunningProperties) {
  const isBusy = useSignal(false);
  const stop = () =>
    command(account, isBusy, {
      send: () => account.client.sessions.stop(sessionId, { waitS }),
      done: `The session at ${name.toLowerCase()} is told to stop.`,
    });
  const seconds = session === undefined ? undefined : (now.value - Date.parse(session.metrics.chargingStart)) / 1000;
  return (
    <div class="session">
      <dl>
        <Value name="This session" text={toEnergy(numberOf(connector.metrics, 'session_energy'))} />
        {seconds !== undefined && session !== undefined && (
          <div>
            <dt>Running for</dt>
            <dd title={`Since ${toTime(session.metrics.chargingStart)}`}>{toDuration(seconds)}</dd>
          </div>
        )}
        {session?.token !== undefined && <Value name="Token" text={session.token} />}
      </dl>
      {session?.anomalies.length ? <p class="fine">Odd about it: {session.anomalies.join(', ')}</p> : null}
      <ConfirmButton
        text={isBusy.value ? 'Stopping…' : 'Stop'}
        question="Really stop?"
        about={name}
        disabled={isBusy.value}
        onConfirm={() => void stop()}
      />
    </div>
  );
}

function StartForm({ account, station, connector, tokens }: Omit<Properties, 'session'>) {
  const token = useSignal('');
  const isBusy = useSignal(false);
  const listId = `tokens-${connector._id}`;
  const start = (event: SubmitEvent) => {
    event.preventDefault();
    void command(account, isBusy, {
      send: () => account.client.sessions.start({ connector: connector._id, token: token.value.trim() }, { waitS }),
      done: `${station.endpoint} accepts the start. Charging begins once a car is plugged in.`,
    });
  };
  return (
    <form class="start" onSubmit={start}>
      <label for={`token-${connector._id}`}>Start with token</label>
      <div>
        <input
          id={`token-${connector._id}`}
          required
          maxLength={255}
          autocomplete="off"
          spellcheck={false}
          list={listId}
          placeholder="RFID number, eMAID…"
          value={token}
          onInput={(event) => (token.value = event.currentTarget.value)}
        />
        <datalist id={listId}>
          {tokens.map(({ _id, physicalId, label }) => (
            <option key={_id} value={physicalId}>
              {label}
            </option>
          ))}
        </datalist>
        <button class="primary" disabled={isBusy.value || !station.online}>
          {isBusy.value ? 'Starting…' : 'Start'}
        </button>
      </div>
      {!station.online && <p class="fine">The station is offline.</p>}
    </form>
  );
}

/** Sends a command and tells what became of it. */
async function command(
  account: Account,
  isBusy: { value: boolean },
  { send, done }: { send: () => Promise<Action>; done: string },
): Promise<void> {
  isBusy.value = true;
  try {
    notify(tellOutcome(await send(), done));
  } catch (error) {
    account.fleet.failed(error);
    notify({ good: false, text: toSentence(error) });
  }
  isBusy.value = false;
  account.fleet.readAll();
}
