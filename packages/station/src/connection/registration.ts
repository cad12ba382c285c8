import { OcppConnectionClosed } from '@busbar/ocpp';
import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import type { BootAnswer, BootReason, Registration as Status } from '../protocol.ts';
import { timeTold } from './time-keeping.ts';

/** Until the next BootNotification where the CSMS gives no interval, or no answer; as EVerest has it. */
const bootRetryMs = { '1.6': 60_000, '2.0.1': 30_000, '2.1': 30_000 } as const;

export interface RegistrationHooks {
  isConnected(): boolean;
  /** The CSMS takes the station's messages from now on. `reason` where this begins with an accepted boot. */
  onServing(reason: BootReason | undefined): void;
  /** It takes none until it accepts the station. */
  onRefused(): void;
}

/** Whether the CSMS has accepted the station, and the BootNotifications that lead there. */
export class Registration {
  readonly #core: Core;
  readonly #hooks: RegistrationHooks;
  #status: Status | undefined;
  #reason: BootReason = 'PowerUp';
  #hasToBoot = true;
  #isServing = false;
  #isAsking = false;
  #retry: Timer | undefined;

  constructor(core: Core, hooks: RegistrationHooks) {
    this.#core = core;
    this.#hooks = hooks;
  }

  /** What the CSMS said to the last BootNotification. */
  get status(): Status | undefined {
    return this.#status;
  }

  /** Connected and accepted. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** The next connection begins with a BootNotification. */
  renew(reason: BootReason | undefined): void {
    this.#hasToBoot = true;
    this.#status = undefined;
    if (reason) this.#reason = reason;
  }

  /** A connection is open. */
  opened(alwaysBoots: boolean): void {
    if (this.#hasToBoot || alwaysBoots) this.#send(this.#reason);
    else this.#serve(undefined);
  }

  closed(): void {
    this.#isServing = false;
    this.#isAsking = false;
    this.#retry?.cancel();
  }

  /** Sends a BootNotification because the CSMS asks for it; none while one waits for its answer. */
  again(): void {
    if (this.#isAsking) return;
    this.#send('Triggered');
  }

  /** Whatever was sent, it is the first boot's reason that is told again, and that the station starts with. */
  #send(reason: BootReason): void {
    const { protocol, clock, events, version } = this.#core;
    this.#retry?.cancel();
    this.#isAsking = true;
    const sentMs = clock.monotonicMs();
    protocol.boot(reason).then(
      (answer) => {
        this.#isAsking = false;
        this.#answered(answer, clock.monotonicMs() - sentMs);
      },
      (error: unknown) => {
        if (error instanceof OcppConnectionClosed) return;
        this.#isAsking = false;
        events.emit('callFailed', { action: 'BootNotification', error });
        if (this.#status !== 'Accepted' || this.#hasToBoot) this.#later(bootRetryMs[version]);
      },
    );
  }

  #answered(answer: BootAnswer, roundTripMs: number): void {
    const { events, variables, version } = this.#core;
    const { status, intervalS, currentTime } = answer;
    this.#status = status;
    timeTold(this.#core, currentTime, roundTripMs);
    if (status === 'Accepted' && intervalS > 0) variables.assign('OCPPCommCtrlr.HeartbeatInterval', String(intervalS));
    events.emit('booted', answer);
    if (!this.#hooks.isConnected()) return;
    if (status === 'Accepted') return this.#accepted();
    this.#isServing = false;
    this.#hooks.onRefused();
    this.#later(intervalS > 0 ? intervalS * 1000 : bootRetryMs[version]);
  }

  #accepted(): void {
    const isFirst = this.#hasToBoot;
    this.#hasToBoot = false;
    if (isFirst || !this.#isServing) this.#serve(isFirst ? this.#reason : undefined);
  }

  #serve(reason: BootReason | undefined): void {
    this.#isServing = true;
    this.#hooks.onServing(reason);
  }

  #later(ms: number): void {
    this.#retry?.cancel();
    this.#retry = this.#core.clock.after(ms, () => this.#send(this.#reason));
  }
}
