import { customerReport, forgetCustomer, type Customer } from '../authorization/customer-information.ts';
import { toIdToken } from '../authorization/id-token.ts';
import type { Handlers201, Station201 } from './station201.ts';

/** OCPP 2.0.1 N09, N10. */
export const customerInformation = (station: Station201): Handlers201 => ({
  CustomerInformation({ requestId, report, clear, idToken, customerCertificate, customerIdentifier }) {
    const named = [idToken, customerCertificate, customerIdentifier].filter((name) => name !== undefined);
    if (named.length !== 1) return { status: 'Invalid', statusInfo: { reasonCode: 'InvalidCustomer' } };
    if (!report && !clear) return { status: 'Rejected', statusInfo: { reasonCode: 'NothingToDo' } };
    const who: Customer = {
      idToken: idToken && toIdToken(idToken),
      certificate: customerCertificate,
      identifier: customerIdentifier,
    };
    const text = report ? customerReport(station.core, who) : '';
    if (clear) forgetCustomer(station.core, who);
    station.core.later(() => notify(station, requestId, text));
    return { status: 'Accepted' };
  },
});

/** Of one NotifyCustomerInformation. */
const partChars = 512;

async function notify({ core, wire }: Station201, requestId: number, text: string): Promise<void> {
  const generatedAt = core.clock.now().toISOString();
  const parts = Math.max(1, Math.ceil(text.length / partChars));
  try {
    for (let seqNo = 0; seqNo < parts; seqNo++) {
      const data = text.slice(seqNo * partChars, (seqNo + 1) * partChars);
      const tbc = seqNo + 1 < parts ? true : undefined;
      await wire.call('NotifyCustomerInformation', { requestId, generatedAt, seqNo, tbc, data });
    }
  } catch (error) {
    core.events.emit('callFailed', { action: 'NotifyCustomerInformation', error });
  }
}
