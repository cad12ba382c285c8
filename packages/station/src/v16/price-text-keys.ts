import type { DeviceModel } from '../device-model/device-model.ts';
import { parseFields, type Fields } from '../store/json-fields.ts';
import type { ConfigurationKey } from './configuration-keys.ts';

const variable = 'OCPP16LegacyCtrlr.DefaultPriceText';
const languages = 'OCPP16LegacyCtrlr.SupportedLanguages';

/** `DefaultPriceText,de`: what DefaultPriceText has in one language. OCA's California pricing requirements. */
export function priceTextKey(key: string): ConfigurationKey | undefined {
  const language = /^DefaultPriceText,(?<language>[A-Za-z]{1,8}(?:-[A-Za-z\d]{1,8})*)$/.exec(key)?.groups?.language;
  if (language === undefined) return undefined;
  return {
    key,
    profile: 'CostAndPrice',
    variable,
    access: 'RW',
    required: false,
    isAllowed: (value, model) =>
      model.list(languages).includes(language) && parseFields(value)?.text('priceText') !== undefined,
    part: {
      read: (model) => (model.list(languages).length === 0 ? undefined : toText(textsOf(model), language)),
      merge: (model, value) => JSON.stringify({ priceTexts: [...others(model, language), toEntry(value, language)] }),
    },
  };
}

const textsOf = (model: DeviceModel): Fields[] => parseFields(model.get(variable))?.objects('priceTexts') ?? [];

/** Empty where nothing was set. */
function toText(texts: readonly Fields[], language: string): string {
  const found = texts.find((fields) => fields.text('language') === language);
  if (!found) return '';
  return JSON.stringify({ priceText: found.text('priceText'), priceTextOffline: found.text('priceTextOffline') });
}

function others(model: DeviceModel, language: string): object[] {
  return textsOf(model)
    .filter((fields) => fields.text('language') !== language)
    .map((fields) => entryOf(fields, fields.text('language')));
}

const toEntry = (value: string, language: string) => entryOf(parseFields(value), language);

const entryOf = (fields: Fields | undefined, language: string | undefined) => ({
  priceText: fields?.text('priceText'),
  priceTextOffline: fields?.text('priceTextOffline'),
  language,
});
