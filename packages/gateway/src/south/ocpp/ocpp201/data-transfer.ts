import type { v201, v21 } from '@busbar/ocpp';
import type { Session } from '../session.ts';

export const dataTransfer = (session: Session) => ({
  async DataTransfer({ vendorId, messageId, data }: v21.DataTransferRequest): Promise<v201.DataTransferResponse> {
    const answer = await session.report({
      type: 'DataTransfer',
      vendorId,
      ...(messageId !== undefined && { messageId }),
      ...(data !== undefined && { data }),
    });
    return { status: answer.status, ...(answer.data !== undefined && { data: answer.data }) };
  },
});
