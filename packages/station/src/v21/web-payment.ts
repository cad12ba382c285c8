import { OcppError, type Handlers } from '@busbar/ocpp';
import type { Station201 } from '../v201/station201.ts';

/** Somebody has scanned the code of an EVSE, and pays: OCPP 2.1 C25. */
export const webPayment = ({ core }: Station201): Handlers<'2.1'> => ({
  NotifyWebPaymentStarted({ evseId, timeout }) {
    const evse = core.evse(evseId);
    if (!evse) throw new OcppError('PropertyConstraintViolation', `there is no EVSE ${evseId}`);
    core.webPayments.started(evse, timeout);
    core.later(() => core.protocol.reportStatus('changed'));
    return {};
  },
});
