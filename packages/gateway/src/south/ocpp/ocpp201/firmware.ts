import type { v201, v21 } from '@busbar/ocpp';
import type { Session } from '../session.ts';

export const firmware = (session: Session) => ({
  async FirmwareStatusNotification(
    request: v21.FirmwareStatusNotificationRequest,
  ): Promise<v201.FirmwareStatusNotificationResponse> {
    const { status, requestId } = request;
    await session.report({
      type: 'FirmwareStatusNotification',
      status,
      ...(requestId !== undefined && { requestId }),
    });
    return {};
  },

  /** About firmware that a local controller hands on; the message log has it. */
  PublishFirmwareStatusNotification(): v201.PublishFirmwareStatusNotificationResponse {
    session.seen();
    return {};
  },
});
