import type { Handlers } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import { certificates } from '../v201/certificates.ts';

/** What answers the messages of OCPP 2.0.1 that come in DataTransfer: certificates of Plug & Charge. */
export function carriedHandlers(core: Core): Handlers<'2.0.1'> {
  return {
    ...certificates({ core }),
    TriggerMessage({ requestedMessage }) {
      if (requestedMessage !== 'SignV2GCertificate') return { status: 'NotImplemented' };
      return { status: core.signing.request('V2GCertificate') ? 'Accepted' : 'Rejected' };
    },
  };
}
