import { randomUUID } from 'node:crypto';
import type { Timer } from './clock.ts';
import { statusOf, type EvseStatus } from './connector-status.ts';
import { Connector } from './connector.ts';
import type { Core } from './core.ts';
import type { PendingProfile } from './protocol.ts';
import type { ReadingContext, TimedReading } from './samples.ts';
import type { ChargingState, EvseDescription, Fault, IdToken } from './station-host.ts';
import { TransactionTimers } from './transaction-timers.ts';
import type { Authorization, Ending, Transaction, TriggerReason } from './transaction.ts';
import { hasStarted, hasStopped, pointsOf, type TxPoint } from './tx-points.ts';

export type { EvseStatus } from './connector-status.ts';
export type { Reservation } from './reservations.ts';

/** Who may charge now; `timer` runs while the plug is awaited. */
interface Held extends Authorization {
  profile: PendingProfile | undefined;
  timer: Timer | undefined;
}

const unplugging = { reason: 'EVDisconnected', trigger: 'EVDeparted' } as const;
const faulting = { reason: 'Other', trigger: 'AbnormalCondition' } as const;

/** One EVSE: who may charge, what is plugged in, and the transaction that follows from both. */
export class Evse {
  readonly id: number;
  readonly description: EvseDescription;
  readonly connectors: readonly Connector[];
  readonly #core: Core;
  readonly #timers: TransactionTimers;
  #transaction: Transaction | undefined;
  #held: Held | undefined;
  #fault: Fault | undefined;
  #plugged: Connector | undefined;
  #isOccupied = false;
  #isSigned = false;
  #isEnergised = false;
  #isTransferring = false;
  #isFinishing = false;
  #hasOffered = false;
  #spent: ReadonlySet<TxPoint> = new Set();

  constructor(core: Core, description: EvseDescription) {
    this.id = description.id;
    this.description = description;
    this.#core = core;
    const { connectors = [{ id: 1, type: description.connectorType }] } = description;
    this.connectors = connectors.map((connector) => new Connector(core, this, connector));
    this.#timers = new TransactionTimers(core, this);
  }

  get transaction(): Transaction | undefined {
    return this.#transaction;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  get isPlugged(): boolean {
    return this.#plugged !== undefined;
  }

  /** The connector in use; the first one when none is. */
  get connector(): Connector | undefined {
    return this.#plugged ?? this.connectors[0];
  }

  /** By order of the CSMS and the station. */
  get isOperative(): boolean {
    return this.#core.availability.isEvseOperative(this);
  }

  /** Somebody may charge, or does. */
  get isAuthorized(): boolean {
    return this.#held !== undefined;
  }

  /** Who may charge; the group may come with the answer to the transaction's start. */
  get holder(): Authorization | undefined {
    const held = this.#held;
    return held && { ...held, groupId: held.groupId ?? this.#transaction?.groupId };
  }

  /** It can be reset without the others. */
  get allowsReset(): boolean {
    return this.#core.host.resetEvse !== undefined;
  }

  get canServe(): boolean {
    return !this.#fault && this.isOperative;
  }

  /** Too busy to be taken out of use: OCPP 1.6 counts what prepares, 2.x transactions only. */
  get isInUse(): boolean {
    if (this.#transaction) return true;
    if (this.#core.version !== '1.6') return false;
    return this.#held !== undefined || (this.isPlugged && !this.#isFinishing);
  }

  get status(): EvseStatus {
    return statusOf({
      isFaulted: this.#fault !== undefined,
      isOperative: this.isOperative,
      isReserved: this.#core.reservations.isReserved(this),
      isPlugged: this.isPlugged,
      isAuthorized: this.#held !== undefined,
      isFinishing: this.#isFinishing,
      chargingState: this.#transaction?.chargingState,
      hasOffered: this.#hasOffered,
    });
  }

  /** A vehicle is in the bay, or has left it. */
  occupied(isOccupied: boolean): void {
    if (this.#isOccupied === isOccupied) return;
    this.#isOccupied = isOccupied;
    this.#advance({ reason: 'Local', trigger: isOccupied ? 'EVDetected' : 'EVDeparted' });
  }

  pluggedIn(connectorId = 1): void {
    if (this.#plugged) return;
    this.#plugged = this.connectors.find(({ id }) => id === connectorId) ?? this.connectors[0];
    this.#held?.timer?.cancel();
    this.#advance({ reason: 'Local', trigger: 'CablePluggedIn' });
  }

  unplugged(): void {
    if (!this.#plugged) return;
    this.#plugged = undefined;
    this.#isTransferring = false;
    this.#isSigned = false;
    this.#isFinishing = false;
    this.#advance(unplugging);
    if (this.#transaction || !this.#held) return;
    this.#release();
    this.changed();
  }

  /** The meter has signed a reading. */
  signed(): void {
    if (this.#isSigned) return;
    this.#isSigned = true;
    this.#advance({ reason: 'Other', trigger: 'SignedDataReceived' });
  }

  /** True when somebody with this token could be authorised here, now or after plugging in. */
  canStart(idToken: IdToken, groupId?: string): boolean {
    return this.canServe && !this.#held && this.#core.reservations.admits(this, { idToken, groupId });
  }

  /** Somebody is authorised: what that begins follows from the rules, and from the plug. */
  start(
    authorization: Authorization,
    { trigger, profile }: { trigger: TriggerReason; profile?: PendingProfile | undefined },
  ): void {
    this.#held?.timer?.cancel();
    this.#held = { ...authorization, profile, timer: this.isPlugged ? undefined : this.#awaitPlug() };
    const transaction = this.#transaction;
    if (transaction) Object.assign(transaction, authorization);
    this.#advance({ reason: 'Local', trigger });
  }

  /** Nobody may charge any more; the rules say whether that ends the transaction. */
  stop(ending: Ending): void {
    if (!this.#held && !this.#transaction) return;
    this.#release();
    this.#advance(ending);
  }

  /** Ends the transaction whatever the rules say. */
  end(ending: Ending): void {
    this.#release();
    if (this.#transaction) this.#end(this.#transaction, ending);
    this.#supply();
    this.changed();
  }

  /** The CSMS does not accept who charges here. */
  deauthorized(transactionId: string): void {
    if (this.#transaction?.id !== transactionId) return;
    if (this.#core.variables.isOn('TxCtrlr.StopTxOnInvalidId'))
      return this.stop({ reason: 'DeAuthorized', trigger: 'Deauthorized' });
    this.#timers.pause();
    this.chargingStateChanged('SuspendedEVSE');
  }

  chargingStateChanged(state: ChargingState): void {
    const transaction = this.#transaction;
    if (state !== 'EVConnected') this.#hasOffered = true;
    this.#isTransferring = state === 'Charging' || (this.#isTransferring && state !== 'EVConnected');
    if (!transaction) return this.#advance({ reason: 'Local', trigger: 'ChargingStateChanged' });
    if (transaction.chargingState === state) return;
    transaction.chargingState = state;
    this.#advance({ reason: 'Local', trigger: 'ChargingStateChanged' });
  }

  faulted(fault: Fault): void {
    this.#fault = fault;
    this.end({ ...faulting, ...(fault.code === 'GroundFailure' && { reason: 'GroundFault' }) });
    this.#core.reservations.lost(this);
    this.#core.protocol.faultChanged(this, fault, 'Raised');
    this.changed();
  }

  faultCleared(): void {
    const fault = this.#fault;
    if (!fault) return;
    this.#fault = undefined;
    this.#core.protocol.faultChanged(this, fault, 'Cleared');
    this.changed();
  }

  /** Whoever is still awaited here comes in vain. */
  outOfUse(): void {
    this.#isFinishing = false;
    if (!this.#transaction) this.#release();
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
    this.#core.availability.settle(this);
    this.#core.protocol.reportStatus('changed');
  }

  /** Intervals or limits may have changed. */
  rearm(): void {
    if (this.#transaction) this.#timers.start(this.#transaction);
  }

  /** A transaction goes on that a power cut has interrupted. */
  resume(transaction: Transaction): void {
    this.#transaction = transaction;
    const { idToken, groupId, remoteStartId } = transaction;
    if (idToken) this.#held = { idToken, groupId, remoteStartId, profile: undefined, timer: undefined };
    this.#timers.start(transaction);
    this.#supply();
  }

  /** The device has restarted, and the transaction goes on. */
  restarted(): void {
    this.#isEnergised = false;
    this.rearm();
    this.#supply();
  }

  /** A transaction was ended that a power cut had interrupted. */
  interrupted(): void {
    this.#isFinishing = true;
  }

  /** The host has said what is plugged in. */
  attached(): void {
    if (!this.isPlugged) this.#isFinishing = false;
  }

  /** Forgets what waits; the station stops. */
  release(): void {
    this.#held?.timer?.cancel();
    if (!this.#transaction) this.#held = undefined;
    this.#timers.stop();
  }

  #awaitPlug(): Timer {
    const ms = this.#core.variables.number('TxCtrlr.EVConnectionTimeOut') * 1000;
    return this.#core.clock.after(ms, () => this.stop({ reason: 'Timeout', trigger: 'EVConnectTimeout' }));
  }

  #release(): void {
    this.#held?.timer?.cancel();
    this.#held = undefined;
  }

  /** Something has changed: begins, tells of, or ends the transaction, and lets energy flow or not. */
  #advance(ending: Ending): void {
    const points = this.#points();
    const rules = this.#core.txRules;
    const transaction = this.#transaction;
    this.#spent = new Set([...this.#spent].filter((point) => points.has(point)));
    if (transaction && hasStopped(rules, points, transaction.reached)) this.#end(transaction, ending);
    else if (transaction) this.#update(transaction, { points, trigger: ending.trigger });
    else if (this.canServe && hasStarted(rules, points, this.#spent)) this.#begin(points, ending.trigger);
    this.#supply();
    this.changed();
  }

  #points(): ReadonlySet<TxPoint> {
    return pointsOf({
      isOccupied: this.#isOccupied,
      isPlugged: this.isPlugged,
      isAuthorized: this.#held !== undefined,
      isSigned: this.#isSigned,
      isTransferring: this.#isTransferring,
    });
  }

  #begin(points: ReadonlySet<TxPoint>, trigger: TriggerReason): void {
    const begin = this.read('Transaction.Begin');
    const held = this.#held;
    const transaction: Transaction = {
      id: randomUUID(),
      csmsId: undefined,
      evseId: this.id,
      connectorId: this.connector?.id ?? 1,
      idToken: held?.idToken,
      groupId: held?.groupId,
      remoteStartId: held?.remoteStartId,
      begin,
      seqNo: 0,
      chargingState: 'EVConnected',
      reservationId: held && this.#core.reservations.use(this, held),
      lastAt: begin.at,
      lastWh: begin.reading.energyWh,
      reached: new Set(points),
      forEnd: [],
    };
    this.#transaction = transaction;
    this.#hasOffered = false;
    this.#isFinishing = false;
    this.#core.transactions.started(this, transaction, trigger);
    this.#installProfile();
    this.#core.events.emit('transactionStarted', transaction);
    this.#timers.start(transaction);
  }

  #update(
    transaction: Transaction,
    { points, trigger }: { points: ReadonlySet<TxPoint>; trigger: TriggerReason },
  ): void {
    const isNewToken = points.has('Authorized') && !transaction.reached.has('Authorized');
    for (const point of points) transaction.reached.add(point);
    if (isNewToken && this.#held) transaction.reservationId ??= this.#core.reservations.use(this, this.#held);
    this.#core.transactions.updated(transaction, { trigger, ...(isNewToken && { isNewToken }) });
    this.#installProfile();
  }

  #end(transaction: Transaction, ending: Ending): void {
    const reading = this.read('Transaction.End');
    this.#transaction = undefined;
    this.#spent = this.#points();
    this.#timers.stop();
    if (!this.isPlugged) this.#release();
    this.#isFinishing = this.isPlugged;
    const end = { reading, ...ending };
    this.#core.transactions.ended(transaction, end);
    this.#core.profiles.endTransaction(this.id);
    this.#core.events.emit('transactionEnded', transaction, end);
  }

  /** One that came with a remote start. */
  #installProfile(): void {
    const profile = this.#held?.profile;
    if (!profile || !this.#held) return;
    this.#held.profile = undefined;
    this.#core.profiles.install({ ...profile, evseId: this.id }, this.#core.profileRules);
  }

  /** Energy may flow while somebody is authorised and plugged in. */
  #supply(): void {
    const mayFlow = this.#held !== undefined && this.isPlugged && this.#fault === undefined;
    if (mayFlow === this.#isEnergised) return;
    this.#isEnergised = mayFlow;
    if (mayFlow) return this.#core.host.start(this.id);
    this.#core.host.stop(this.id);
    this.#isTransferring = false;
  }
}
