import type { Core } from './core.ts';
import type { Evse } from './evse.ts';
import { forgetTransaction, keepTransaction, type OpenTransaction } from './open-transactions.ts';
import type { TakenValues, TransactionRecord } from './records.ts';
import { samplesOf, type TimedReading } from './samples.ts';
import type { VariableName } from './standard-variables.ts';
import type { Transaction, TransactionEnd, TriggerReason } from './transaction.ts';

/** What may be told of a transaction while it runs. */
export interface Update {
  trigger: TriggerReason;
  /** Values to go with it, and whether they are samples or aligned to the clock. */
  reading?: TimedReading | undefined;
  /** True when the CSMS has not heard yet who charges. */
  isNewToken?: true;
}

/** Writes down every step of a transaction, together with how far it is, and gives it to the queue. */
export class TransactionLog {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  started(evse: Evse, transaction: Transaction, trigger: TriggerReason): void {
    this.#add(transaction, {
      event: 'Started',
      trigger,
      values: this.#valuesOf([transaction.begin], 'SampledDataCtrlr.TxStartedMeasurands'),
      idToken: transaction.idToken,
      reservationId: transaction.reservationId,
      remoteStartId: transaction.remoteStartId,
      phases: evse.description.phases,
    });
  }

  /** OCPP 1.6 is told of meter values only. */
  updated(transaction: Transaction, { trigger, reading, isNewToken }: Update): void {
    if (this.#core.version === '1.6' && !reading && !isNewToken) return;
    const isAligned = reading?.context === 'Sample.Clock';
    const names = isAligned ? 'AlignedDataCtrlr.Measurands' : 'SampledDataCtrlr.TxUpdatedMeasurands';
    this.#add(transaction, {
      event: 'Updated',
      trigger,
      values: reading ? this.#valuesOf([reading], names) : [],
      ...(isNewToken && {
        idToken: transaction.idToken,
        remoteStartId: transaction.remoteStartId,
        reservationId: transaction.reservationId,
      }),
    });
  }

  ended(transaction: Transaction, { reason, trigger, idToken, reading }: TransactionEnd): void {
    const readings = [transaction.begin, ...transaction.forEnd, reading];
    const values = this.#valuesOf(readings, 'SampledDataCtrlr.TxEndedMeasurands');
    const isPlugged = this.#core.evse(transaction.evseId)?.isPlugged ?? false;
    const chargingState = isPlugged ? 'EVConnected' : 'Idle';
    this.#add(transaction, { event: 'Ended', trigger, reason, idToken, values, chargingState });
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
      reason: 'PowerLoss',
      isOffline: true,
      chargingState: 'Idle',
      meterWh: open.lastWh,
      values: [endValues(open)],
    };
    store.atomically(() => {
      delivery.add(record);
      forgetTransaction(store, open.id);
    });
    events.emit('transactionRecorded', record);
  }

  #add(
    transaction: Transaction,
    step: Pick<TransactionRecord, 'event' | 'trigger' | 'values'> & Partial<TransactionRecord>,
  ): void {
    const { store, delivery, clock, events, isOnline } = this.#core;
    const now = clock.now();
    transaction.lastAt = now < transaction.lastAt ? transaction.lastAt : now;
    const record: TransactionRecord = {
      kind: 'transaction',
      transactionId: transaction.id,
      evseId: transaction.evseId,
      connectorId: transaction.connectorId,
      at: transaction.lastAt.toISOString(),
      seqNo: transaction.seqNo++,
      isOffline: !isOnline,
      chargingState: transaction.chargingState,
      meterWh: transaction.lastWh,
      ...step,
    };
    store.atomically(() => {
      delivery.add(record);
      if (record.event === 'Ended') forgetTransaction(store, transaction.id);
      else keepTransaction(store, transaction);
    });
    events.emit('transactionRecorded', record);
  }

  #valuesOf(readings: readonly TimedReading[], names: VariableName): TakenValues[] {
    const measurands = this.#core.variables.list(names);
    return readings.flatMap(({ at, context, reading }) => {
      const samples = samplesOf(reading, measurands);
      return samples.length > 0 ? [{ at: at.toISOString(), context, samples }] : [];
    });
  }
}

function endValues({ lastAt, lastWh }: OpenTransaction): TakenValues {
  const samples = [{ measurand: 'Energy.Active.Import.Register', value: lastWh, unit: 'Wh' } as const];
  return { at: lastAt.toISOString(), context: 'Transaction.End', samples };
}
