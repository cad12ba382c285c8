import type { Session } from 'busbar/client';
import { nothing, toDuration, toEnergy, toTime } from './words.ts';

/** The newest sessions of a station. A text says why they cannot be read. */
export function SessionTable({ sessions }: { sessions: readonly Session[] | string }) {
  if (sessions.length === 0) return null;
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      <div class="card scroll">
        {typeof sessions === 'string' ? (
          <p class="empty">{sessions}</p>
        ) : (
          <table>
            <thead>
              <tr>
                {['Started', 'EVSE', 'Duration', 'Energy', 'Token', 'Ended'].map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sessions.map((session) => (
                <SessionRow key={session._id} session={session} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

function SessionRow({ session: { metrics, evse, token, status, stoppedReason } }: { session: Session }) {
  return (
    <tr>
      <td>{toTime(metrics.chargingStart)}</td>
      <td>{evse}</td>
      <td>{toDuration(metrics.energyPeriod)}</td>
      <td>{toEnergy(metrics.energyConsumed)}</td>
      <td>{token ?? nothing}</td>
      <td>{status === 'Started' ? <span class="chip busy">Running</span> : (stoppedReason ?? 'Ended')}</td>
    </tr>
  );
}
