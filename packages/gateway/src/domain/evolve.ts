import { statusNotification } from './availability.ts';
import type { ChargingStation } from './charging-station.ts';
import { connected, disconnected } from './connectivity.ts';
import type { Evolution, Outcome, Rule } from './evolution.ts';
import { meterValues } from './metering.ts';
import {
  authorizeToken,
  dataTransfer,
  firmwareStatusNotification,
  logStatusNotification,
  notifyEvent,
  securityEventNotification,
} from './notifications.ts';
import { bootNotification, notifyReport } from './provisioning.ts';
import type { Answers, Report, ReportContext, ReportOf, ReportType } from './reports.ts';
import { reservationStatusUpdate } from './reservations.ts';
import { transactionEvent } from './transactions.ts';

export type { Evolution, Outcome } from './evolution.ts';
export { needsOf } from './needs.ts';
export { closeTransaction, evolveSettled } from './operations.ts';

type Reports = { [T in ReportType]: ReportOf<T> };
type Rules = { [T in ReportType]: Rule<Reports[T]> };

/** Every report, and what it does. */
const rules: Rules = {
  Connected: connected,
  Disconnected: disconnected,
  BootNotification: bootNotification,
  StatusNotification: statusNotification,
  Authorize: authorizeToken,
  TransactionEvent: transactionEvent,
  MeterValues: meterValues,
  NotifyReport: notifyReport,
  NotifyEvent: notifyEvent,
  DataTransfer: dataTransfer,
  FirmwareStatusNotification: firmwareStatusNotification,
  LogStatusNotification: logStatusNotification,
  SecurityEventNotification: securityEventNotification,
  ReservationStatusUpdate: reservationStatusUpdate,
};

/**
 * What a report makes of a station: its new state, the facts to tell, and what to answer. Pure; never throws. A report
 * that changes nothing returns the same station object; see docs/transactions.md for what is believed of a station.
 */
export function evolve<R extends Report>(station: ChargingStation, report: R, context: ReportContext): Evolution<R>;
export function evolve(
  station: ChargingStation,
  report: Report,
  context: ReportContext,
): Outcome & { answer: Answers[keyof Answers] | undefined } {
  return ruled(station, { type: report.type, report }, context);
}

function ruled<T extends ReportType>(
  station: ChargingStation,
  { type, report }: { type: T; report: Reports[T] },
  context: ReportContext,
): Evolution<Reports[T]> {
  return rules[type](station, report, context);
}
