import type { IdToken } from './authorization.ts';
import type { ChargingStation } from './charging-station.ts';
import { evseOrNew } from './evolution.ts';
import { arrivalOf } from './event-numbers.ts';
import { mayBeKnown, repeats, storable } from './readings.ts';
import type { MeterValuesReport, Needs, Report, TransactionEventReport } from './reports.ts';
import { eventKeyOf, knownTransaction, namedId, transactionOf } from './transaction-identity.ts';
import type { Transaction } from './transaction.ts';

const nothing: Needs = {};

/** What must be looked up before {@link evolve} can decide. For nearly all reports: nothing. */
export function needsOf(station: ChargingStation, report: Report): Needs {
  if (report.type === 'MeterValues') return needsOfValues(station, report);
  if (report.type === 'TransactionEvent') return needsOfEvent(station, report);
  return report.type === 'Authorize' ? tokenToLookUp(station, report.idToken) : nothing;
}

/** No token is looked up whose answer is the same whatever is found. */
function tokenToLookUp({ admission }: ChargingStation, idToken: IdToken | undefined): Needs {
  if (idToken === undefined || admission !== 'admitted' || idToken.type === 'NoAuthorization') return nothing;
  return { idToken };
}

function needsOfValues(station: ChargingStation, report: MeterValuesReport): Needs {
  const id = namedId(report);
  const isUnknown = id !== undefined && transactionOf(station, id) === undefined;
  const { evseId, measurements } = report;
  const evse = evseOrNew(station, evseId);
  const mayBeStored = evse === undefined || mayBeKnown(evse, measurements);
  if (!isUnknown && !mayBeStored) return nothing;
  return {
    ...(isUnknown && { transactionId: id }),
    ...(mayBeStored && { storedMeasurements: { evseId, measurements: storable(measurements, evseId) } }),
  };
}

function needsOfEvent(station: ChargingStation, report: TransactionEventReport): Needs {
  const { idToken, measurements } = report;
  const known = knownTransaction(station, report);
  const id = namedId(report);
  const evseId = (known?.evseId === 0 ? report.evseId : known?.evseId) ?? 0;
  const mayBeStored =
    known !== undefined &&
    measurements.length > 0 &&
    (isDoubtful(known, report) || tellsAgain(station, report, evseId));
  return {
    ...tokenToLookUp(station, idToken),
    ...(known === undefined && (id === undefined ? { startKey: eventKeyOf(report) } : { transactionId: id })),
    ...(mayBeStored && { storedMeasurements: { evseId, measurements: storable(measurements, evseId) } }),
  };
}

/** The end of a transaction may bring all of its readings again. */
function tellsAgain(station: ChargingStation, { eventType, measurements }: TransactionEventReport, evseId: number) {
  if (eventType !== 'Ended' || evseId === 0) return false;
  const evse = evseOrNew(station, evseId);
  return evse !== undefined && repeats(evse, measurements);
}

/** Only its values can tell whether the event was seen before. */
function isDoubtful(known: Transaction, report: TransactionEventReport): boolean {
  const { seqNo, eventType, occurredAt } = report;
  if (seqNo !== undefined) {
    if (seqNo > (known.events?.highest ?? -1)) return false;
    return arrivalOf(known.events, { seqNo, eventType, atMs: occurredAt.getTime() })?.isDoubtful === true;
  }
  return eventType === 'Updated' || (eventType === 'Ended' && known.endKey !== undefined);
}
