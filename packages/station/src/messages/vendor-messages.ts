import { OcppConnectionClosed } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { VendorAnswer, VendorMessage } from '../station-host.ts';

/** How long the host may take to answer a vendor's message, ms. */
const answerMs = 10_000;

/** What the CSMS said to a vendor's message; `Offline` when it could not hear it. */
export interface VendorReply {
  status: string;
  data?: unknown;
}

/** Sends a vendor's own message. Never rejects: what the CSMS answers wrongly, or not at all, counts as `Rejected`. */
export async function sendVendorMessage(core: Core, message: VendorMessage): Promise<VendorReply> {
  try {
    const { status, data } = await core.protocol.dataTransfer(message);
    return { status, ...(data !== undefined && { data }) };
  } catch (error) {
    if (error instanceof OcppConnectionClosed) return { status: 'Offline' };
    core.events.emit('callFailed', { action: 'DataTransfer', error });
    return { status: 'Rejected' };
  }
}

/** The host's answer to a vendor's message; undefined when nobody knows the vendor. Never rejects. */
export async function answerVendorMessage(core: Core, message: VendorMessage): Promise<VendorAnswer | undefined> {
  const { promise, resolve } = Promise.withResolvers<VendorAnswer>();
  const timer = core.clock.after(answerMs, () => resolve({ status: 'Rejected' }));
  try {
    return await Promise.race([core.host.dataTransfer?.(message), promise]);
  } catch (error) {
    core.events.emit('callFailed', { action: 'DataTransfer', error });
    return { status: 'Rejected' };
  } finally {
    timer.cancel();
  }
}
