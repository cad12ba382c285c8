import type { VendorAnswer, VendorMessage } from '../station-host.ts';
import type { EverestPort } from './everest-port.ts';
import { ocppTypes } from './ocpp-types.ts';
import { matches } from './schema.ts';

/** What EVerest answers to a vendor's message of the CSMS; undefined where it knows no such vendor. Rejects with CommandError. */
export async function askEverest(
  port: EverestPort,
  { vendorId, messageId, data }: VendorMessage,
): Promise<VendorAnswer | undefined> {
  const answer = await port.dataTransfer?.('data_transfer', {
    request: {
      vendor_id: vendorId,
      ...(messageId !== undefined && { message_id: messageId }),
      ...(data !== undefined && { data: typeof data === 'string' ? data : JSON.stringify(data) }),
    },
  });
  if (!matches(ocppTypes.DataTransferResponse, answer) || answer.status === 'UnknownVendorId') return undefined;
  const status = answer.status === 'Offline' ? 'Rejected' : answer.status;
  return { status, ...(answer.data !== undefined && { data: answer.data }) };
}
