import { answerFor } from './authorization.ts';
import type { Rule } from './evolution.ts';
import { unchanged } from './evolution.ts';
import { believed } from './clocks.ts';
import type {
  AuthorizeReport,
  DataTransferReport,
  FirmwareStatusNotificationReport,
  LogStatusNotificationReport,
  NotifyEventReport,
  SecurityEventNotificationReport,
} from './reports.ts';
import { holdsSecret, mask } from './secrets.ts';

/** An event by nature: told each time it is asked. */
export const authorizeToken: Rule<AuthorizeReport> = (station, { idToken }, { now, idTokenInfo: known }) => {
  const answer = { idTokenInfo: answerFor(idToken, { admission: station.admission, known }) };
  return {
    station,
    facts: [{ type: 'token.authorized', stationId: station.stationId, at: now, idToken, ...answer }],
    answer,
  };
};

export const notifyEvent: Rule<NotifyEventReport> = (station, { events }, { now }) => ({
  station,
  facts: events.map((event) => ({
    type: 'event.notified',
    stationId: station.stationId,
    at: now,
    event: holdsSecret(event) ? { ...event, actualValue: mask } : event,
  })),
  answer: undefined,
});

/** The gateway knows no vendor's messages; it keeps them for those who do. */
export const dataTransfer: Rule<DataTransferReport> = (station, { vendorId, messageId, data }, { now }) => ({
  station,
  facts: [
    {
      type: 'data.transferred',
      stationId: station.stationId,
      at: now,
      vendorId,
      ...(messageId !== undefined && { messageId }),
      ...(data !== undefined && { data }),
    },
  ],
  answer: { status: 'UnknownVendorId' },
});

export const firmwareStatusNotification: Rule<FirmwareStatusNotificationReport> = (station, report, { now }) => {
  const { status, requestId } = report;
  if (station.firmwareStatus === status) return unchanged(station);
  const request = requestId === undefined ? {} : { requestId };
  return {
    station: { ...station, firmwareStatus: status },
    facts: [{ type: 'firmware.status-changed', stationId: station.stationId, at: now, status, ...request }],
    answer: undefined,
  };
};

export const logStatusNotification: Rule<LogStatusNotificationReport> = (station, report, { now }) => {
  const { status, requestId } = report;
  if (station.logStatus === status) return unchanged(station);
  const request = requestId === undefined ? {} : { requestId };
  return {
    station: { ...station, logStatus: status },
    facts: [{ type: 'log.status-changed', stationId: station.stationId, at: now, status, ...request }],
    answer: undefined,
  };
};

/** An event by nature: raised each time it is reported. */
export const securityEventNotification: Rule<SecurityEventNotificationReport> = (station, report, { now }) => ({
  station,
  facts: [
    {
      type: 'security-event.raised',
      stationId: station.stationId,
      at: now,
      event: report.event,
      ...(report.techInfo !== undefined && { techInfo: report.techInfo }),
      raisedBy: report.raisedBy,
      occurredAt: believed(report.occurredAt, now),
    },
  ],
  answer: undefined,
});
