import type { v201, v21 } from '@busbar/ocpp';
import { fieldsOf } from '../store/json-fields.ts';
import type { Message } from '../prices/price.ts';
import { toMessage, toRunningCost } from '../prices/running-cost.ts';
import type { TransactionAnswer } from '../transactions/transaction.ts';
import type { Handlers201, Station201 } from './station201.ts';

/** OCPP 2.0.1 I02. */
export const cost = ({ core }: Station201): Handlers201 => ({
  CostUpdated({ totalCost, transactionId, customData }) {
    const evse = core.evses.find(({ transaction }) => transaction?.id === transactionId);
    const fields = fieldsOf(customData);
    const details = fields?.text('vendorId') === costVendor ? toRunningCost(fields, totalCost) : { cost: totalCost };
    core.prices.running(evse, details, transactionId);
    return {};
  },
});

/** OCA's California pricing requirements, and its ways to more languages and QR codes, in customData. */
const costVendor = 'org.openchargealliance.costmsg';
const qrCodeVendor = 'org.openchargealliance.org.qrcode';

type EventResponse = v201.TransactionEventResponse | v21.TransactionEventResponse;

/** Shows what the answer to a TransactionEvent says of the cost, and of prices from now on. */
export function showCost({ core }: Station201, answer: TransactionAnswer, response: EventResponse): void {
  const { totalCost, updatedPersonalMessage, customData } = response;
  const fields = fieldsOf(customData);
  const vendor = fields?.text('vendorId');
  const extra = 'updatedPersonalMessageExtra' in response ? response.updatedPersonalMessageExtra : undefined;
  const messages = updatedPersonalMessage ? [...messagesOf(updatedPersonalMessage), ...(extra ?? [])] : [];
  const details =
    fields && vendor === costVendor && totalCost !== undefined ? toRunningCost(fields, totalCost) : undefined;
  const evse = core.evses.find(({ transaction }) => transaction?.id === answer.record.transactionId);
  if (evse && details?.trigger) core.prices.triggers.arm(evse, details.trigger);
  const qrCode = vendor === qrCodeVendor ? fields?.text('qrCodeText') : undefined;
  core.prices.answered(answer, { messages, qrCode, ...(details && { details }) });
}

/** A message, and the same in other languages. */
export function messagesOf(message: v201.MessageContentType | v21.MessageContentType): Message[] {
  const { content, format, language, customData } = message;
  const fields = fieldsOf(customData);
  const extra = fields?.text('vendorId')?.includes('multilanguage') ? fields.objects('personalMessageExtra') : [];
  return [{ content, format, language }, ...extra.flatMap(toMessage)];
}
