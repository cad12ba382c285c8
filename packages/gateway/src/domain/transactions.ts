import { answerFor } from './authorization.ts';
import type { Evse, ChargingStation } from './charging-station.ts';
import { believed, isClockWrong } from './clocks.ts';
import { countEnergy, countLateStart, energyReadingsOf } from './energy.ts';
import type { Arrival } from './event-numbers.ts';
import { arrivalOf } from './event-numbers.ts';
import type { Evolution, Rule } from './evolution.ts';
import { evseOrNew, unchanged, withAnomaly, withEvse, withoutAnomaly } from './evolution.ts';
import type { Fact } from './facts.ts';
import type { Measurement } from './measurement.ts';
import { toReadings, withLatest } from './readings.ts';
import type { ReportContext, TransactionEventReport } from './reports.ts';
import { endReservation } from './reservations.ts';
import {
  eventKeyOf,
  knownTransaction,
  liveTransactionOf,
  namedId,
  nextTransactionNumber,
} from './transaction-identity.ts';
import { settledAmong, withTransaction } from './transaction-list.ts';
import type { Transaction } from './transaction.ts';

export const transactionEvent: Rule<TransactionEventReport> = (station, report, context) => {
  const known = knownTransaction(station, report) ?? context.transaction;
  if (known === undefined) return begin(station, report, context);
  const arrival = report.seqNo === undefined ? undefined : arrivalOf(known.events, markOf(report, report.seqNo));
  if (isRepeat(known, report, { arrival, context })) {
    return { ...unchanged(station), answer: answerTo(known, { station, report, context }) };
  }
  return proceed({ station, report, context, known, arrival });
};

/** A transaction that was not known before, and what is told of it. */
interface Step {
  station: ChargingStation;
  report: TransactionEventReport;
  context: ReportContext;
  known: Transaction;
  arrival: Arrival | undefined;
}

function markOf({ eventType, occurredAt }: TransactionEventReport, seqNo: number) {
  return { seqNo, eventType, atMs: occurredAt.getTime() };
}

/** Repeats are answered like the first and change nothing. */
function isRepeat(
  known: Transaction,
  report: TransactionEventReport,
  { arrival, context }: { arrival: Arrival | undefined; context: ReportContext },
): boolean {
  if (report.seqNo !== undefined) {
    return arrival === undefined || (arrival.isDoubtful && areStored(context));
  }
  if (report.eventType === 'Started') return !known.anomalies.includes('start-missing');
  const isOver = known.endKey !== undefined;
  const isSame = isOver && (known.endKey === eventKeyOf(report) || known.startKey === eventKeyOf(report));
  return (
    isSame ||
    (isOver && report.measurements.length === 0) ||
    ((report.eventType !== 'Ended' || isOver) && areStored(context))
  );
}

/** All its values were reported before. */
function areStored({ newMeasurements }: ReportContext): boolean {
  return newMeasurements?.length === 0;
}

function answerTo(
  { transactionId }: Transaction,
  asked: Pick<Step, 'station' | 'report' | 'context'>,
): Evolution<TransactionEventReport>['answer'] {
  const idTokenInfo = idTokenInfoOf(asked);
  return { transactionId, ...(idTokenInfo && { idTokenInfo }) };
}

/** What the station is told of the token of an event, if it brings one. */
function idTokenInfoOf({ station, report, context }: Pick<Step, 'station' | 'report' | 'context'>) {
  const { idToken } = report;
  return idToken && answerFor(idToken, { admission: station.admission, known: context.idTokenInfo });
}

/** The first that is heard of a transaction; whatever it is, it is recorded. */
function begin(
  station: ChargingStation,
  report: TransactionEventReport,
  context: ReportContext,
): Evolution<TransactionEventReport> {
  const { now } = context;
  const id = namedId(report);
  const number = id === undefined ? nextTransactionNumber(station, now) : undefined;
  const arrival = report.seqNo === undefined ? undefined : arrivalOf(undefined, markOf(report, report.seqNo));
  const blank: Transaction = {
    stationId: station.stationId,
    transactionId: id ?? String(number),
    evseId: report.evseId ?? 0,
    connectorId: report.connectorId ?? 0,
    state: 'active',
    startedAt: startOf(report, now),
    energy: 0,
    offline: report.offline,
    anomalies: report.eventType === 'Started' ? [] : ['start-missing'],
    ...(id === undefined && { startKey: eventKeyOf(report) }),
    updatedAt: now,
  };
  const allotted = number === undefined ? station : { ...station, lastTransactionNumber: number };
  return proceed({ station: allotted, report, context, known: blank, arrival });
}

/** Without the start itself, the earliest time that is told of the transaction is the best there is. */
function startOf({ eventType, occurredAt, measurements }: TransactionEventReport, now: Date): Date {
  let start = believed(occurredAt, now);
  if (eventType === 'Started') return start;
  for (const { takenAt } of measurements) if (takenAt < start && !isClockWrong(takenAt, now)) start = takenAt;
  return start;
}

/** Applies an event that was not seen before. */
function proceed(step: Step): Evolution<TransactionEventReport> {
  const { station, report, context, known, arrival } = step;
  const { now } = context;
  const evseId = known.evseId === 0 ? (report.evseId ?? 0) : known.evseId;
  const { measurements, isClockWrong: isWrong } = toReadings(
    context.newMeasurements ?? report.measurements,
    evseId,
    now,
  );
  const evse = evseId === 0 ? undefined : evseOrNew(station, evseId);
  const isNewcomer = !station.transactions.includes(known) && context.transaction !== known;
  const changed = transactionAfter(step, { evseId, measurements, isWrong, latest: evse?.latest ?? {} });
  const after = arrival === undefined && !isNewcomer && isSame(known, changed) ? known : changed;
  if (after === known && measurements.length === 0) {
    return { ...unchanged(station), answer: answerTo(known, step) };
  }
  const needsPlace = isNewcomer || known.evseId !== evseId || after.startedAt !== known.startedAt;
  const { transaction, overtaken } = needsPlace
    ? settledAmong(station, after, now)
    : { transaction: after, overtaken: [] };

  let next = overtaken.reduce((before, one) => withTransaction(before, one), station);
  next = withTransaction(next, transaction);
  if (evse !== undefined) next = withEvse(next, evseAfter(withLatest(evse, measurements), step, next));
  const facts = factsOf(step, { transaction, overtaken, measurements, isNewcomer });
  const answer = answerTo(transaction, step);
  if (report.reservationId === undefined) return { station: next, facts, answer };
  const used = endReservation(next, report.reservationId, { status: 'Used', now });
  return { station: used.station, facts: [...facts, ...used.facts], answer };
}

function factsOf(
  step: Step,
  told: {
    transaction: Transaction;
    overtaken: readonly Transaction[];
    measurements: readonly Measurement[];
    isNewcomer: boolean;
  },
): readonly Fact[] {
  const { transaction, overtaken, measurements, isNewcomer } = told;
  const { stationId, transactionId } = transaction;
  const { now: at } = step.context;
  const { triggerReason } = step.report;
  const facts: Fact[] = overtaken.map((one) => ({ type: 'transaction.ended', stationId, at, transaction: one }));
  if (isNewcomer) facts.push({ type: 'transaction.started', stationId, at, transaction });
  if (measurements.length > 0) {
    facts.push({ type: 'measurements.taken', stationId, at, transactionId, measurements });
  }
  if (transaction.state === 'ended' && (isNewcomer || step.known.state === 'active')) {
    facts.push({ type: 'transaction.ended', stationId, at, transaction });
  } else if (
    !isNewcomer &&
    transaction !== step.known &&
    !(measurements.length > 0 && isMeteringOnly(step, transaction))
  ) {
    facts.push({ type: 'transaction.updated', stationId, at, transaction, triggerReason });
  }
  return facts;
}

/** An update that brought values and nothing else is told by its values alone. */
function isMeteringOnly({ report, known }: Step, after: Transaction): boolean {
  return (
    report.eventType === 'Updated' &&
    after.chargingState === known.chargingState &&
    after.idToken === known.idToken &&
    after.offline === known.offline &&
    after.evseId === known.evseId &&
    after.remoteStartId === known.remoteStartId &&
    after.reservationId === known.reservationId &&
    after.anomalies === known.anomalies
  );
}

/** Whether an event left no more behind than the time it was heard. */
function isSame(known: Transaction, after: Transaction): boolean {
  const { updatedAt: _, ...one } = known;
  const { updatedAt: __, ...other } = after;
  const before = new Map(Object.entries(one));
  const entries = Object.entries(other);
  return before.size === entries.length && entries.every(([name, value]) => before.get(name) === value);
}

interface Values {
  evseId: number;
  measurements: readonly Measurement[];
  isWrong: boolean;
  latest: Evse['latest'];
}

function transactionAfter(step: Step, values: Values): Transaction {
  const { report, context, known, arrival } = step;
  const readings = energyReadingsOf(values.measurements, values.latest);
  const isLateStart = report.eventType === 'Started' && known.anomalies.includes('start-missing');
  const counted = countEnergy(isLateStart ? countLateStart(known, readings) : known, readings);
  const isNewest = arrival?.isNewest ?? true;
  const soc = socOf(values.measurements, values.latest);
  const after: Transaction = {
    ...counted,
    evseId: values.evseId,
    connectorId: known.connectorId === 0 ? (report.connectorId ?? 0) : known.connectorId,
    offline: known.offline || report.offline,
    anomalies: anomaliesAfter(counted, step, values.isWrong),
    ...(arrival !== undefined && { events: arrival.events }),
    ...(report.chargingState !== undefined &&
      isNewest &&
      (known.state === 'active' || report.eventType === 'Ended') && { chargingState: report.chargingState }),
    ...(soc !== undefined && { soc }),
    updatedAt: context.now,
  };
  const idTokenInfo = idTokenInfoOf(step);
  if (report.idToken !== undefined && idTokenInfo !== undefined && known.idToken === undefined) {
    after.idToken = report.idToken;
    after.authorization = idTokenInfo.status;
  }
  if (report.remoteStartId !== undefined) after.remoteStartId ??= report.remoteStartId;
  if (report.reservationId !== undefined) after.reservationId ??= report.reservationId;
  if (isLateStart) after.startedAt = believed(report.occurredAt, context.now);
  return report.eventType === 'Ended' && known.endKey === undefined ? ended(after, report, context.now) : after;
}

function anomaliesAfter(counted: Transaction, { report, context, arrival }: Step, isWrong: boolean) {
  let { anomalies } = counted;
  if (isWrong || isClockWrong(report.occurredAt, context.now)) anomalies = withAnomaly(anomalies, 'clock-wrong');
  if (report.eventType === 'Started') anomalies = withoutAnomaly(anomalies, 'start-missing');
  const isOver = report.eventType === 'Ended' || counted.state === 'ended';
  if (arrival === undefined || !isOver) return anomalies;
  return arrival.events.missing.length > 0
    ? withAnomaly(anomalies, 'events-missing')
    : withoutAnomaly(anomalies, 'events-missing');
}

/** The end as the station tells it, also for a transaction that was ended in its stead. */
function ended(transaction: Transaction, report: TransactionEventReport, now: Date): Transaction {
  const { endedAt: _, stoppedReason: guessed, ...rest } = transaction;
  const endedAt = believed(report.occurredAt, now);
  const stoppedReason = report.stoppedReason ?? guessed;
  return {
    ...rest,
    state: 'ended',
    endedAt: endedAt < transaction.startedAt ? transaction.startedAt : endedAt,
    ...(stoppedReason !== undefined && { stoppedReason }),
    anomalies: withoutAnomaly(transaction.anomalies, 'end-missing'),
    endKey: eventKeyOf(report),
  };
}

/** The newest state of charge, when it is newer than the one the EVSE knows. */
export function socOf(measurements: readonly Measurement[], latest: Evse['latest']): number | undefined {
  let newest: Measurement | undefined;
  for (const one of measurements) {
    if (one.measurand !== 'SoC' || one.value < 0 || one.value > 100) continue;
    if (newest === undefined || one.takenAt > newest.takenAt) newest = one;
  }
  if (newest === undefined) return undefined;
  const { takenAt } = newest;
  const isOld = Object.values(latest).some((known) => known.measurand === 'SoC' && known.takenAt > takenAt);
  return isOld ? undefined : newest.value;
}

/** The charging state of an EVSE follows its open transaction, and the end of that. */
function evseAfter(evse: Evse, { station, report, known }: Step, after: ChargingStation): Evse {
  const live = liveTransactionOf(after, evse.evseId);
  const wasLive = liveTransactionOf(station, evse.evseId)?.transactionId === known.transactionId;
  const chargingState = live?.chargingState ?? (live === undefined && wasLive ? stateAfterEnd(report) : undefined);
  if (chargingState === undefined || chargingState === evse.chargingState) return evse;
  return { ...evse, chargingState };
}

function stateAfterEnd({ chargingState, stoppedReason }: TransactionEventReport): Evse['chargingState'] {
  return chargingState ?? (stoppedReason === 'EVDisconnected' ? 'Idle' : 'EVConnected');
}
