import type { v21 } from '@busbar/ocpp';
import type { Session } from '../session.ts';

/** Payment at the station itself is between it and its terminal: what it reports is kept in the message log. */
export const payment = (session: Session) => ({
  NotifySettlement(): v21.NotifySettlementResponse {
    session.seen();
    return {};
  },
  /** The gateway knows no tax authority to ask. */
  VatNumberValidation({ vatNumber, evseId }: v21.VatNumberValidationRequest): v21.VatNumberValidationResponse {
    return { status: 'Rejected', vatNumber, ...(evseId !== undefined && { evseId }) };
  },
});
