import { OcppConnectionClosed } from '@busbar/ocpp';
import type { Timer } from './clock.ts';
import type { Core } from './core.ts';
import type { BootAnswer, BootReason, Registration as Status } from './protocol.ts';
import { setTime } from './periodic.ts';

/** Until the next BootNotification when the CSMS gives no interval, or no answer. */
const bootRetryMs = 60_000;

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
    this.#retry?.cancel();
  }

  /** Sends a BootNotification because the CSMS asks for it. */
  again(): void {
    this.#retry?.cancel();
    this.#send(this.#status === 'Accepted' ? 'Triggered' : this.#reason);
  }

  #send(reason: BootReason): void {
    this.#core.protocol.boot(reason).then(
      (answer) => this.#answered(answer, reason),
      (error: unknown) => {
        if (error instanceof OcppConnectionClosed) return;
        this.#core.events.emit('callFailed', { action: 'BootNotification', error });
        this.#later(bootRetryMs);
      },
    );
  }

  #answered(answer: BootAnswer, reason: BootReason): void {
    const { status, intervalS, currentTime } = answer;
    this.#status = status;
    this.#core.events.emit('booted', answer);
    if (status !== 'Accepted') {
      this.#isServing = false;
      this.#hooks.onRefused();
      this.#later(intervalS > 0 ? intervalS * 1000 : bootRetryMs);
      return;
    }
    if (intervalS > 0) this.#core.variables.assign('OCPPCommCtrlr.HeartbeatInterval', String(intervalS));
    setTime(this.#core, currentTime);
    const isFirst = this.#hasToBoot;
    this.#hasToBoot = false;
    if (!this.#hooks.isConnected()) return;
    if (isFirst || !this.#isServing) this.#serve(isFirst ? reason : undefined);
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
