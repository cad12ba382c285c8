import type { Core } from '../core.ts';
import { parseFields } from '../store/json-fields.ts';
import type { ChargingPrice, Message } from './price.ts';
import { toChargingPrice } from './running-cost.ts';
import type { VariableName } from '../device-model/standard-variables.ts';

/** What is shown to somebody of whom nothing better is known. */
export interface DefaultPrice {
  messages: readonly Message[];
  price?: ChargingPrice | undefined;
}

/** Other texts while the CSMS cannot be reached. */
export function defaultPriceOf(core: Core): DefaultPrice {
  return core.version === '1.6' ? price16(core) : price2x(core);
}

/** The keys DefaultPrice and DefaultPriceText. */
function price16({ variables, isOnline }: Core): DefaultPrice {
  const price = parseFields(variables.get('OCPP16LegacyCtrlr.DefaultPrice'));
  const texts = parseFields(variables.get('OCPP16LegacyCtrlr.DefaultPriceText'));
  const all = [...(price ? [price] : []), ...(texts?.objects('priceTexts') ?? [])];
  const messages = all.flatMap((fields) => {
    const offline = isOnline ? undefined : fields.text('priceTextOffline');
    const content = offline ?? fields.text('priceText');
    return content === undefined ? [] : [{ content, language: fields.text('language') }];
  });
  return { messages, price: toChargingPrice(price?.object('chargingPrice')) };
}

/** By language; undefined is the language that the station has anyway. */
const online: readonly [VariableName, string | undefined][] = [
  ['TariffCostCtrlr.TariffFallbackMessage', undefined],
  ['TariffCostCtrlr.TariffFallbackMessage[de]', 'de'],
  ['TariffCostCtrlr.TariffFallbackMessage[en-US]', 'en-US'],
  ['TariffCostCtrlr.TariffFallbackMessage[nl]', 'nl'],
];
const offline: readonly [VariableName, string | undefined][] = [
  ['TariffCostCtrlr.OfflineTariffFallbackMessage', undefined],
  ['TariffCostCtrlr.OfflineTariffFallbackMessage[en]', 'en'],
];
const total: readonly [VariableName, string | undefined][] = [
  ['TariffCostCtrlr.TotalCostFallbackMessage', undefined],
  ['TariffCostCtrlr.TotalCostFallbackMessage[en-US]', 'en-US'],
];

function price2x(core: Core): DefaultPrice {
  const ofOffline = core.isOnline ? [] : textsOf(core, offline);
  const messages = ofOffline.length > 0 ? ofOffline : textsOf(core, online);
  return core.isOnline ? { messages } : { messages, price: offlinePriceOf(core) };
}

/** OCPP 2.0.1 I05: shown when a transaction ends and its cost cannot be had. */
export function totalCostFallback(core: Core): Message[] {
  return textsOf(core, total);
}

/** What an offline transaction costs, where the CSMS has said so before. */
export function offlinePriceOf({ variables }: Core): ChargingPrice | undefined {
  const of = (name: VariableName) => (variables.get(name) === '' ? undefined : variables.number(name));
  const kWhPrice = of('TariffCostCtrlr.OfflineChargingPrice[kWhPrice]');
  const hourPrice = of('TariffCostCtrlr.OfflineChargingPrice[hourPrice]');
  return kWhPrice === undefined && hourPrice === undefined ? undefined : { kWhPrice, hourPrice };
}

function textsOf({ variables }: Core, names: readonly (readonly [VariableName, string | undefined])[]): Message[] {
  return names.flatMap(([name, language]) => {
    const content = variables.get(name);
    return content === '' ? [] : [{ content, language }];
  });
}

/** The settings whose change changes the price that is shown. */
export const priceVariables: readonly VariableName[] = [
  'OCPP16LegacyCtrlr.DefaultPrice',
  'OCPP16LegacyCtrlr.DefaultPriceText',
  ...[...online, ...offline].map(([name]) => name),
];
