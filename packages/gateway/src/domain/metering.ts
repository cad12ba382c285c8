import type { ChargingStation } from './charging-station.ts';
import { countEnergy, energyReadingsOf } from './energy.ts';
import type { Rule } from './evolution.ts';
import { evseOrNew, unchanged, withAnomaly, withEvse } from './evolution.ts';
import type { Fact } from './facts.ts';
import type { Readings } from './readings.ts';
import { toReadings, withLatest } from './readings.ts';
import type { MeterValuesReport, ReportContext } from './reports.ts';
import { liveTransactionOf, namedId, transactionOf } from './transaction-identity.ts';
import { withTransaction } from './transaction-list.ts';
import { socOf } from './transactions.ts';
import type { Transaction } from './transaction.ts';

/** Values of an EVSE, counted in the transaction they belong to. Energy of a transaction moves with no other fact. */
export const meterValues: Rule<MeterValuesReport> = (station, report, context) => {
  const { stationId } = station;
  const { now } = context;
  const readings = toReadings(context.newMeasurements ?? report.measurements, report.evseId, now);
  const { measurements } = readings;
  if (measurements.length === 0) return unchanged(station);

  const owner = ownerOf(station, report, { context, readings });
  const evse = evseOrNew(station, report.evseId);
  let next = station;
  if (owner?.transaction.state === 'active' && report.evseId > 0 && owner.transaction.evseId === report.evseId) {
    next = withTransaction(next, counted(owner.transaction, readings, { now, latest: evse?.latest ?? {} }));
  }
  if (evse !== undefined) next = withEvse(next, withLatest(evse, measurements));
  const taken: Fact = {
    type: 'measurements.taken',
    stationId,
    at: now,
    ...(owner !== undefined && { transactionId: owner.transaction.transactionId }),
    measurements,
  };
  if (owner?.isNew !== true) return { station: next, facts: [taken], answer: undefined };
  const transaction = transactionOf(next, owner.transaction.transactionId) ?? owner.transaction;
  return {
    station: next,
    facts: [{ type: 'transaction.started', stationId, at: now, transaction }, taken],
    answer: undefined,
  };
};

function counted(
  transaction: Transaction,
  { measurements, isClockWrong }: Readings,
  { now, latest }: { now: Date; latest: Parameters<typeof energyReadingsOf>[1] },
): Transaction {
  const after = countEnergy(transaction, energyReadingsOf(measurements, latest));
  const soc = socOf(measurements, latest) ?? transaction.soc;
  const anomalies = isClockWrong ? withAnomaly(after.anomalies, 'clock-wrong') : after.anomalies;
  if (after === transaction && soc === transaction.soc && anomalies === transaction.anomalies) return transaction;
  return { ...after, ...(soc !== undefined && { soc }), anomalies, updatedAt: now };
}

/** The transaction the values belong to: the one they name, or else the open one of their EVSE. */
function ownerOf(
  station: ChargingStation,
  report: MeterValuesReport,
  { context, readings }: { context: ReportContext; readings: Readings },
): { transaction: Transaction; isNew: boolean } | undefined {
  const id = namedId(report);
  const named = id === undefined ? undefined : (transactionOf(station, id) ?? context.transaction);
  if (named !== undefined) return { transaction: named, isNew: false };
  if (report.evseId === 0) return undefined;
  const live = liveTransactionOf(station, report.evseId);
  const from = oldestOf(readings);
  if (live !== undefined) return from >= live.startedAt ? { transaction: live, isNew: false } : undefined;
  if (id === undefined) return undefined;
  return { transaction: adopted(station, { id, evseId: report.evseId, from, now: context.now }), isNew: true };
}

function oldestOf({ measurements }: Readings): Date {
  let oldest = new Date(Number.POSITIVE_INFINITY);
  for (const { takenAt } of measurements) if (!(takenAt >= oldest)) oldest = takenAt;
  return oldest;
}

/** A transaction that only its values tell of. */
function adopted(
  { stationId }: ChargingStation,
  { id, evseId, from, now }: { id: string; evseId: number; from: Date; now: Date },
): Transaction {
  return {
    stationId,
    transactionId: id,
    evseId,
    connectorId: 1,
    state: 'active',
    startedAt: from,
    energy: 0,
    offline: false,
    anomalies: ['start-missing'],
    updatedAt: now,
  };
}
