import type { v21 } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { IdToken } from '../station-host.ts';
import { isSameToken } from './tokens.ts';

/** Somebody of whom a CSMS wants to know what the station knows; named in one way. */
export interface Customer {
  idToken?: IdToken | undefined;
  certificate?: v21.CertificateHashDataType | undefined;
  /** As the host knows customers. */
  identifier?: string | undefined;
}

/** OCPP 2.0.1 N09: all that is known of a customer, as lines of text; empty when nothing is. */
export function customerReport(core: Core, who: Customer): string {
  const most = core.variables.number('InternalCtrlr.MaxCustomerInformationDataLength');
  const lines = [...linesOf(core, who.idToken), core.host.customerInformation?.(who) ?? ''];
  return lines
    .filter((line) => line !== '')
    .join('\n')
    .slice(0, most);
}

/** OCPP 2.0.1 N10: all but what is still needed for billing, and the local list, which is the CSMS's own. */
export function forgetCustomer(core: Core, who: Customer): void {
  if (who.idToken) core.tokens.cache.forget(who.idToken);
  core.host.forgetCustomer?.(who);
}

function linesOf(core: Core, idToken: IdToken | undefined): string[] {
  if (!idToken) return [];
  const known = core.tokens.find(idToken)?.info;
  const running = core.evses.flatMap(({ transaction }) => transaction ?? []);
  return [
    ...(known ? [`authorization: ${JSON.stringify({ ...idToken, ...known })}`] : []),
    ...running
      .filter((transaction) => isSameToken(transaction.idToken, idToken))
      .map(({ id, evseId, begin }) => `transaction: ${JSON.stringify({ id, evseId, beganAt: begin.at })}`),
    ...core.delivery
      .transactionsOf(idToken)
      .map(({ transactionId, event, at }) => `message: ${JSON.stringify({ transactionId, event, at })}`),
  ];
}
