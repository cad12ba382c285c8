import type { Log } from '../../ports/adapter.ts';
import type { StationLink } from '../../ports/south.ts';
import type { Version } from './handshake.ts';
import type { Session } from './session.ts';

/** Asks an admitted station for what it has not told: who it is, and the state of its connectors. Never throws. */
export async function discover(
  session: Session,
  link: StationLink,
  { version, log }: { version: Version; log: Log },
): Promise<void> {
  try {
    const station = await session.station();
    if (station?.admission !== 'admitted') return;
    if (station.info.model === undefined) {
      await link.triggerMessage?.({ type: 'triggerMessage', requestedMessage: 'BootNotification' }, {});
    }
    if (station.evses.some(({ connectors }) => connectors.length > 0)) return;
    // 1.6 tells of all connectors at once, 2.0.1 of the one that is named.
    const place = version === '1.6' ? {} : { evseId: 1, connectorId: 1 };
    await link.triggerMessage?.({ type: 'triggerMessage', requestedMessage: 'StatusNotification', ...place }, {});
  } catch (error) {
    log.debug({ stationId: session.stationId, err: error }, 'a station did not tell of itself when asked');
  }
}
