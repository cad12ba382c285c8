import type { Log } from '../../ports/adapter.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StationIntake } from '../../ports/south.ts';
import type { Connection } from './connection.ts';
import type { Version } from './handshake.ts';
import type { OcppMetrics } from './metrics.ts';
import type { OcppOptions } from './options.ts';
import type { SecurityEvents } from './security-events.ts';

/** What all connections of a server have in common. */
export interface Surroundings {
  readonly options: OcppOptions;
  readonly intake: StationIntake;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: OcppMetrics;
  readonly events: SecurityEvents;
  /** Seconds since the server started. */
  readonly second: number;
  /** Connections that may not be read for the moment. */
  readonly slowed: Set<Connection>;
  /** The connection is over, and all it had to report is reported. */
  onClosed(connection: Connection): void;
}

/** Who has connected. */
export interface Visitor {
  stationId: string;
  version: Version;
  remoteAddress?: string | undefined;
}
