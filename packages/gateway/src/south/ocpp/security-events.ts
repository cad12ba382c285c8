import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/adapter.ts';
import type { StationIntake } from '../../ports/south.ts';
import { RateLimit } from './rate-limit.ts';

/** What the gateway itself notices about a station. `InvalidMessages` is OCPP's name, the others say what OCPP has none for. */
export type SecurityEvent = 'FailedAuthentication' | 'DuplicateIdentity' | 'InvalidMessages' | 'MessageFlood';

/** Seconds between two events of the same kind about the same station. */
const quietS = 60;

/** Raises security events about stations that are known; strangers leave no trace but a line in the log. */
export class SecurityEvents {
  readonly #context: { intake: StationIntake; log: Log; clock: Clock };
  readonly #limit = new RateLimit(1 / quietS, 1);

  constructor(context: { intake: StationIntake; log: Log; clock: Clock }) {
    this.#context = context;
  }

  async raise(stationId: string, event: SecurityEvent, techInfo: string): Promise<void> {
    const { intake, log, clock } = this.#context;
    const now = clock.now();
    if (!this.#limit.take(`${event} ${stationId}`, now.getTime())) return;
    log.warn({ stationId, event, techInfo }, 'security event');
    try {
      if ((await intake.station(stationId)) === undefined) return;
      await intake.report(stationId, {
        type: 'SecurityEventNotification',
        event,
        techInfo,
        raisedBy: 'gateway',
        occurredAt: now,
      });
    } catch (error) {
      log.warn({ stationId, event, err: error }, 'security event could not be stored');
    }
  }

  sweep(): void {
    this.#limit.sweep(this.#context.clock.now().getTime());
  }
}
