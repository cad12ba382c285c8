import type { Handlers } from '@busbar/ocpp';
import type { VendorMessage } from '../station-host.ts';
import type { Station16 } from './station16.ts';

/** Data that is no text is sent as JSON. */
export function sendData({ wire }: Station16, { vendorId, messageId, data }: VendorMessage) {
  return wire.call('DataTransfer', { vendorId, messageId, data: toText(data) });
}

const toText = (data: unknown) => (data === undefined || typeof data === 'string' ? data : JSON.stringify(data));

export const dataTransfer = ({ core }: Station16): Handlers<'1.6'> => ({
  DataTransfer(request) {
    const answer = core.host.dataTransfer?.(request);
    return answer ? { status: answer.status, data: toText(answer.data) } : { status: 'UnknownVendorId' };
  },
});
