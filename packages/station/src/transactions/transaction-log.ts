import type { Core } from '../core.ts';
import { valuesOf, measurandsOf } from '../metering/metering.ts';
import { Collected } from '../metering/collected-values.ts';
import { registerOf } from '../metering/evse-meter.ts';
import { forgetTransaction, keepTransaction, type OpenTransaction } from './open-transactions.ts';
import type { TakenValues, TransactionRecord } from '../delivery/records.ts';
import type { TimedReading } from '../metering/samples.ts';
import type { IdToken } from '../station-host.ts';
import type { Transaction, TransactionEnd, TriggerReason } from './transaction.ts';

/** What may be told of a transaction while it runs. */
export interface Update {
  trigger: TriggerReason;
  /** Values to go with it. */
  reading?: TimedReading | undefined;
  /** The CSMS has not heard yet who charges. */
  isNewToken?: true;
  /** Who has ended the supply. */
  stoppedBy?: IdToken | undefined;
  isLimitNew?: true;
}

type Step = Pick<TransactionRecord, 'event' | 'trigger' | 'values'> & Partial<TransactionRecord>;

/** Writes down every step of a transaction, together with how far it is, and gives it to the queue. */
export class TransactionLog {
  readonly #core: Core;
  readonly #collected: Collected;

  constructor(core: Core) {
    this.#core = core;
    this.#collected = new Collected(core);
  }

  started(transaction: Transaction, trigger: TriggerReason): void {
    const { begin, idToken, reservationId, remoteStartId } = transaction;
    const names = this.#core.variables.list('SampledDataCtrlr.TxStartedMeasurands');
    const values = this.#told(valuesOf(this.#core, begin, { names, transaction }));
    this.#add(transaction, { event: 'Started', trigger, values, idToken, reservationId, remoteStartId });
    if (this.#core.version === '1.6' && begin.reading.signed) this.#tellSignedBegin(transaction);
  }

  /** OCPP 1.6 is told of meter values only. */
  updated(transaction: Transaction, { trigger, reading, isNewToken, stoppedBy, isLimitNew }: Update): void {
    if (this.#core.version === '1.6' && !reading && !isNewToken) return;
    const names = reading ? this.#core.variables.list(measurandsOf(reading)) : [];
    const values = this.#told(reading && valuesOf(this.#core, reading, { names, transaction }));
    if (reading && values.length === 0 && trigger !== 'Trigger') return;
    const { idToken, remoteStartId, reservationId, limit } = transaction;
    this.#add(transaction, {
      event: 'Updated',
      trigger,
      values,
      ...(stoppedBy && { idToken: stoppedBy }),
      ...(isNewToken && { idToken, remoteStartId, reservationId }),
      ...(isLimitNew && { limit }),
      ...(trigger === 'RunningCost' && { costDetails: this.#core.costs.detailsOf(transaction) }),
    });
  }

  /** A signed reading that came later than the step it belongs to. */
  signed(transaction: Transaction, reading: TimedReading): void {
    const values = this.#told(valuesOf(this.#core, reading, { names: [], transaction }));
    if (values.length === 0) return;
    this.#collected.add(transaction, values);
    this.#add(transaction, { event: 'Updated', trigger: 'SignedDataReceived', values });
  }

  /** Keeps what the end is to tell of a reading. */
  collect(transaction: Transaction, reading: TimedReading): void {
    const isAligned = reading.context === 'Sample.Clock';
    const variable = isAligned ? 'AlignedDataCtrlr.TxEndedMeasurands' : 'SampledDataCtrlr.TxEndedMeasurands';
    const names = this.#core.variables.list(variable);
    if (names.length === 0) return;
    this.#collected.add(transaction, this.#told(valuesOf(this.#core, reading, { names, transaction })));
  }

  /** What an earlier run has collected. */
  collectedOf(id: string): TakenValues[] {
    return this.#collected.of(id);
  }

  ended(transaction: Transaction, { reason, trigger, idToken, reading }: TransactionEnd): void {
    const names = this.#core.variables.list('SampledDataCtrlr.TxEndedMeasurands');
    const values = [
      ...this.#told(valuesOf(this.#core, transaction.begin, { names, transaction })),
      ...transaction.forEnd,
      ...this.#told(valuesOf(this.#core, reading, { names, transaction })),
    ];
    const isPlugged = this.#core.evse(transaction.evseId)?.isPlugged ?? false;
    const chargingState = isPlugged ? 'EVConnected' : 'Idle';
    const { costs } = this.#core;
    const evse = this.#core.evse(transaction.evseId);
    if (evse) costs.look(evse, transaction);
    const costDetails = costs.detailsOf(transaction);
    this.#add(transaction, { event: 'Ended', trigger, reason, idToken, values, chargingState, costDetails });
    costs.close(transaction);
  }

  /** Goes on after a power cut or a reset: OCPP 2.1 E17. */
  resumed(transaction: Transaction, open: OpenTransaction): void {
    const names = this.#core.variables.list('SampledDataCtrlr.TxUpdatedMeasurands');
    const now = this.#core.host.meter(transaction.evseId);
    transaction.lastWh = Math.max(registerOf(now) ?? 0, open.lastWh);
    const after = { ...now, energyWh: transaction.lastWh };
    const at = this.#core.clock.now();
    const readings: TimedReading[] = [
      { at: open.lastAt, context: 'Interruption.Begin', reading: { ...unknown, energyWh: open.lastWh } },
      { at: at < open.lastAt ? open.lastAt : at, context: 'Interruption.End', reading: after },
    ];
    const values = readings.flatMap((reading) => this.#told(valuesOf(this.#core, reading, { names, transaction })));
    this.#add(transaction, { event: 'Updated', trigger: 'TxResumed', values });
  }

  /** Ends what a power cut has interrupted, with the last values that were kept. */
  lostPower(open: OpenTransaction): void {
    const { store, delivery, events } = this.#core;
    const record: TransactionRecord = {
      kind: 'transaction',
      event: 'Ended',
      transactionId: open.id,
      evseId: open.evseId,
      connectorId: open.connectorId,
      at: open.lastAt.toISOString(),
      seqNo: open.seqNo,
      trigger: 'AbnormalCondition',
      reason: open.stoppedReason ?? 'PowerLoss',
      isOffline: true,
      chargingState: 'Idle',
      meterWh: open.lastWh,
      values: [...this.#collected.of(open.id), endValues(open)],
    };
    store.atomically(() => {
      delivery.add(record);
      this.#forget(open.id);
    });
    events.emit('transactionRecorded', record);
  }

  /** OCPP 1.6 has no values in its start. */
  #tellSignedBegin(transaction: Transaction): void {
    transaction.isKeySent = false;
    const values = this.#told(valuesOf(this.#core, transaction.begin, { names: [], transaction }));
    if (values.length > 0) this.#add(transaction, { event: 'Updated', trigger: 'SignedDataReceived', values });
  }

  #add(transaction: Transaction, step: Step): void {
    const { store, delivery, clock, events, isOnline, host } = this.#core;
    const now = clock.now();
    transaction.lastAt = now < transaction.lastAt ? transaction.lastAt : now;
    const { evseId, connectorId, chargingState, lastAt, lastWh } = transaction;
    const record: TransactionRecord = {
      kind: 'transaction',
      transactionId: transaction.id,
      evseId,
      connectorId,
      at: lastAt.toISOString(),
      seqNo: transaction.seqNo++,
      isOffline: !isOnline,
      chargingState,
      meterWh: lastWh,
      preconditioning: host.preconditioning?.(evseId),
      operationMode: transaction.operationMode,
      tariffId: this.#core.costs.tariffIdOf(transaction),
      ...this.#news(transaction),
      ...step,
    };
    store.atomically(() => {
      delivery.add(record);
      if (record.event === 'Ended') this.#forget(transaction.id);
      else keepTransaction(store, transaction);
    });
    events.emit('transactionRecorded', record);
  }

  /** What is told once, and again only when it changes. */
  #news(transaction: Transaction): Pick<TransactionRecord, 'phases' | 'cableMaxA'> {
    const { currentsA } = this.#core.host.meter(transaction.evseId);
    const inUse = currentsA.filter((current) => current > minCurrentA).length;
    const phases = inUse > 0 && inUse !== transaction.phases ? inUse : undefined;
    const cableMaxA = transaction.isCableTold ? undefined : transaction.cableMaxA;
    transaction.phases = phases ?? transaction.phases;
    transaction.isCableTold = transaction.cableMaxA !== undefined;
    return { phases, cableMaxA };
  }

  #forget(id: string): void {
    forgetTransaction(this.#core.store, id);
    this.#collected.forget(id);
  }

  #told(values: TakenValues | undefined): TakenValues[] {
    return values ? [values] : [];
  }
}

/** Less is noise of the meter, A. */
const minCurrentA = 0.5;

/** Of the moment of a power cut, only the register is known. */
const unknown = { powerW: Number.NaN, currentsA: [], voltagesV: [] };

function endValues({ lastAt, lastWh }: OpenTransaction): TakenValues {
  const samples = [{ measurand: 'Energy.Active.Import.Register', value: lastWh, unit: 'Wh' } as const];
  return { at: lastAt.toISOString(), context: 'Transaction.End', samples: [...samples] };
}
