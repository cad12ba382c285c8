import type { v16 } from '@busbar/ocpp';
import type { Session } from '../session.ts';

export const firmware = (session: Session) => ({
  async FirmwareStatusNotification(
    request: v16.FirmwareStatusNotificationRequest,
  ): Promise<v16.FirmwareStatusNotificationResponse> {
    await session.report({ type: 'FirmwareStatusNotification', status: request.status });
    return {};
  },

  async SignedFirmwareStatusNotification(request: v16.SignedFirmwareStatusNotificationRequest): Promise<object> {
    const { status, requestId } = request;
    await session.report({
      type: 'FirmwareStatusNotification',
      status,
      ...(requestId !== undefined && { requestId }),
    });
    return {};
  },
});
