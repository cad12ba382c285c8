import type { ActionOf, RequestOf, ResponseOf, v21 } from '@busbar/ocpp';

/** What a payment terminal or a web shop at the station tells the CSMS: OCPP 2.1 C17 to C24. Rejects as `Peer.call`, with NotSupported in other versions. */
export interface Payments {
  /** What was settled with the payment service; the CSMS may answer with a receipt. */
  notifySettlement(settlement: v21.NotifySettlementRequest): Promise<v21.NotifySettlementResponse>;
  validateVatNumber(request: v21.VatNumberValidationRequest): Promise<v21.VatNumberValidationResponse>;
}

/** How a version asks the CSMS what only 2.1 has. */
export function paymentsOf(wire: { ask21: Ask21 }): Payments {
  return {
    notifySettlement: (settlement) => wire.ask21('NotifySettlement', settlement),
    validateVatNumber: (request) => wire.ask21('VatNumberValidation', request),
  };
}

type Ask21 = <A extends ActionOf<'2.1'>>(action: A, payload: RequestOf<'2.1', A>) => Promise<ResponseOf<'2.1', A>>;
