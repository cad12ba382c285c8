import { parseFields, type Fields } from '../store/json-fields.ts';
import { toMessages, toRunningCost } from '../prices/running-cost.ts';
import type { VendorAnswer } from '../station-host.ts';
import type { Station16 } from './station16.ts';

/** OCA's California pricing requirements. */
export const costVendor = 'org.openchargealliance.costmsg';

type Handler = (station: Station16, fields: Fields) => VendorAnswer['status'];

const handlers: Record<string, Handler> = {
  SetUserPrice: setUserPrice,
  RunningCost: runningCost,
  FinalCost: finalCost,
};

/** Undefined where the host shows no prices. */
export function costMessage(
  station: Station16,
  { messageId = '', data }: { messageId?: string | undefined; data?: string | undefined },
): VendorAnswer | undefined {
  if (!station.core.host.showPrice) return undefined;
  const handler = Object.hasOwn(handlers, messageId) ? handlers[messageId] : undefined;
  if (!handler) return { status: 'UnknownMessageId' };
  const fields = parseFields(data);
  return { status: fields ? handler(station, fields) : 'Rejected' };
}

function setUserPrice({ core }: Station16, fields: Fields): VendorAnswer['status'] {
  const idToken = fields.text('idToken');
  const messages = toMessages(fields, 'priceText', 'priceTextExtra');
  if (idToken === undefined || messages.length === 0) return 'Rejected';
  core.prices.setUserPrice(idToken, messages);
  return 'Accepted';
}

function runningCost({ core }: Station16, fields: Fields): VendorAnswer['status'] {
  const number = fields.number('transactionId');
  const cost = fields.number('cost');
  const evse = core.evses.find(({ transaction }) => transaction && transaction.csmsId === number);
  if (!evse?.transaction || cost === undefined) return 'Rejected';
  core.prices.running(evse, toRunningCost(fields, cost), evse.transaction.id);
  return 'Accepted';
}

/** It may come before the end, or after its answer. */
function finalCost({ core, ids }: Station16, fields: Fields): VendorAnswer['status'] {
  const transactionId = ids.idOf(fields.number('transactionId'));
  const cost = fields.number('cost');
  if (transactionId === undefined || cost === undefined) return 'Rejected';
  core.prices.final(cost, {
    transactionId,
    evseId: core.evses.find(({ transaction }) => transaction?.id === transactionId)?.id,
    messages: toMessages(fields, 'priceText', 'priceTextExtra'),
    qrCode: fields.text('qrCodeText'),
  });
  return 'Accepted';
}
