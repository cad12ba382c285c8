import type { v21 } from '@busbar/ocpp';

/** A price with its taxes: those of a higher stack are levied on the lower ones too. */
export function taxed(exclTax: number, taxRates: readonly v21.TaxRateType[] = []): v21.PriceType {
  const stacks = [...new Set(taxRates.map(({ stack = 0 }) => stack))].toSorted((a, b) => a - b);
  const inclTax = stacks.reduce((sum, level) => {
    const percent = taxRates.filter(({ stack = 0 }) => stack === level).reduce((all, { tax }) => all + tax, 0);
    return sum * (1 + percent / 100);
  }, exclTax);
  return {
    exclTax: toMoney(exclTax),
    inclTax: toMoney(inclTax),
    taxRates: taxRates.length > 0 ? [...taxRates] : undefined,
  };
}

/** Enough digits for any currency, without the noise of binary fractions. */
export const toMoney = (value: number): number => Math.round(value * 1e6) / 1e6;
