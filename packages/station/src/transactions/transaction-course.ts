import { randomUUID } from 'node:crypto';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { EvseMeter } from '../metering/evse-meter.ts';
import type { ReadingContext, TimedReading } from '../metering/samples.ts';
import { TransactionSamples } from '../metering/transaction-samples.ts';
import type { MeterReading } from '../station-host.ts';
import type { Holder } from './holder.ts';
import type { Ending, Transaction, TriggerReason } from './transaction.ts';
import { watchLimit } from './transaction-limits.ts';
import { hasStarted, hasStopped, type TxPoint } from './tx-points.ts';

/** What is so at the EVSE. */
export interface Situation {
  points: ReadonlySet<TxPoint>;
  chargingState: Transaction['chargingState'];
  /** Of a cable that can be taken off, A. */
  cableMaxA: number | undefined;
}

export interface CourseHooks {
  situation(): Situation;
  /** A transaction is there; nobody was told yet. */
  onBegin(): void;
  /** It is over; nobody was told yet. */
  onEnd(): void;
}

/** The transactions of an EVSE, one after the other: each begins, is told of, and ends as the rules say. */
export class TransactionCourse {
  readonly #core: Core;
  readonly #evse: Evse;
  readonly #holder: Holder;
  readonly #hooks: CourseHooks;
  readonly #meter: EvseMeter;
  readonly #samples: TransactionSamples;
  #transaction: Transaction | undefined;
  #spent: ReadonlySet<TxPoint> = new Set();

  constructor(core: Core, evse: Evse, { holder, ...hooks }: CourseHooks & { holder: Holder }) {
    this.#core = core;
    this.#evse = evse;
    this.#holder = holder;
    this.#hooks = hooks;
    this.#meter = new EvseMeter(core, evse.id);
    this.#samples = new TransactionSamples(core, evse);
  }

  get transaction(): Transaction | undefined {
    return this.#transaction;
  }

  /** The meter now, with a time and an energy that do not go back within the transaction. */
  read(context: ReadingContext): TimedReading {
    return this.#meter.read(context, this.#transaction);
  }

  /** The meter has signed a reading that could not be had at once. */
  signed(reading: MeterReading): void {
    if (!this.#transaction) return;
    const timed = this.#meter.settle(reading, 'Other', this.#transaction);
    this.#core.transactions.signed(this.#transaction, timed);
  }

  /** Something has changed: begins, tells of, or ends the transaction, by the rules. */
  follow(ending: Ending): void {
    const situation = this.#hooks.situation();
    const { points } = situation;
    const rules = this.#core.txRules;
    const transaction = this.#transaction;
    this.#spent = new Set([...this.#spent].filter((point) => points.has(point)));
    if (transaction && hasStopped(rules, points, transaction.reached)) this.end(ending);
    else if (transaction) this.#update(transaction, situation, ending);
    else if (this.#evse.canServe && hasStarted(rules, points, this.#spent)) this.#begin(situation, ending.trigger);
  }

  /** Ends it whatever the rules say. */
  end(ending: Ending): void {
    const transaction = this.#transaction;
    if (!transaction) return;
    const reading = this.read('Transaction.End');
    this.#transaction = undefined;
    this.#spent = this.#hooks.situation().points;
    this.#samples.stop();
    this.#core.smartCharging.limiter.again();
    this.#evse.watch.stop();
    this.#hooks.onEnd();
    const { transactions, prices, displays, profiles, events } = this.#core;
    const end = { reading, ...ending, reason: transaction.stopping?.reason ?? ending.reason };
    transactions.ended(transaction, end);
    prices.ended(transaction);
    displays.endTransaction(transaction.id);
    if (profiles.endTransaction(this.#evse.id, transaction.id)) this.#core.profilesChanged();
    events.emit('transactionEnded', transaction, end);
  }

  /** One goes on that a power cut or a reset has interrupted. */
  resume(transaction: Transaction): void {
    this.#transaction = transaction;
    this.goOn();
    watchLimit(this.#evse, transaction);
  }

  /** What runs by itself while there is a transaction; intervals may have changed. */
  goOn(): void {
    if (!this.#transaction) return;
    this.#samples.start();
    this.#evse.watch.goOn();
    this.#core.smartCharging.limiter.start();
  }

  /** The station stops. Who charges goes on, within the limits of now. */
  halt(): void {
    this.#samples.stop();
    this.#core.smartCharging.limiter.halt();
    this.#evse.watch.halt();
  }

  #begin({ points, chargingState, cableMaxA }: Situation, trigger: TriggerReason): void {
    this.#meter.reset();
    const begin = this.read('Transaction.Begin');
    const holder = this.#holder.current;
    const transaction: Transaction = {
      id: randomUUID(),
      csmsId: undefined,
      evseId: this.#evse.id,
      connectorId: this.#evse.connector?.id ?? 1,
      idToken: holder?.idToken,
      groupId: holder?.groupId,
      remoteStartId: holder?.remoteStartId,
      begin,
      seqNo: 0,
      chargingState,
      cableMaxA,
      reservationId: holder && this.#core.reservations.use(this.#evse, holder),
      lastAt: begin.at,
      lastWh: begin.reading.energyWh,
      reached: new Set(points),
      isAuthorized: holder !== undefined,
      forEnd: [],
    };
    this.#transaction = transaction;
    this.#hooks.onBegin();
    this.#core.costs.open(this.#evse, transaction);
    this.#core.transactions.started(transaction, trigger);
    this.#installProfile();
    this.#core.events.emit('transactionStarted', transaction);
    this.goOn();
  }

  #update(transaction: Transaction, { points, chargingState, cableMaxA }: Situation, ending: Ending): void {
    const holder = this.#holder.current;
    const isNewToken = points.has('Authorized') && !transaction.isAuthorized;
    transaction.isAuthorized = points.has('Authorized');
    for (const point of points) transaction.reached.add(point);
    transaction.chargingState = chargingState;
    transaction.cableMaxA ??= cableMaxA;
    if (isNewToken && holder) {
      transaction.reservationId ??= this.#core.reservations.use(this.#evse, holder);
      this.#core.costs.open(this.#evse, transaction);
    }
    const { trigger, idToken } = ending;
    this.#core.transactions.updated(transaction, { trigger, stoppedBy: idToken, ...(isNewToken && { isNewToken }) });
    this.#installProfile();
  }

  /** One that came with a remote start. */
  #installProfile(): void {
    const profile = this.#holder.takeProfile();
    if (!profile) return;
    const reasonCode = this.#core.profiles.installPending(profile, this.#evse.id, this.#core.profileRules);
    if (!reasonCode) this.#core.profilesChanged();
  }
}
