import type { VendorMessage } from '../station-host.ts';
import { answerVendorMessage } from '../messages/vendor-messages.ts';
import type { Handlers201, Station201 } from './station201.ts';

export function sendData({ wire }: Station201, { vendorId, messageId, data }: VendorMessage) {
  return wire.ask('DataTransfer', { vendorId, messageId, data });
}

export const dataTransfer = ({ core }: Station201): Handlers201 => ({
  async DataTransfer(request) {
    return (await answerVendorMessage(core, request)) ?? { status: 'UnknownVendorId' };
  },
});
