import type { VariableRow } from '../device-model/variable-row.ts';

const isNot = { type: 'boolean', access: 'R', default: 'false' } as const;
const maybe = { type: 'boolean', access: 'RW' } as const;
const count = { type: 'integer', access: 'R', min: 0 } as const;
const text = { type: 'string', access: 'RW', max: 255 } as const;
const price = { type: 'decimal', access: 'RW', min: 0 } as const;

/** What the station itself has of tariffs and costs, by `Component.Variable[instance]`. */
export const tariffVariables = {
  'TariffCostCtrlr.Available[Cost]': isNot,
  'TariffCostCtrlr.Available[Tariff]': isNot,
  'TariffCostCtrlr.ConditionsSupported[Tariff]': { ...isNot, default: 'true' },
  'TariffCostCtrlr.Currency': { ...text, max: 3 },
  'TariffCostCtrlr.Enabled[Cost]': maybe,
  'TariffCostCtrlr.Enabled[Tariff]': maybe,
  'TariffCostCtrlr.HandleFailedTariff[Tariff]': {
    type: 'OptionList',
    access: 'RW',
    default: 'UseDefaultTariff',
    values: ['Deauthorize', 'UseDefaultTariff', 'CentralCost'],
  },
  'TariffCostCtrlr.Interval[Cost]': { ...count, access: 'RW', unit: 's', allowsZero: true },
  'TariffCostCtrlr.MaxElements[Tariff]': { ...count, default: '100' },
  'TariffCostCtrlr.NumberOfDecimalsForCostValues': { ...count, default: '2' },
  'TariffCostCtrlr.OfflineChargingPrice[hourPrice]': price,
  'TariffCostCtrlr.OfflineChargingPrice[kWhPrice]': price,
  'TariffCostCtrlr.OfflineTariffFallbackMessage': text,
  'TariffCostCtrlr.OfflineTariffFallbackMessage[en]': text,
  'TariffCostCtrlr.Problem': isNot,
  'TariffCostCtrlr.TariffFallbackMessage': text,
  'TariffCostCtrlr.TariffFallbackMessage[de]': text,
  'TariffCostCtrlr.TariffFallbackMessage[en-US]': text,
  'TariffCostCtrlr.TariffFallbackMessage[nl]': text,
  'TariffCostCtrlr.TotalCostFallbackMessage': text,
  'TariffCostCtrlr.TotalCostFallbackMessage[en-US]': text,
} as const satisfies Record<string, VariableRow>;
