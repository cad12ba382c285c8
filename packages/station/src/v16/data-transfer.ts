import type { Handlers, v16 } from '@busbar/ocpp';
import type { VendorAnswer, VendorMessage } from '../station-host.ts';
import { answerVendorMessage } from '../messages/vendor-messages.ts';
import { costMessage, costVendor } from './cost-messages.ts';
import { plugAndChargeMessage, plugAndChargeVendor } from './plug-and-charge.ts';
import type { Station16 } from './station16.ts';

/** Data that is no text is sent as JSON. */
export function sendData({ wire }: Station16, { vendorId, messageId, data }: VendorMessage) {
  return wire.ask('DataTransfer', { vendorId, messageId, data: toText(data) });
}

const toText = (data: unknown) => (data === undefined || typeof data === 'string' ? data : JSON.stringify(data));

type Own = (
  station: Station16,
  request: v16.DataTransferRequest,
) => VendorAnswer | undefined | Promise<VendorAnswer | undefined>;

/** Vendors whose messages are the station's business; undefined leaves them to the host. */
const own: Record<string, Own> = { [costVendor]: costMessage, [plugAndChargeVendor]: plugAndChargeMessage };

export const dataTransfer = (station: Station16): Handlers<'1.6'> => ({
  async DataTransfer(request) {
    const { vendorId } = request;
    const handled = Object.hasOwn(own, vendorId) ? await own[vendorId]?.(station, request) : undefined;
    const answer = handled ?? (await answerVendorMessage(station.core, request));
    return answer ? { status: answer.status, data: toText(answer.data) } : { status: 'UnknownVendorId' };
  },
});
