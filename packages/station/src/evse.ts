import { randomUUID } from 'node:crypto';
import type { Timer } from './time/clock.ts';
import { statusOf, type EvseStatus } from './availability/connector-status.ts';
import { limitQueryOf } from './smart-charging/composite-of.ts';
import { Connector } from './connector.ts';
import type { Core } from './core.ts';
import { isFixedCable, stopsOnDisconnect, unlockAfterDisconnect } from './connection/disconnect.ts';
import { EvseMeter } from './metering/evse-meter.ts';
import { MeterWatch } from './metering/meter-watch.ts';
import { keepTransaction } from './transactions/open-transactions.ts';
import { PowerLimiter } from './smart-charging/power-limiter.ts';
import type { PendingProfile } from './protocol.ts';
import type { ReadingContext, TimedReading } from './metering/samples.ts';
import type { Cable, ChargingState, EvseDescription, Fault, IdToken, MeterReading } from './station-host.ts';
import { watchLimit } from './transactions/transaction-limits.ts';
import { TransactionSamples } from './metering/transaction-samples.ts';
import type { Authorization, Ending, Transaction, TriggerReason } from './transactions/transaction.ts';
import { hasStarted, hasStopped, pointsOf, type TxPoint } from './transactions/tx-points.ts';

export type { EvseStatus } from './availability/connector-status.ts';
export type { Reservation } from './availability/reservations.ts';

/** Who may charge now; `timer` runs while the plug is awaited. */
interface Held extends Authorization {
  profile: PendingProfile | undefined;
  timer: Timer | undefined;
}

const unplugging = { reason: 'EVDisconnected', trigger: 'EVCommunicationLost' } as const;
const invalid = { reason: 'DeAuthorized', trigger: 'Deauthorized' } as const;
const faulting = { reason: 'Other', trigger: 'AbnormalCondition' } as const;

/** One EVSE: who may charge, what is plugged in, and the transaction that follows from both. */
export class Evse {
  readonly id: number;
  readonly description: EvseDescription;
  readonly connectors: readonly Connector[];
  /** What waits for the meter to show something. */
  readonly watch: MeterWatch;
  readonly #core: Core;
  readonly #limiter: PowerLimiter;
  readonly #samples: TransactionSamples;
  readonly #meter: EvseMeter;
  #transaction: Transaction | undefined;
  #held: Held | undefined;
  #fault: Fault | undefined;
  #plugged: Connector | undefined;
  #isOccupied = false;
  #isSigned = false;
  #cable: Cable | undefined;
  #isEnergised = false;
  #isSuspended = false;
  #flow: ChargingState = 'EVConnected';
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
    this.#limiter = new PowerLimiter({
      clock: core.clock,
      query: () =>
        core.profiles.all.length > 0 ? limitQueryOf(core, { evseId: description.id, unit: 'A' }) : undefined,
      within: (limit) => core.grid.v2x.within(this, limit),
      tell: (limit) => core.grid.v2x.tell(this, limit),
    });
    this.#samples = new TransactionSamples(core, this);
    this.#meter = new EvseMeter(core, this.id);
    this.watch = new MeterWatch(core, this);
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

  /** Who may charge, or does; the group may come with the answer to the transaction's start. */
  get holder(): Authorization | undefined {
    const held = this.#held;
    return held && { ...held, groupId: held.groupId ?? this.#transaction?.groupId };
  }

  /** Somebody may charge, or does. */
  get isAuthorized(): boolean {
    return this.#held !== undefined;
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
      isReserved: this.#core.webPayments.keeps(this) || this.#core.reservations.isReserved(this),
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

  pluggedIn(connectorId = 1, cable?: Cable): void {
    if (this.#plugged) return;
    this.#cable = cable;
    this.#plugged = this.connectors.find(({ id }) => id === connectorId) ?? this.connectors[0];
    this.#held?.timer?.cancel();
    this.#advance({ reason: 'Local', trigger: 'CablePluggedIn' });
  }

  unplugged(): void {
    const connector = this.#plugged;
    if (!connector) return;
    this.#plugged = undefined;
    this.#isSigned = false;
    this.#isFinishing = false;
    unlockAfterDisconnect(this.#core, connector);
    if (this.#transaction && this.#held) this.#suspendOrStop(this.#held, connector);
    this.#advance(unplugging);
    if (this.#transaction || !this.#held) return;
    this.#release();
    this.changed();
  }

  /** The meter has signed a reading that could not be had at once. */
  signed(reading: MeterReading): void {
    const transaction = this.#transaction;
    if (transaction) {
      const timed = this.#meter.settle(reading, 'Other', transaction);
      this.#core.transactions.signed(transaction, timed);
    }
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
    this.#core.webPayments.over(this);
    this.#held?.timer?.cancel();
    this.#held = { ...authorization, profile, timer: this.isPlugged ? undefined : this.#awaitPlug() };
    this.#isSuspended = false;
    if (this.#transaction)
      Object.assign(this.#transaction, authorization, { stopping: undefined, allowedWh: undefined });
    this.#advance({ reason: 'Local', trigger });
    this.#core.prices.authorized(this, authorization.idToken);
  }

  /** Nobody may charge any more; the rules say whether that ends the transaction. */
  stop(ending: Ending): void {
    if (!this.#held && !this.#transaction) return;
    if (this.#transaction) this.#transaction.stopping ??= ending;
    this.#release();
    this.#advance(ending);
  }

  /** Ends the transaction whatever the rules say. */
  end(ending: Ending): void {
    this.#release();
    this.#cutSupply();
    if (this.#transaction) this.#end(this.#transaction, ending);
    this.changed();
  }

  /** The CSMS does not accept who charges here. */
  deauthorized(transactionId: string): void {
    if (this.#transaction?.id !== transactionId) return;
    const { store, variables } = this.#core;
    this.#isSuspended = variables.isOn('TxCtrlr.StopTxOnInvalidId');
    if (this.#isSuspended) return this.stop(invalid);
    this.#transaction.allowedWh = this.#transaction.lastWh + variables.number('TxCtrlr.MaxEnergyOnInvalidId');
    keepTransaction(store, this.#transaction);
    if (!this.#suspendFrom(this.read('Other'))) this.#watchAllowance();
  }

  /** What the host sees of the vehicle; while no energy may flow, that tells nothing. */
  chargingStateChanged(state: ChargingState): void {
    if (!this.#isEnergised) return;
    if (state !== 'EVConnected') this.#hasOffered = true;
    this.#flow = state;
    this.#isTransferring = state === 'Charging' || (this.#isTransferring && state !== 'EVConnected');
    if (this.#transaction?.chargingState === state) return;
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
    if (this.#transaction) return;
    this.#release();
    this.#cutSupply();
  }

  /** The meter now, with a time and an energy that do not go back within the transaction. */
  read(context: ReadingContext): TimedReading {
    return this.#meter.read(context, this.#transaction);
  }

  /** Tells the CSMS, where its picture differs. */
  changed(): void {
    this.#core.availability.settle(this);
    this.#core.protocol.reportStatus('changed');
    this.#core.prices.triggers.statusChanged(this);
  }

  /** Intervals may have changed. */
  rearm(): void {
    if (this.#transaction) this.#run();
  }

  /** Limits may have changed; meter samples keep their rhythm. */
  limitAgain(): void {
    if (this.#transaction) this.#limiter.start();
  }

  /** A transaction goes on that a power cut or a reset has interrupted. */
  resume(transaction: Transaction): void {
    this.#transaction = transaction;
    const { idToken, groupId, remoteStartId } = transaction;
    if (idToken && !transaction.stopping)
      this.#held = { idToken, groupId, remoteStartId, profile: undefined, timer: undefined };
    this.#isSuspended = transaction.lastWh >= (transaction.allowedWh ?? Infinity);
    this.#run();
    if (!this.#isSuspended) this.#watchAllowance();
    watchLimit(this, transaction);
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

  /** Forgets what waits; the station stops. Who charges goes on, within the limits of now. */
  release(): void {
    this.#held?.timer?.cancel();
    if (!this.#transaction) this.#held = undefined;
    this.#samples.stop();
    this.#limiter.halt();
    this.watch.halt();
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
    this.#cutSupply();
    const points = this.#points();
    const rules = this.#core.txRules;
    const transaction = this.#transaction;
    this.#spent = new Set([...this.#spent].filter((point) => points.has(point)));
    if (transaction && hasStopped(rules, points, transaction.reached)) this.#end(transaction, ending);
    else if (transaction) this.#update(transaction, { points, ending });
    else if (this.canServe && hasStarted(rules, points, this.#spent)) this.#begin(points, ending.trigger);
    this.#supply();
    this.changed();
  }

  get #chargingState(): Transaction['chargingState'] {
    if (!this.isPlugged) return 'Idle';
    if (this.#isSuspended) return 'SuspendedEVSE';
    return this.#isEnergised ? this.#flow : 'EVConnected';
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
    this.#meter.reset();
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
      chargingState: this.#chargingState,
      cableMaxA: this.#cable?.maxCurrentA,
      reservationId: held && this.#core.reservations.use(this, held),
      lastAt: begin.at,
      lastWh: begin.reading.energyWh,
      reached: new Set(points),
      isAuthorized: held !== undefined,
      forEnd: [],
    };
    this.#transaction = transaction;
    this.#hasOffered = false;
    this.#isFinishing = false;
    this.#core.costs.open(this, transaction);
    this.#core.transactions.started(transaction, trigger);
    this.#installProfile();
    this.#core.events.emit('transactionStarted', transaction);
    this.#run();
  }

  #update(transaction: Transaction, { points, ending }: { points: ReadonlySet<TxPoint>; ending: Ending }): void {
    const isNewToken = points.has('Authorized') && !transaction.isAuthorized;
    transaction.isAuthorized = points.has('Authorized');
    for (const point of points) transaction.reached.add(point);
    transaction.chargingState = this.#chargingState;
    transaction.cableMaxA ??= this.#cable?.maxCurrentA;
    if (isNewToken && this.#held) {
      transaction.reservationId ??= this.#core.reservations.use(this, this.#held);
      this.#core.costs.open(this, transaction);
    }
    const { trigger, idToken } = ending;
    this.#core.transactions.updated(transaction, { trigger, stoppedBy: idToken, ...(isNewToken && { isNewToken }) });
    this.#installProfile();
  }

  #end(transaction: Transaction, ending: Ending): void {
    const reading = this.read('Transaction.End');
    this.#transaction = undefined;
    this.#spent = this.#points();
    this.#rest();
    if (!this.isPlugged) this.#release();
    this.#isFinishing = this.isPlugged;
    this.#isSuspended = false;
    const end = { reading, ...ending, reason: transaction.stopping?.reason ?? ending.reason };
    this.#core.transactions.ended(transaction, end);
    this.#core.prices.ended(transaction);
    this.#core.displays.endTransaction(transaction.id);
    if (this.#core.profiles.endTransaction(this.id, transaction.id)) this.#core.profilesChanged();
    this.#core.events.emit('transactionEnded', transaction, end);
  }

  /** One that came with a remote start. */
  #installProfile(): void {
    const profile = this.#held?.profile;
    if (!profile || !this.#held) return;
    this.#held.profile = undefined;
    const reasonCode = this.#core.profiles.installPending(profile, this.id, this.#core.profileRules);
    if (!reasonCode) this.#core.profilesChanged();
  }

  /** What goes on by itself while a transaction runs. */
  #run(): void {
    this.#samples.start();
    this.watch.goOn();
    this.#limiter.start();
  }

  #rest(): void {
    this.#samples.stop();
    this.#limiter.stop();
    this.watch.stop();
  }

  /** The vehicle is gone while somebody may charge: OCPP 2.0.1 E09, E10. */
  #suspendOrStop(held: Held, connector: Connector): void {
    if (stopsOnDisconnect(this.#core)) {
      if (this.#transaction) this.#transaction.stopping ??= unplugging;
      this.#release();
    } else if (isFixedCable(connector)) held.timer = this.#awaitPlug();
  }

  #watchAllowance(): void {
    if (this.#transaction?.allowedWh !== undefined)
      this.watch.watch('allowance', (reading) => this.#suspendFrom(reading));
  }

  /** Ends the allowance of a token that the CSMS does not accept; true when it is used up. */
  #suspendFrom({ reading }: TimedReading): boolean {
    if (reading.energyWh < (this.#transaction?.allowedWh ?? Infinity)) return false;
    this.#isSuspended = true;
    this.#advance(invalid);
    return true;
  }

  /** Energy may flow while somebody is authorised and plugged in. */
  get #mayFlow(): boolean {
    return this.#held !== undefined && this.isPlugged && this.#fault === undefined && !this.#isSuspended;
  }

  #supply(): void {
    if (this.#isEnergised || !this.#mayFlow) return;
    this.#isEnergised = true;
    this.#flow = 'EVConnected';
    this.#core.host.start(this.id);
  }

  #cutSupply(): void {
    if (!this.#isEnergised || this.#mayFlow) return;
    this.#isEnergised = false;
    this.#isTransferring = false;
    this.#core.host.stop(this.id);
  }
}
