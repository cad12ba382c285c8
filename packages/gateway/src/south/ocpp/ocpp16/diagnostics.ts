import type { v16 } from '@busbar/ocpp';
import { toDate, type Session } from '../session.ts';

/** 1.6 DiagnosticsStatus in the words of 2.0.1 UploadLogStatusEnumType. */
const uploadStatuses: Readonly<Record<v16.DiagnosticsStatusNotificationRequest['status'], string>> = {
  Idle: 'Idle',
  Uploaded: 'Uploaded',
  UploadFailed: 'UploadFailure',
  Uploading: 'Uploading',
};

export const diagnostics = (session: Session) => ({
  async DiagnosticsStatusNotification(
    request: v16.DiagnosticsStatusNotificationRequest,
  ): Promise<v16.DiagnosticsStatusNotificationResponse> {
    await session.report({ type: 'LogStatusNotification', status: uploadStatuses[request.status] });
    return {};
  },

  async LogStatusNotification({ status, requestId }: v16.LogStatusNotificationRequest): Promise<object> {
    await session.report({ type: 'LogStatusNotification', status, ...(requestId !== undefined && { requestId }) });
    return {};
  },

  async SecurityEventNotification(request: v16.SecurityEventNotificationRequest): Promise<object> {
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
});
