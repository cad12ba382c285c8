import type { v21 } from '@busbar/ocpp';
import { edgesOf, isMet, type Moment } from './tariff-conditions.ts';
import { taxed, toMoney } from './tariff-tax.ts';

/** What flowed between two looks at the meter. */
export interface Usage {
  from: Date;
  to: Date;
  energyWh: number;
  isCharging: boolean;
  /** Now, over all phases. */
  currentA: number;
  powerW: number;
}

/** What a transaction has cost up to now, excluding taxes. Plain JSON: it is kept over power cuts. */
export interface Bill {
  tariffId: string;
  fixed: number;
  /** Undefined where nothing was reserved. */
  reservation: { seconds: number; time: number; fixed: number } | undefined;
  energy: number;
  chargingTime: number;
  idleTime: number;
  energyWh: number;
  totalS: number;
  chargingS: number;
  /** In all, and up to now in one piece. */
  idleS: number;
  idleNowS: number;
  periods: { tariffId: string; at: string; energyWh: number; chargingS: number; idleS: number }[];
}

export interface Circumstances {
  offsetMinutes: number;
  evseKind: 'AC' | 'DC';
}

/** A bill with its fixed fees, and the price of a reservation since `reserved`. */
export function openBill(
  tariff: v21.TariffType,
  { at, reserved }: { at: Date; reserved?: Date | undefined },
  circumstances: Circumstances,
): Bill {
  const nothing = { fixed: 0, energy: 0, chargingTime: 0, idleTime: 0, energyWh: 0, totalS: 0, chargingS: 0 };
  const bill: Bill = {
    tariffId: tariff.tariffId,
    ...nothing,
    reservation: undefined,
    idleS: 0,
    idleNowS: 0,
    periods: [],
  };
  const moment = (when: Date) => momentOf(bill, { at: when, powerW: 0, currentA: 0 }, circumstances);
  return {
    ...bill,
    fixed: feeOf(tariff.fixedFee, moment(at)),
    reservation: reserved && reservationOf(tariff, moment(reserved), at),
    periods: [periodOf(tariff, at)],
  };
}

function feeOf(fee: v21.TariffFixedType | undefined, moment: Moment): number {
  return fee?.prices.find(({ conditions }) => isMet(conditions, moment))?.priceFixed ?? 0;
}

/** At the prices of when it was made. */
function reservationOf(
  { reservationTime, reservationFixed }: v21.TariffType,
  made: Moment,
  until: Date,
): NonNullable<Bill['reservation']> {
  const seconds = Math.max(0, (until.getTime() - made.at.getTime()) / 1000);
  const minute = reservationTime?.prices.find(({ conditions }) => isMet(conditions, made))?.priceMinute ?? 0;
  return { seconds, time: (seconds / 60) * minute, fixed: feeOf(reservationFixed, made) };
}

/** Goes on with another tariff; what was used so far keeps its price. A period without use is none. */
export function changeTariff(bill: Bill, tariff: v21.TariffType, at: Date): Bill {
  const periods = bill.periods.filter(({ energyWh, chargingS, idleS }) => energyWh + chargingS + idleS > 0);
  return { ...bill, tariffId: tariff.tariffId, periods: [...periods, periodOf(tariff, at)] };
}

/** Adds what was used, each part at the price that held. */
export function addUsage(
  bill: Bill,
  tariff: v21.TariffType,
  { usage, ...circumstances }: { usage: Usage } & Circumstances,
): Bill {
  return slicesOf(bill, tariff, { usage, circumstances }).reduce((sum, slice) => {
    const moment = momentOf(sum, { at: slice.from, powerW: slice.powerW, currentA: slice.currentA }, circumstances);
    return addSlice(sum, slice, pricesAt(tariff, moment));
  }, bill);
}

interface Prices {
  kWh: number;
  chargingMinute: number;
  idleMinute: number;
}

/** The first price whose conditions hold. */
function pricesAt({ energy, chargingTime, idleTime }: v21.TariffType, moment: Moment): Prices {
  const minute = (time: v21.TariffTimeType | undefined) =>
    time?.prices.find(({ conditions }) => isMet(conditions, moment))?.priceMinute ?? 0;
  const kWh = energy?.prices.find(({ conditions }) => isMet(conditions, moment))?.priceKwh ?? 0;
  return { kWh, chargingMinute: minute(chargingTime), idleMinute: minute(idleTime) };
}

function addSlice(bill: Bill, { from, to, energyWh, isCharging }: Usage, prices: Prices): Bill {
  const seconds = (to.getTime() - from.getTime()) / 1000;
  const chargingS = isCharging ? seconds : 0;
  const idleS = seconds - chargingS;
  const last = bill.periods.at(-1);
  return {
    ...bill,
    energy: bill.energy + (energyWh / 1000) * prices.kWh,
    chargingTime: bill.chargingTime + (chargingS / 60) * prices.chargingMinute,
    idleTime: bill.idleTime + (idleS / 60) * prices.idleMinute,
    energyWh: bill.energyWh + energyWh,
    totalS: bill.totalS + seconds,
    chargingS: bill.chargingS + chargingS,
    idleS: bill.idleS + idleS,
    idleNowS: isCharging ? 0 : bill.idleNowS + idleS,
    periods: last
      ? [
          ...bill.periods.slice(0, -1),
          {
            ...last,
            energyWh: last.energyWh + energyWh,
            chargingS: last.chargingS + chargingS,
            idleS: last.idleS + idleS,
          },
        ]
      : [],
  };
}

/** Cut where a threshold is reached and at full minutes of the clock: within a slice, one price holds. */
function slicesOf(
  bill: Bill,
  tariff: v21.TariffType,
  { usage, circumstances }: { usage: Usage; circumstances: Circumstances },
): Usage[] {
  const ms = usage.to.getTime() - usage.from.getTime();
  if (ms <= 0) return usage.energyWh > 0 ? [usage] : [];
  const start = momentOf(bill, { at: usage.from, powerW: 0, currentA: 0 }, circumstances);
  const cuts = [...thresholdCuts(tariff, { start, usage }), ...clockCuts(tariff, usage), 1];
  const shares = [...new Set(cuts.filter((share) => share > 0 && share <= 1))].toSorted((a, b) => a - b);
  return shares.map((share, index) => {
    const before = shares[index - 1] ?? 0;
    return {
      ...usage,
      from: new Date(usage.from.getTime() + before * ms),
      to: new Date(usage.from.getTime() + share * ms),
      energyWh: usage.energyWh * (share - before),
    };
  });
}

function thresholdCuts(tariff: v21.TariffType, { start, usage }: { start: Moment; usage: Usage }): number[] {
  const seconds = (usage.to.getTime() - usage.from.getTime()) / 1000;
  const growth = {
    energyWh: usage.energyWh,
    totalS: seconds,
    chargingS: usage.isCharging ? seconds : 0,
    idleS: usage.isCharging ? 0 : seconds,
  };
  const idleS = usage.isCharging ? 0 : start.idleS;
  const edges = conditionsOf(tariff).flatMap(edgesOf);
  return edges.map(({ name, at }) => (at - (name === 'idleS' ? idleS : start[name])) / growth[name]);
}

/** Offsets of local time are full minutes, and so are the times of tariffs. */
function clockCuts(tariff: v21.TariffType, { from, to }: Usage): number[] {
  const isClocked = conditionsOf(tariff).some((conditions) => {
    const { startTimeOfDay, endTimeOfDay, dayOfWeek, validFromDate, validToDate } = conditions;
    return startTimeOfDay ?? endTimeOfDay ?? dayOfWeek ?? validFromDate ?? validToDate;
  });
  if (!isClocked) return [];
  const [start, end] = [from.getTime(), to.getTime()];
  const stepMs = Math.max(60_000, Math.ceil((end - start) / mostCuts / 60_000) * 60_000);
  const cuts: number[] = [];
  for (let at = Math.ceil(start / stepMs) * stepMs; at < end; at += stepMs) cuts.push((at - start) / (end - start));
  return cuts;
}

/** Two days in minutes; a longer gap is cut more coarsely. */
const mostCuts = 2880;

function conditionsOf({ energy, chargingTime, idleTime }: v21.TariffType): v21.TariffConditionsType[] {
  const prices = [...(energy?.prices ?? []), ...(chargingTime?.prices ?? []), ...(idleTime?.prices ?? [])];
  return prices.flatMap(({ conditions }) => conditions ?? []);
}

function momentOf(
  { energyWh, totalS, chargingS, idleNowS }: Bill,
  now: { at: Date; powerW: number; currentA: number },
  circumstances: Circumstances,
): Moment {
  return { ...now, ...circumstances, energyWh, totalS, chargingS, idleS: idleNowS };
}

const periodOf = ({ tariffId }: v21.TariffType, at: Date) => ({
  tariffId,
  at: at.toISOString(),
  energyWh: 0,
  chargingS: 0,
  idleS: 0,
});

/** OCPP 2.1 I12: the bill with its taxes, not below the least and not above the most that the tariff allows. */
export function toCostDetails(bill: Bill, tariff: v21.TariffType): v21.CostDetailsType {
  const { reservation } = bill;
  const { reservationTime, reservationFixed } = tariff;
  const parts = {
    fixed: tariff.fixedFee && taxed(bill.fixed, tariff.fixedFee.taxRates),
    energy: tariff.energy && taxed(bill.energy, tariff.energy.taxRates),
    chargingTime: tariff.chargingTime && taxed(bill.chargingTime, tariff.chargingTime.taxRates),
    idleTime: tariff.idleTime && taxed(bill.idleTime, tariff.idleTime.taxRates),
    reservationTime: reservation && reservationTime && taxed(reservation.time, reservationTime.taxRates),
    reservationFixed: reservation && reservationFixed && taxed(reservation.fixed, reservationFixed.taxRates),
  };
  const sum = (of: (part: v21.PriceType) => number | undefined) =>
    toMoney(Object.values(parts).reduce((total, part) => total + ((part && of(part)) ?? 0), 0));
  const total = bounded({ exclTax: sum(({ exclTax }) => exclTax), inclTax: sum(({ inclTax }) => inclTax) }, tariff);
  return {
    totalCost: { currency: tariff.currency, ...total, ...parts },
    totalUsage: {
      energy: toMoney(bill.energyWh),
      chargingTime: Math.round(bill.totalS),
      idleTime: Math.round(bill.idleS),
      reservationTime: reservation && Math.round(reservation.seconds),
    },
    chargingPeriods: bill.periods.map(({ tariffId, at, energyWh, chargingS, idleS }) => ({
      tariffId,
      startPeriod: at,
      dimensions: [
        { type: 'Energy', volume: toMoney(energyWh) },
        { type: 'ChargingTime', volume: Math.round(chargingS) },
        { type: 'IdleTIme', volume: Math.round(idleS) },
      ],
    })),
  };
}

interface Total {
  exclTax: number;
  inclTax: number;
}

function bounded(total: Total, { minCost, maxCost }: v21.TariffType): Pick<v21.TotalCostType, 'total' | 'typeOfCost'> {
  if (minCost && exceeds(minCost, total)) return { typeOfCost: 'MinCost', total: toTotal(minCost) };
  if (maxCost && !exceeds(maxCost, total)) return { typeOfCost: 'MaxCost', total: toTotal(maxCost) };
  return { typeOfCost: 'NormalCost', total };
}

/** A bound is given with or without taxes. */
function exceeds({ exclTax, inclTax }: v21.PriceType, total: Total): boolean {
  return exclTax === undefined ? (inclTax ?? 0) > total.inclTax : exclTax > total.exclTax;
}

function toTotal({ exclTax, inclTax, taxRates }: v21.PriceType): v21.TotalPriceType {
  if (exclTax === undefined || inclTax !== undefined) return { exclTax, inclTax };
  return { exclTax, inclTax: taxed(exclTax, taxRates).inclTax };
}
