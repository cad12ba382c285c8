import type { ChargingStation, Connector, Evse } from './charging-station.ts';
import { believed } from './clocks.ts';
import type { Evolution, Outcome, Rule } from './evolution.ts';
import { evseOrNew, unchanged, withEvse } from './evolution.ts';
import type { ReportContext, StatusNotificationReport } from './reports.ts';
import { liveTransactionOf } from './transaction-identity.ts';
import { withTransaction } from './transaction-list.ts';

/** Connectors an EVSE may have; what is said of others changes no state. */
export const maxConnectors = 16;

/** ms; a status not older than this is live, whatever a status known before says of its time. */
export const liveStatusMs = 60_000;

export const statusNotification: Rule<StatusNotificationReport> = (station, report, context) =>
  report.evseId === 0 ? wholeStation(station, report, context) : oneConnector(station, report, context);

function wholeStation(
  station: ChargingStation,
  report: StatusNotificationReport,
  { now }: ReportContext,
): Evolution<StatusNotificationReport> {
  const availability = report.availability ?? (report.status === 'Unavailable' ? 'Inoperative' : 'Operative');
  const { errorCode: before, ...rest } = station;
  const error = report.errorCode === undefined ? {} : { errorCode: report.errorCode };
  if (availability === station.availability && isSameError(before, report.errorCode)) return unchanged(station);
  return {
    station: { ...rest, availability, ...error },
    facts: [{ type: 'station.availability-changed', stationId: station.stationId, at: now, availability, ...error }],
    answer: undefined,
  };
}

function oneConnector(
  station: ChargingStation,
  report: StatusNotificationReport,
  { now }: ReportContext,
): Evolution<StatusNotificationReport> {
  const before = evseOrNew(station, report.evseId);
  const index = before?.connectors.findIndex(({ connectorId }) => connectorId === report.connectorId) ?? -1;
  const known = before?.connectors[index];
  if (before === undefined || report.connectorId < 1) return unchanged(station);
  if (known === undefined ? before.connectors.length >= maxConnectors : isReplay(known, report, now)) {
    return unchanged(station);
  }
  const connector = toConnector(known, report, now);
  const evse = toEvse(before, report, connectorsWith(before, index, connector));
  if (evse === before) return unchanged(station);
  const charging = withChargingState(withEvse(station, evse), report, now);
  const { stationId } = station;
  const fact = { type: 'connector.status-changed', stationId, at: now, evseId: evse.evseId, connector } as const;
  return { station: charging.station, facts: [fact, ...charging.facts], answer: undefined };
}

/** Where the status tells of charging (1.6), it is told of the open transaction too, as 2.x does by itself. */
function withChargingState(
  station: ChargingStation,
  { evseId, chargingState }: StatusNotificationReport,
  now: Date,
): Outcome {
  const live = chargingState === undefined ? undefined : liveTransactionOf(station, evseId);
  if (live === undefined || chargingState === undefined || live.chargingState === chargingState) {
    return unchanged(station);
  }
  const transaction = { ...live, chargingState, updatedAt: now };
  const { stationId } = station;
  return {
    station: withTransaction(station, transaction),
    facts: [{ type: 'transaction.updated', stationId, at: now, transaction, triggerReason: 'ChargingStateChanged' }],
  };
}

function connectorsWith({ connectors }: Evse, index: number, connector: Connector): readonly Connector[] {
  if (index < 0) return [...connectors, connector].toSorted((one, other) => one.connectorId - other.connectorId);
  return connectors[index] === connector ? connectors : connectors.with(index, connector);
}

/** A queue sent after the present status: older than what is known, and not of this minute by any clock. */
function isReplay(known: Connector, { occurredAt }: StatusNotificationReport, now: Date): boolean {
  if (occurredAt === undefined || believed(occurredAt, now) !== occurredAt) return false;
  return occurredAt < known.since && occurredAt.getTime() < now.getTime() - liveStatusMs;
}

/** The connector as reported, or `known` itself when nothing differs. */
function toConnector(known: Connector | undefined, report: StatusNotificationReport, now: Date): Connector {
  const isSameStatus = known?.status === report.status && known.statusDetail === report.statusDetail;
  if (
    isSameStatus &&
    isSameError(known.errorCode, report.errorCode) &&
    known.info === report.info &&
    known.vendorErrorCode === report.vendorErrorCode
  ) {
    return known;
  }
  return {
    connectorId: report.connectorId,
    status: report.status,
    ...(report.statusDetail !== undefined && { statusDetail: report.statusDetail }),
    ...(report.errorCode !== undefined && { errorCode: report.errorCode }),
    ...(report.info !== undefined && { info: report.info }),
    ...(report.vendorErrorCode !== undefined && { vendorErrorCode: report.vendorErrorCode }),
    since: isSameStatus ? known.since : believed(report.occurredAt, now),
  };
}

/** An EVSE is inoperative when the station says so, or when none of its connectors is available. */
function toEvse(before: Evse, report: StatusNotificationReport, connectors: readonly Connector[]): Evse {
  const isOut = connectors.every(({ status }) => status === 'Unavailable');
  const availability = report.availability ?? (isOut ? 'Inoperative' : 'Operative');
  const chargingState = report.chargingState ?? before.chargingState;
  const isSame =
    connectors === before.connectors && availability === before.availability && chargingState === before.chargingState;
  if (isSame) return before;
  return { ...before, connectors, availability, ...(chargingState !== undefined && { chargingState }) };
}

function isSameError(one = 'NoError', other = 'NoError'): boolean {
  return one === other;
}
