import { keepBootReason } from '../connection/boot-reason.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { openTransactions } from '../transactions/open-transactions.ts';
import type { BootReason } from '../protocol.ts';
import type { ResetKind } from '../station-host.ts';
import type { Ending } from '../transactions/transaction.ts';

/** How long a reset waits for the messages of ended transactions. */
const drainMs = 60_000;

/** OCPP 2.x ResetRequest. */
export interface ResetRequest {
  type: 'Immediate' | 'OnIdle' | 'ImmediateAndResume';
  /** 0 is the station. */
  evseId?: number | undefined;
}

export interface ResetAnswer {
  status: 'Accepted' | 'Rejected' | 'Scheduled';
  /** With `Rejected`. */
  reasonCode?: string;
}

export interface ResetHooks {
  /** Ends the connection; the next one begins with a boot for this reason. */
  leave(reason: BootReason): Promise<void>;
  comeBack(): void;
}

/** A restart, of the station or of one EVSE. */
interface Restart {
  evse: Evse | undefined;
  kind: ResetKind;
  reason: BootReason;
  /** The transactions go on afterwards. */
  resumes?: boolean;
}

/** Restarts of the device: now, or when nobody charges any more. */
export class Resets {
  readonly #core: Core;
  readonly #hooks: ResetHooks;
  #running: Restart | undefined;
  /** What was asked for while an EVSE restarts. */
  #next: Restart | undefined;
  #scheduled: Restart | undefined;

  constructor(core: Core, hooks: ResetHooks) {
    this.#core = core;
    this.#hooks = hooks;
  }

  /** Forgets what waits for an idle moment. */
  stop(): void {
    const scheduled = this.#unschedule();
    if (scheduled) this.#core.availability.release(ownerOf(scheduled));
  }

  /** False while the host must not be reset. */
  async allows(kind: ResetKind, evseId?: number): Promise<boolean> {
    return (await this.#core.host.isResetAllowed?.(kind, evseId)) !== false;
  }

  /** OCPP 2.0.1 B11 and B12; 2.1 also lets transactions go on after it. */
  async request({ type, evseId = 0 }: ResetRequest): Promise<ResetAnswer> {
    const { host } = this.#core;
    const evse = this.#core.evse(evseId);
    const kind = type === 'OnIdle' ? 'Soft' : 'Hard';
    if (evseId !== 0 && !evse) return { status: 'Rejected', reasonCode: 'UnknownEvse' };
    const isBeyond = (evse && !host.resetEvse) || (type === 'ImmediateAndResume' && !host.resumes);
    if (isBeyond) return { status: 'Rejected', reasonCode: 'UnsupportedRequest' };
    if (!(await this.allows(kind, evse?.id))) return { status: 'Rejected', reasonCode: 'Unspecified' };
    if (type === 'OnIdle' && isBusy(this.#targetsOf(evse))) {
      this.#core.later(() => this.#schedule({ evse, kind, reason: 'ScheduledReset' }));
      return { status: 'Scheduled' };
    }
    this.#core.later(() => this.run({ evse, kind, reason: 'RemoteReset', resumes: type === 'ImmediateAndResume' }));
    return { status: 'Accepted' };
  }

  /** Ends transactions, lets the queue drain, restarts and boots. */
  run(restart: Restart): void {
    if (this.#running) {
      if (this.#running.evse) this.#next = restart;
      return;
    }
    this.#running = restart;
    const scheduled = this.#unschedule();
    const done = restart.evse ? this.#restartEvse(restart, restart.evse) : this.#restartStation(restart);
    void done.finally(() => this.#done(scheduled));
  }

  /** EVSEs that were held for a restart are so until it is over: they are never available in between. */
  #done(scheduled: Restart | undefined): void {
    if (scheduled) this.#core.availability.release(ownerOf(scheduled));
    const next = this.#next;
    this.#running = undefined;
    this.#next = undefined;
    if (next) this.run(next);
  }

  /** OCPP 2.0.1 B12: meanwhile nobody else may begin to charge. */
  #schedule(restart: Restart): void {
    this.stop();
    this.#scheduled = restart;
    this.#core.availability.hold(
      ownerOf(restart),
      this.#targetsOf(restart.evse).map(({ id }) => id),
    );
    this.#core.events.on('transactionEnded', this.#transactionEnded);
    this.#transactionEnded();
  }

  readonly #transactionEnded = (): void => {
    const restart = this.#scheduled;
    if (!restart || isBusy(this.#targetsOf(restart.evse))) return;
    this.#core.later(() => this.run(restart));
  };

  #unschedule(): Restart | undefined {
    const scheduled = this.#scheduled;
    this.#core.events.off('transactionEnded', this.#transactionEnded);
    this.#scheduled = undefined;
    return scheduled;
  }

  async #restartStation({ kind, reason, resumes }: Restart): Promise<void> {
    const { events, evses, host, store } = this.#core;
    events.emit('resetting');
    if (!resumes) for (const evse of evses) evse.end(endings[kind]);
    await this.#drained();
    keepBootReason(store, reason);
    await this.#hooks.leave(reason);
    for (const evse of evses) evse.release();
    await this.#attempt(() => host.reset(kind));
    for (const evse of evses) this.#resume(evse);
    this.#hooks.comeBack();
  }

  async #restartEvse(restart: Restart, evse: Evse): Promise<void> {
    const { availability, host } = this.#core;
    const owner = ownerOf(restart);
    evse.end(endings[restart.kind]);
    availability.hold(owner, [evse.id]);
    await this.#attempt(async () => host.resetEvse?.(evse.id));
    availability.release(owner);
  }

  /** What the restart has interrupted goes on, or has ended with it. */
  #resume(evse: Evse): void {
    const { transaction } = evse;
    if (!transaction) return;
    const { id, evseId, connectorId } = transaction;
    if (!this.#core.host.resumes?.({ id, evseId, connectorId })) return evse.end(endings.Hard);
    const open = openTransactions(this.#core.store).find((each) => each.id === id);
    if (open) this.#core.transactions.resumed(transaction, open);
    evse.restarted();
  }

  /** Again and again, ResetRetries times. */
  async #attempt(restart: () => Promise<void>): Promise<void> {
    const { events, variables } = this.#core;
    for (let retries = variables.number('OCPPCommCtrlr.ResetRetries'); retries >= 0; retries--) {
      try {
        return await restart();
      } catch (error) {
        events.emit('callFailed', { action: 'Reset', error });
      }
    }
  }

  async #drained(): Promise<void> {
    const { clock, delivery, protocol } = this.#core;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(drainMs, resolve);
    await Promise.race([Promise.all([delivery.drained(), protocol.idle()]), promise]);
    timer.cancel();
  }

  #targetsOf(evse: Evse | undefined): readonly Evse[] {
    return evse ? [evse] : this.#core.evses;
  }
}

const ownerOf = ({ evse }: Restart) => (evse ? `reset of EVSE ${evse.id}` : 'reset');

const isBusy = (evses: readonly Evse[]) => evses.some(({ transaction }) => transaction);

const endings: Record<ResetKind, Ending> = {
  Hard: { reason: 'HardReset', trigger: 'ResetCommand' },
  Soft: { reason: 'SoftReset', trigger: 'ResetCommand' },
};
