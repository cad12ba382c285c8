import { ocppTypes } from './ocpp-types.ts';
import { matches } from './schema.ts';

/** Digits of the minor unit: EVerest's amounts are whole numbers of it. */
const decimals = 2;

/** What the CSMS says of costs in its answer to a transaction message, as EVerest's interface `session_cost` publishes it. */
export function costMessages(response: unknown, currency: string): { name: string; value: unknown }[] {
  if (!matches(ocppTypes.OcppTransactionEventResponse, response)) return [];
  const { original_transaction_event: event, total_cost, personal_message } = response;
  const cost = total_cost !== undefined && {
    name: 'session_cost',
    value: {
      session_id: event.session_id,
      currency: { code: currency, decimals },
      status: event.transaction_event === 'Ended' ? 'Finished' : 'Running',
      cost_chunks: [{ cost: { value: Math.round(total_cost * 10 ** decimals) } }],
    },
  };
  const tariff = personal_message && {
    name: 'tariff_message',
    value: {
      messages: [personal_message],
      identifier_id: event.session_id,
      identifier_type: 'SessionId',
      ...(event.transaction_id !== undefined && { ocpp_transaction_id: event.transaction_id }),
    },
  };
  return [cost, tariff].filter((message) => message !== false && message !== undefined);
}
