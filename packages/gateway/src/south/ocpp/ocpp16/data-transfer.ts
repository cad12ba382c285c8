import type { v16 } from '@busbar/ocpp';
import type { Session } from '../session.ts';

export const dataTransfer = (session: Session) => ({
  async DataTransfer({ vendorId, messageId, data }: v16.DataTransferRequest): Promise<v16.DataTransferResponse> {
    const answer = await session.report({
      type: 'DataTransfer',
      vendorId,
      ...(messageId !== undefined && { messageId }),
      ...(data !== undefined && { data }),
    });
    return { status: answer.status, ...(answer.data !== undefined && { data: toText(answer.data) }) };
  },
});

/** 1.6 carries text; anything else goes as JSON. */
function toText(data: unknown): string {
  return typeof data === 'string' ? data : JSON.stringify(data);
}
