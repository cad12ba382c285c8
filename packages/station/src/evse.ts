import { statusOf, type EvseStatus } from './availability/connector-status.ts';
import { Connector } from './connector.ts';
import type { Core } from './core.ts';
import { isFixedCable, stopsOnDisconnect, unlockAfterDisconnect } from './transactions/disconnect.ts';
import { MeterWatch } from './metering/meter-watch.ts';
import type { PendingProfile } from './protocol.ts';
import type { ReadingContext, TimedReading } from './metering/samples.ts';
import type {
  Cable,
  ChargingState,
  EvseDescription,
  Fault,
  IdToken,
  MeterReading,
  StationError,
} from './station-host.ts';
import { Allowance } from './transactions/allowance.ts';
import { Holder } from './transactions/holder.ts';
import { Supply } from './transactions/supply.ts';
import type { Authorization, Ending, Transaction, TriggerReason } from './transactions/transaction.ts';
import { TransactionCourse, type Situation } from './transactions/transaction-course.ts';
import { pointsOf } from './transactions/tx-points.ts';

export type { EvseStatus } from './availability/connector-status.ts';
export type { Reservation } from './availability/reservations.ts';

const unplugging = { reason: 'EVDisconnected', trigger: 'EVCommunicationLost' } as const;
const invalid = { reason: 'DeAuthorized', trigger: 'Deauthorized' } as const;
const faulting = { reason: 'Other', trigger: 'AbnormalCondition' } as const;
const timeout = { reason: 'Timeout', trigger: 'EVConnectTimeout' } as const;

/** One EVSE: who may charge, what is plugged in, and what follows from both. */
export class Evse {
  readonly id: number;
  readonly description: EvseDescription;
  readonly connectors: readonly Connector[];
  /** What waits for the meter to show something. */
  readonly watch: MeterWatch;
  readonly #core: Core;
  readonly #holder: Holder;
  readonly #supply: Supply;
  readonly #allowance: Allowance;
  readonly #course: TransactionCourse;
  #fault: Fault | undefined;
  #plugged: Connector | undefined;
  #cable: Cable | undefined;
  #isOccupied = false;
  #isSigned = false;
  /** A transaction has ended, and its vehicle is still there. */
  #isFinishing = false;

  constructor(core: Core, description: EvseDescription) {
    this.id = description.id;
    this.description = description;
    this.#core = core;
    const { connectors = [{ id: 1, type: description.connectorType }] } = description;
    this.connectors = connectors.map((connector) => new Connector(core, this, connector));
    this.watch = new MeterWatch(core, this);
    this.#holder = new Holder(core, () => this.stop(timeout));
    this.#supply = new Supply(core, this.id, () => this.#mayFlow);
    this.#allowance = new Allowance(core, this, () => this.#advance(invalid));
    this.#course = new TransactionCourse(core, this, {
      holder: this.#holder,
      situation: () => this.#situation,
      onBegin: () => {
        this.#supply.begin();
        this.#isFinishing = false;
      },
      onEnd: () => {
        if (!this.isPlugged) this.#holder.release();
        this.#isFinishing = this.isPlugged;
        this.#allowance.reset();
      },
    });
  }

  get transaction(): Transaction | undefined {
    return this.#course.transaction;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** What is wrong, what matters most last. */
  get problems(): readonly (Fault | StationError)[] {
    return [...this.#core.errors.of(this.id), ...(this.#fault ? [this.#fault] : [])];
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
    const holder = this.#holder.current;
    return holder && { ...holder, groupId: holder.groupId ?? this.transaction?.groupId };
  }

  /** Somebody may charge, or does. */
  get isAuthorized(): boolean {
    return this.#holder.current !== undefined;
  }

  /** Energy may flow. */
  get isSupplied(): boolean {
    return this.#supply.isOn;
  }

  get canServe(): boolean {
    return !this.#fault && this.isOperative;
  }

  /** Too busy to be taken out of use: OCPP 1.6 counts what prepares, 2.x transactions only. */
  get isInUse(): boolean {
    if (this.transaction) return true;
    if (this.#core.version !== '1.6') return false;
    return this.isAuthorized || (this.isPlugged && !this.#isFinishing);
  }

  get status(): EvseStatus {
    return statusOf({
      isFaulted: this.#fault !== undefined,
      isOperative: this.isOperative,
      isReserved: this.#core.webPayments.keeps(this) || this.#core.reservations.isReserved(this),
      isPlugged: this.isPlugged,
      isAuthorized: this.isAuthorized,
      isFinishing: this.#isFinishing,
      chargingState: this.transaction?.chargingState,
      hasOffered: this.#supply.hasOffered,
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
    this.#holder.stopWaiting();
    this.#advance({ reason: 'Local', trigger: 'CablePluggedIn' });
  }

  unplugged(): void {
    const connector = this.#plugged;
    if (!connector) return;
    this.#plugged = undefined;
    this.#isSigned = false;
    this.#isFinishing = false;
    unlockAfterDisconnect(this.#core, connector);
    if (this.transaction && this.isAuthorized) this.#suspendOrStop(this.transaction, connector);
    this.#advance(unplugging);
    if (this.transaction || !this.isAuthorized) return;
    this.#holder.release();
    this.changed();
  }

  /** The meter has signed a reading that could not be had at once. */
  signed(reading: MeterReading): void {
    this.#course.signed(reading);
    if (this.#isSigned) return;
    this.#isSigned = true;
    this.#advance({ reason: 'Other', trigger: 'SignedDataReceived' });
  }

  /** True when somebody with this token could be authorised here, now or after plugging in. */
  canStart(idToken: IdToken, groupId?: string): boolean {
    return this.canServe && !this.isAuthorized && this.#core.reservations.admits(this, { idToken, groupId });
  }

  /** Somebody is authorised: what that begins follows from the rules, and from the plug. */
  start(
    authorization: Authorization,
    { trigger, profile }: { trigger: TriggerReason; profile?: PendingProfile | undefined },
  ): void {
    this.#core.webPayments.over(this);
    this.#holder.hold(authorization, profile);
    if (!this.isPlugged) this.#holder.awaitPlug();
    this.#allowance.reset();
    if (this.transaction) Object.assign(this.transaction, authorization, { stopping: undefined, allowedWh: undefined });
    this.#advance({ reason: 'Local', trigger });
    this.#core.prices.authorized(this, authorization.idToken);
  }

  /** Nobody may charge any more; the rules say whether that ends the transaction. */
  stop(ending: Ending): void {
    if (!this.isAuthorized && !this.transaction) return;
    if (this.transaction) this.transaction.stopping ??= ending;
    this.#holder.release();
    this.#advance(ending);
  }

  /** Ends the transaction whatever the rules say. */
  end(ending: Ending): void {
    this.#holder.release();
    this.#supply.turnOff();
    this.#course.end(ending);
    this.changed();
  }

  /** The CSMS does not accept who charges here. It may say so with every answer; the first time counts. */
  deauthorized(transactionId: string): void {
    const { transaction } = this;
    if (transaction?.id !== transactionId || !this.isAuthorized || transaction.allowedWh !== undefined) return;
    if (!this.#allowance.grant(transaction)) this.stop(invalid);
  }

  /** What the host sees of the vehicle; while no energy may flow, that tells nothing. */
  chargingStateChanged(state: ChargingState): void {
    if (!this.#supply.seen(state) || this.transaction?.chargingState === state) return;
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
    if (this.transaction) return;
    this.#holder.release();
    this.#supply.turnOff();
  }

  /** The meter now, with a time and an energy that do not go back within the transaction. */
  read(context: ReadingContext): TimedReading {
    return this.#course.read(context);
  }

  /** Tells the CSMS, where its picture differs. */
  changed(): void {
    this.#core.availability.settle(this);
    this.#core.smartCharging.limiter.again();
    this.#core.protocol.reportStatus('changed');
    this.#core.prices.triggers.statusChanged(this);
  }

  /** Intervals may have changed. */
  rearm(): void {
    this.#course.goOn();
  }

  /** A transaction goes on that a power cut or a reset has interrupted. */
  resume(transaction: Transaction): void {
    const { idToken, groupId, remoteStartId } = transaction;
    if (idToken && !transaction.stopping) this.#holder.hold({ idToken, groupId, remoteStartId });
    this.#course.resume(transaction);
    this.#allowance.resume(transaction);
    this.#supply.turnOn();
  }

  /** The device has restarted, and the transaction goes on. */
  restarted(): void {
    this.rearm();
    this.#supply.restarted();
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
    this.#holder.stopWaiting();
    if (!this.transaction) this.#holder.release();
    this.#course.halt();
  }

  /** Something has changed: what that means for the transaction and the supply follows from the facts of now. */
  #advance(ending: Ending): void {
    this.#supply.turnOff();
    this.#course.follow(ending);
    this.#supply.turnOn();
    this.changed();
  }

  get #situation(): Situation {
    const { isPlugged, isAuthorized } = this;
    const { isTransferring, flow } = this.#supply;
    const stateOfCar = this.#allowance.isUsedUp ? 'SuspendedEVSE' : flow;
    return {
      points: pointsOf({
        isOccupied: this.#isOccupied,
        isPlugged,
        isAuthorized,
        isSigned: this.#isSigned,
        isTransferring,
      }),
      chargingState: isPlugged ? stateOfCar : 'Idle',
      cableMaxA: this.#cable?.maxCurrentA,
    };
  }

  /** The vehicle is gone while somebody may charge: OCPP 2.0.1 E09, E10. */
  #suspendOrStop(transaction: Transaction, connector: Connector): void {
    if (stopsOnDisconnect(this.#core)) {
      transaction.stopping ??= unplugging;
      this.#holder.release();
    } else if (isFixedCable(connector)) this.#holder.awaitPlug();
  }

  /** Energy may flow while somebody is authorised and plugged in. */
  get #mayFlow(): boolean {
    return this.isAuthorized && this.isPlugged && this.#fault === undefined && !this.#allowance.isUsedUp;
  }
}
