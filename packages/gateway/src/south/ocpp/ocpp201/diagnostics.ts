import type { v201, v21 } from '@busbar/ocpp';
import type { MonitoredEvent } from '../../../domain/reports.ts';
import { toDate, type Session } from '../session.ts';
import { statusIn } from './availability.ts';
import { toAddress } from './provisioning.ts';

export const diagnostics = (session: Session) => ({
  async LogStatusNotification(request: v21.LogStatusNotificationRequest): Promise<v201.LogStatusNotificationResponse> {
    const { status, requestId } = request;
    await session.report({ type: 'LogStatusNotification', status, ...(requestId !== undefined && { requestId }) });
    return {};
  },

  async SecurityEventNotification(
    request: v21.SecurityEventNotificationRequest,
  ): Promise<v201.SecurityEventNotificationResponse> {
    const occurredAt = toDate(request.timestamp);
    await session.report({
      type: 'SecurityEventNotification',
      event: request.type,
      raisedBy: 'station',
      ...(request.techInfo !== undefined && { techInfo: request.techInfo }),
      ...(occurredAt !== undefined && { occurredAt }),
    });
    return {};
  },

  async NotifyEvent(request: v21.NotifyEventRequest): Promise<v201.NotifyEventResponse> {
    for (const event of request.eventData) {
      const status = statusIn(event);
      if (status) await session.report(status);
    }
    const others = request.eventData.filter((event) => isMonitored(event) || !statusIn(event));
    if (others.length === 0) return {};
    await session.report({
      type: 'NotifyEvent',
      events: others.map((event) => toMonitoredEvent(event, session.now())),
    });
    return {};
  },

  /** Settings of monitors and data of customers; the message log has them. */
  NotifyMonitoringReport(): v201.NotifyMonitoringReportResponse {
    session.seen();
    return {};
  },
  NotifyCustomerInformation(): v201.NotifyCustomerInformationResponse {
    session.seen();
    return {};
  },
  NotifyDisplayMessages(): v201.NotifyDisplayMessagesResponse {
    session.seen();
    return {};
  },
});

/** Somebody has set a monitor to hear of it. */
const isMonitored = ({ variableMonitoringId }: v201.EventDataType) => variableMonitoringId !== undefined;

export function toMonitoredEvent(event: v201.EventDataType, now: Date): MonitoredEvent {
  return {
    ...toAddress(event.component, event.variable, undefined),
    eventId: event.eventId,
    trigger: event.trigger,
    actualValue: event.actualValue,
    ...(event.cleared !== undefined && { cleared: event.cleared }),
    ...(event.techCode !== undefined && { techCode: event.techCode }),
    ...(event.techInfo !== undefined && { techInfo: event.techInfo }),
    ...(event.transactionId !== undefined && { transactionId: event.transactionId }),
    occurredAt: toDate(event.timestamp) ?? now,
  };
}
