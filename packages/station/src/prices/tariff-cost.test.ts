import type { v21 } from '@busbar/ocpp';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addUsage, openBill, toCostDetails, type Circumstances, type Usage } from './tariff-cost.ts';

const circumstances: Circumstances = { offsetMinutes: 0, evseKind: 'AC' };
const start = new Date('2026-03-02T10:00:00Z');
const later = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

const usage = (parts: Partial<Usage>): Usage => ({
  from: start,
  to: later(60),
  energyWh: 10_000,
  isCharging: true,
  currentA: 48,
  powerW: 10_000,
  ...parts,
});

function bill(tariff: Partial<v21.TariffType>, usages: readonly Usage[], at = circumstances) {
  const whole: v21.TariffType = { tariffId: 'T', currency: 'EUR', ...tariff };
  const opened = openBill(whole, { at: start }, at);
  return toCostDetails(
    usages.reduce((sum, each) => addUsage(sum, whole, { usage: each, ...at }), opened),
    whole,
  );
}

const totalOf = (details: v21.CostDetailsType) => details.totalCost.total.exclTax;

describe('the cost of a transaction (OCPP 2.1 I12)', () => {
  it('is energy, charging time, idle time and a fixed fee', () => {
    const details = bill(
      {
        energy: { prices: [{ priceKwh: 0.3 }] },
        chargingTime: { prices: [{ priceMinute: 0.01 }] },
        idleTime: { prices: [{ priceMinute: 0.1 }] },
        fixedFee: { prices: [{ priceFixed: 1 }] },
      },
      [usage({}), usage({ from: later(60), to: later(90), energyWh: 0, isCharging: false })],
    );
    expect(totalOf(details)).toBe(1 + 3 + 0.6 + 3);
    expect(details.totalUsage).toEqual({ energy: 10_000, chargingTime: 5400, idleTime: 1800 });
    expect(details.totalCost).toMatchObject({ currency: 'EUR', typeOfCost: 'NormalCost', energy: { exclTax: 3 } });
  });

  it.each<[string, v21.TariffConditionsType, number]>([
    ['below an amount of energy', { maxEnergy: 4000 }, 4],
    ['above an amount of energy', { minEnergy: 4000 }, 6],
    ['in the first half hour', { maxTime: 1800 }, 5],
    ['after half an hour', { minTime: 1800 }, 5],
    ['in the morning', { startTimeOfDay: '06:00', endTimeOfDay: '10:15' }, 2.5],
    ['over midnight', { startTimeOfDay: '10:45', endTimeOfDay: '02:00' }, 2.5],
    ['on Mondays', { dayOfWeek: ['Monday'] }, 10],
    ['on other days', { dayOfWeek: ['Tuesday', 'Sunday'] }, 0],
    ['from a day on', { validFromDate: '2026-03-02' }, 10],
    ['until the day before', { validToDate: '2026-03-02' }, 0],
    ['at much power', { minPower: 10_000 }, 10],
    ['at little power', { maxPower: 10_000 }, 0],
    ['at much current', { minCurrent: 49 }, 0],
    ['for direct current', { evseKind: 'DC' }, 0],
  ])('has a price that holds %s only', (_when, conditions, cost) => {
    expect(totalOf(bill({ energy: { prices: [{ priceKwh: 1, conditions }] } }, [usage({})]))).toBeCloseTo(cost, 6);
  });

  it('has no fee for a payment that is not known here', () => {
    const prices = [{ priceFixed: 5, conditions: { paymentBrand: 'VISA' } }, { priceFixed: 1 }];
    expect(totalOf(bill({ fixedFee: { prices } }, [usage({})]))).toBe(1);
  });

  it('takes the first price that holds, in local time', () => {
    const prices = [{ priceKwh: 1, conditions: { startTimeOfDay: '11:30', endTimeOfDay: '13:00' } }, { priceKwh: 2 }];
    expect(totalOf(bill({ energy: { prices } }, [usage({})], { ...circumstances, offsetMinutes: 60 }))).toBe(15);
  });

  it('counts idle time from its begin, and anew after charging', () => {
    const idle = (from: number, to: number) =>
      usage({ from: later(from), to: later(to), energyWh: 0, isCharging: false });
    const prices = [{ priceMinute: 1, conditions: { minIdleTime: 600 } }];
    const usages = [idle(0, 15), usage({ from: later(15), to: later(20) }), idle(20, 32)];
    expect(totalOf(bill({ idleTime: { prices } }, usages))).toBe(5 + 2);
  });

  it('levies taxes on taxes', () => {
    const taxRates = [
      { type: 'state', tax: 10 },
      { type: 'city', tax: 10 },
      { type: 'federal', tax: 50, stack: 1 },
    ];
    expect(bill({ energy: { prices: [{ priceKwh: 1 }], taxRates } }, [usage({})]).totalCost).toMatchObject({
      energy: { exclTax: 10, inclTax: 18, taxRates },
      total: { exclTax: 10, inclTax: 18 },
    });
  });

  it('stays within its bounds', () => {
    const energy = { prices: [{ priceKwh: 1 }] };
    expect(bill({ energy, minCost: { exclTax: 12 } }, [usage({})]).totalCost).toMatchObject({
      typeOfCost: 'MinCost',
      total: { exclTax: 12, inclTax: 12 },
    });
    expect(bill({ energy, maxCost: { inclTax: 9 } }, [usage({})]).totalCost).toMatchObject({
      typeOfCost: 'MaxCost',
      total: { inclTax: 9 },
    });
  });

  it('does not depend on how often the meter is read', () => {
    const tariff: Partial<v21.TariffType> = {
      energy: { prices: [{ priceKwh: 1, conditions: { maxEnergy: 3333 } }, { priceKwh: 0.5 }] },
      chargingTime: { prices: [{ priceMinute: 0.1, conditions: { minChargingTime: 100 } }] },
    };
    const whole = totalOf(bill(tariff, [usage({})])) ?? 0;
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 3599 }), { maxLength: 20 }), (cuts) => {
        const seconds = [0, ...cuts.toSorted((a, b) => a - b), 3600];
        const parts = seconds.slice(1).map((to, index) => {
          const from = seconds[index] ?? 0;
          return usage({ from: later(from / 60), to: later(to / 60), energyWh: (10_000 * (to - from)) / 3600 });
        });
        expect(totalOf(bill(tariff, parts))).toBeCloseTo(whole, 4);
      }),
    );
  });
});
