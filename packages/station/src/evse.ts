import type { Timer } from './clock.ts';
import type { Core } from './core.ts';
import type { PendingProfile } from './protocol.ts';
import { Reservations } from './reservations.ts';
import type { ReadingContext, TimedReading } from './samples.ts';
import type { ChargingState, EvseDescription, Fault, IdToken } from './station-host.ts';
import { isSameToken, type TokenInfo } from './tokens.ts';
import { TransactionTimers } from './transaction-timers.ts';
import type { Authorization, Transaction, TransactionEnd, TriggerReason } from './transaction.ts';

export type { Reservation } from './reservations.ts';

/** As in OCPP 1.6; 2.0.1 tells less. */
export type EvseStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEV'
  | 'SuspendedEVSE'
  | 'Finishing'
  | 'Reserved'
  | 'Unavailable'
  | 'Faulted';

/** Somebody may charge, and the plug is awaited. */
interface Awaited {
  authorization: Authorization;
  profile: PendingProfile | undefined;
  timer: Timer;
}

type Ending = Omit<TransactionEnd, 'reading' | 'idToken'> & { idToken?: IdToken };

const localStop = { reason: 'Local', trigger: 'StopAuthorized' } as const;
const unplugging = { reason: 'EVDisconnected', trigger: 'EVDeparted' } as const;

/** One EVSE with its one connector: who may charge, and what runs. */
export class Evse {
  readonly id: number;
  readonly description: EvseDescription;
  readonly reservations: Reservations;
  /** The status that the CSMS knows. */
  reportedStatus: string | undefined;
  readonly #core: Core;
  readonly #timers: TransactionTimers;
  #transaction: Transaction | undefined;
  #awaited: Awaited | undefined;
  #fault: Fault | undefined;
  #isPlugged = false;
  #isFinishing = false;
  #isOperative = true;
  #scheduledOperative: boolean | undefined;

  constructor(core: Core, description: EvseDescription) {
    this.id = description.id;
    this.description = description;
    this.#core = core;
    this.#timers = new TransactionTimers(core, this);
    this.reservations = new Reservations(core, this);
  }

  get transaction(): Transaction | undefined {
    return this.#transaction;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  get isPlugged(): boolean {
    return this.#isPlugged;
  }

  get isOperative(): boolean {
    return this.#isOperative && this.#core.isOperative;
  }

  get status(): EvseStatus {
    if (this.#fault) return 'Faulted';
    if (this.#transaction) {
      const { chargingState } = this.#transaction;
      return chargingState === 'EVConnected' ? 'Preparing' : chargingState;
    }
    if (!this.isOperative) return 'Unavailable';
    if (this.#isFinishing) return 'Finishing';
    if (this.#isPlugged || this.#awaited) return 'Preparing';
    return this.reservations.current ? 'Reserved' : 'Available';
  }

  pluggedIn(): void {
    if (this.#isPlugged) return;
    this.#isPlugged = true;
    const awaited = this.#takeAwaited();
    if (awaited) this.#begin(awaited.authorization, { trigger: 'CablePluggedIn', profile: awaited.profile });
    else this.changed();
  }

  unplugged(): void {
    if (!this.#isPlugged) return;
    this.#isPlugged = false;
    this.stop(unplugging);
    this.#isFinishing = false;
    this.changed();
  }

  /** A token at the reader: starts, or stops what runs. */
  async presentToken(idToken: IdToken): Promise<void> {
    const running = this.#transaction;
    if (running && isSameToken(running.idToken, idToken)) return this.stop({ ...localStop, idToken });
    if (!running && !this.#canServe()) return this.#refuse(idToken, this.status);
    const info = await this.#core.authorize(idToken);
    if (info.status !== 'Accepted') return this.#refuse(idToken, info.status);
    if (running) return this.#stopByGroup(running, idToken, info);
    if (!this.#canServe()) return this.#refuse(idToken, this.status);
    if (!this.reservations.admits(idToken, info.groupId)) return this.#refuse(idToken, 'Reserved');
    this.start({ idToken, groupId: info.groupId, remoteStartId: undefined }, { trigger: 'Authorized' });
  }

  /** True when a transaction for this token could begin now or after plugging in. */
  canStart(idToken: IdToken, groupId?: string): boolean {
    return this.#canServe() && !this.#awaited && this.reservations.admits(idToken, groupId);
  }

  /** Begins, or waits for the plug. */
  start(
    authorization: Authorization,
    { trigger, profile }: { trigger: TriggerReason; profile?: PendingProfile | undefined },
  ): void {
    if (this.#isPlugged) return this.#begin(authorization, { trigger, profile });
    this.#takeAwaited();
    const ms = this.#core.variables.number('TxCtrlr.EVConnectionTimeOut') * 1000;
    const timer = this.#core.clock.after(ms, () => {
      this.#awaited = undefined;
      this.changed();
    });
    this.#awaited = { authorization, profile, timer };
    this.changed();
  }

  /** Ends the running transaction, if there is one. */
  stop(ending: Ending): void {
    const transaction = this.#transaction;
    if (!transaction) return;
    this.#core.host.stop(this.id);
    const reading = this.read('Transaction.End');
    this.#transaction = undefined;
    this.#timers.stop();
    this.#isFinishing = this.#isPlugged;
    const end = { reading, idToken: undefined, ...ending };
    this.#core.protocol.transactionEnded(transaction, end);
    this.#core.profiles.endTransaction(this.id, transaction.id);
    this.#core.events.emit('transactionEnded', transaction, end);
    this.#applySchedule();
    this.changed();
  }

  /** The CSMS does not accept who charges here. */
  deauthorized(transactionId: string): void {
    if (this.#transaction?.id !== transactionId) return;
    if (this.#core.variables.isOn('TxCtrlr.StopTxOnInvalidId'))
      this.stop({ reason: 'DeAuthorized', trigger: 'Deauthorized' });
    else this.#timers.pause();
  }

  chargingStateChanged(state: ChargingState): void {
    const transaction = this.#transaction;
    if (!transaction || transaction.chargingState === state) return;
    transaction.chargingState = state;
    this.#core.protocol.transactionUpdated(transaction, 'ChargingStateChanged');
    this.changed();
  }

  faulted(fault: Fault): void {
    this.#fault = fault;
    this.#takeAwaited();
    this.stop({ reason: fault.code === 'GroundFailure' ? 'GroundFault' : 'Other', trigger: 'AbnormalCondition' });
    this.reservations.remove('Removed');
    this.#core.protocol.faultChanged(this, fault);
    this.changed();
  }

  faultCleared(): void {
    if (!this.#fault) return;
    this.#fault = undefined;
    this.#core.protocol.faultChanged(this, undefined);
    this.changed();
  }

  /** At once when idle; else when the transaction ends. */
  setOperative(isOperative: boolean): 'Accepted' | 'Scheduled' {
    if (this.#transaction) {
      this.#scheduledOperative = isOperative;
      return 'Scheduled';
    }
    this.#scheduledOperative = undefined;
    this.#isOperative = isOperative;
    if (!isOperative) this.reservations.remove('Removed');
    this.changed();
    return 'Accepted';
  }

  /** The meter now, with a time and an energy that do not go back within the transaction. */
  read(context: ReadingContext): TimedReading {
    const now = this.#core.clock.now();
    const reading = this.#core.host.meter(this.id);
    const transaction = this.#transaction;
    if (!transaction) return { at: now, context, reading };
    const at = now < transaction.lastAt ? transaction.lastAt : now;
    const energyWh = Math.max(reading.energyWh, transaction.lastWh);
    transaction.lastAt = at;
    transaction.lastWh = energyWh;
    return { at, context, reading: { ...reading, energyWh } };
  }

  /** Tells the CSMS, where its picture differs. */
  changed(): void {
    this.#core.protocol.reportStatus('changed');
  }

  /** Intervals may have changed. */
  rearm(): void {
    if (this.#transaction) this.#timers.start();
  }

  /** Limits may have changed; meter samples keep their rhythm. */
  limitAgain(): void {
    if (this.#transaction) this.#timers.limitAgain();
  }

  /** Forgets what waits; the station stops. */
  release(): void {
    this.#takeAwaited();
    this.#timers.stop();
    this.reservations.release();
  }

  #canServe(): boolean {
    return !this.#transaction && !this.#fault && this.isOperative;
  }

  #refuse(idToken: IdToken, status: string): void {
    this.#core.events.emit('tokenRefused', { evseId: this.id, idToken, status });
  }

  #stopByGroup(running: Transaction, idToken: IdToken, info: TokenInfo): void {
    const isSameGroup = info.groupId !== undefined && info.groupId === running.groupId;
    if (this.#transaction === running && isSameGroup) this.stop({ ...localStop, idToken });
    else this.#refuse(idToken, 'Occupied');
  }

  #begin(
    authorization: Authorization,
    { trigger, profile }: { trigger: TriggerReason; profile?: PendingProfile | undefined },
  ): void {
    const begin = this.read('Transaction.Begin');
    const transaction: Transaction = {
      id: '',
      localId: undefined,
      evseId: this.id,
      ...authorization,
      begin,
      seqNo: 0,
      chargingState: 'EVConnected',
      reservationId: this.reservations.use(),
      lastAt: begin.at,
      lastWh: begin.reading.energyWh,
    };
    this.#transaction = transaction;
    this.#isFinishing = false;
    this.#core.protocol.transactionStarted(this, transaction, trigger);
    if (profile) this.#core.profiles.installPending(profile, this.id, this.#core.profileRules);
    this.#core.events.emit('transactionStarted', transaction);
    this.#timers.start();
    this.#core.host.start(this.id);
    this.changed();
  }

  #takeAwaited(): Awaited | undefined {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    awaited?.timer.cancel();
    return awaited;
  }

  #applySchedule(): void {
    if (this.#scheduledOperative === undefined) return;
    this.#isOperative = this.#scheduledOperative;
    this.#scheduledOperative = undefined;
  }
}
