import { withAnomaly } from './evolution.ts';
import type { Evse } from './charging-station.ts';
import type { Measurement } from './measurement.ts';
import type { Transaction } from './transaction.ts';

/** W; no connector delivers more. A register that rises faster has jumped. */
export const maxPower = 1_000_000;

/** Wh; what a register may rise beyond {@link maxPower}, so that readings close in time are not taken for jumps. */
export const jumpSlack = 1000;

/** Wh; a register that falls by no more was rounded (1.6 `meterStop` is an integer), not reset. */
export const roundingSlack = 10;

/** s; time an interval value may cover when nothing was counted before it. */
const longestInterval = 86_400;

const registerMeasurand = 'Energy.Active.Import.Register';
const intervalMeasurand = 'Energy.Active.Import.Interval';

/** The energy values of one instant: Wh over all phases. */
export interface EnergyReading {
  at: Date;
  register?: number;
  interval?: number;
}

/**
 * The transaction with the energy of `readings` counted: the sum of the plausible rises of its register. The same
 * object when there is nothing to count. Energy never falls.
 */
export function countEnergy(transaction: Transaction, readings: readonly EnergyReading[]): Transaction {
  let counted = transaction;
  for (const reading of readings) {
    if (isAfterEnd(transaction, reading)) continue;
    if (reading.register !== undefined) counted = countRegister(counted, reading.at, reading.register);
    else if (reading.interval !== undefined) counted = countInterval(counted, reading.at, reading.interval);
  }
  return counted;
}

/** The transaction when its start comes after later readings: what was delivered in between is counted. */
export function countLateStart(transaction: Transaction, readings: readonly EnergyReading[]): Transaction {
  const { meterStart, meterLastAt, energy } = transaction;
  const first = readings.find(({ register }) => register !== undefined);
  if (first?.register === undefined || meterStart === undefined || meterLastAt === undefined) return transaction;
  const rise = meterStart - first.register;
  if (first.at > meterLastAt || rise <= 0 || isJump(rise, secondsBetween(first.at, meterLastAt))) return transaction;
  return { ...transaction, meterStart: first.register, energy: sumOf(energy, rise) };
}

/** To the milliwatt-hour: sums of decimal fractions are not exact. */
function sumOf(energy: number, rise: number): number {
  return Math.round((energy + rise) * 1000) / 1000;
}

function isAfterEnd({ state, endKey, endedAt }: Transaction, { at }: EnergyReading): boolean {
  return state === 'ended' && endKey !== undefined && endedAt !== undefined && at > endedAt;
}

function countRegister(transaction: Transaction, at: Date, register: number): Transaction {
  const { meterLast, meterLastAt, energy, anomalies } = transaction;
  if (meterLast === undefined || meterLastAt === undefined) {
    const meterStart = transaction.meterStart ?? register;
    return { ...transaction, meterStart, meterLast: register, meterLastAt: at };
  }
  const seconds = secondsBetween(meterLastAt, at);
  const rise = register - meterLast;
  if (seconds < 0 || (seconds === 0 && rise <= 0)) return transaction;
  if (rise < -roundingSlack) {
    return { ...transaction, meterLast: register, meterLastAt: at, anomalies: withAnomaly(anomalies, 'meter-fell') };
  }
  if (rise <= 0) return { ...transaction, meterLastAt: at };
  if (isJump(rise, seconds)) {
    return { ...transaction, meterLast: register, meterLastAt: at, anomalies: withAnomaly(anomalies, 'meter-jumped') };
  }
  return { ...transaction, meterLast: register, meterLastAt: at, energy: sumOf(energy, rise) };
}

/** Interval values count only as long as no register was seen. */
function countInterval(transaction: Transaction, at: Date, interval: number): Transaction {
  const { meterLast, meterLastAt, energy, anomalies } = transaction;
  if (meterLast !== undefined || interval <= 0 || (meterLastAt !== undefined && at <= meterLastAt)) return transaction;
  const seconds = meterLastAt === undefined ? longestInterval : secondsBetween(meterLastAt, at);
  if (isJump(interval, seconds)) {
    return { ...transaction, meterLastAt: at, anomalies: withAnomaly(anomalies, 'meter-jumped') };
  }
  return { ...transaction, meterLastAt: at, energy: sumOf(energy, interval) };
}

function isJump(rise: number, seconds: number): boolean {
  return rise > (maxPower * seconds) / 3600 + jumpSlack;
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}

/** Sums of the values at one instant, as they are gathered. */
interface Instant {
  at: Date;
  register: Quantity | undefined;
  interval: Quantity | undefined;
}

/** The values of one measurand at one instant and one place. */
interface Quantity {
  measurand: string;
  location: Measurement['location'];
  whole: number | undefined;
  phases: Map<number, Measurement> | undefined;
}

/** Which of the three conductors a phase is; others (N, phase to phase) are part of no sum. */
const conductorOf = new Map<Measurement['phase'], number>([
  ['L1', 0],
  ['L2', 1],
  ['L3', 2],
  ['L1-N', 0],
  ['L2-N', 1],
  ['L3-N', 2],
]);

/**
 * The energy readings among `measurements`, in time order. Registers per phase are summed when there is no total; a
 * phase that is not among them stays at its newest value in `latest`.
 */
export function energyReadingsOf(measurements: readonly Measurement[], latest: Evse['latest']): EnergyReading[] {
  const readings: EnergyReading[] = [];
  let instant: Instant | undefined;
  for (const measurement of measurements) {
    const { measurand } = measurement;
    if (measurand !== registerMeasurand && measurand !== intervalMeasurand) continue;
    if (instant === undefined || instant.at.getTime() !== measurement.takenAt.getTime()) {
      if (instant !== undefined) addReading(readings, instant, latest);
      instant = { at: measurement.takenAt, register: undefined, interval: undefined };
    }
    if (measurand === registerMeasurand) instant.register = gathered(instant.register, measurement);
    else instant.interval = gathered(instant.interval, measurement);
  }
  if (instant !== undefined) addReading(readings, instant, latest);
  return isInOrder(readings) ? readings : readings.sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** The outlet is where energy is delivered; a value of another place is used when there is none of the outlet. */
function gathered(quantity: Quantity | undefined, measurement: Measurement): Quantity {
  const { measurand, phase, location, value } = measurement;
  let place = quantity;
  if (place === undefined || (isOutlet(location) && !isOutlet(place.location))) {
    place = { measurand, location, whole: undefined, phases: undefined };
  } else if (place.location !== location && !(isOutlet(location) && isOutlet(place.location))) return place;
  if (phase === undefined) place.whole = value;
  else {
    const conductor = conductorOf.get(phase);
    if (conductor !== undefined) (place.phases ??= new Map()).set(conductor, measurement);
  }
  return place;
}

function isOutlet(location: Measurement['location']): boolean {
  return location === undefined || location === 'Outlet';
}

function addReading(readings: EnergyReading[], instant: Instant, latest: Evse['latest']): void {
  const register = totalOf(instant.register, latest);
  const interval = totalOf(instant.interval, undefined);
  if (register !== undefined) readings.push({ at: instant.at, register });
  else if (interval !== undefined) readings.push({ at: instant.at, interval });
}

const phaseNames = ['L1', 'L2', 'L3'] as const;

function totalOf(quantity: Quantity | undefined, latest: Evse['latest'] | undefined): number | undefined {
  if (quantity === undefined) return undefined;
  const { measurand, location, whole, phases } = quantity;
  if (whole !== undefined || phases === undefined) return whole;
  let sum = 0;
  for (const [conductor, name] of phaseNames.entries()) {
    const suffix = `|${location ?? ''}`;
    const reported = phases.get(conductor);
    const kept = latest?.[`${measurand}|${name}${suffix}`] ?? latest?.[`${measurand}|${name}-N${suffix}`];
    sum += (reported ?? kept)?.value ?? 0;
  }
  return sum;
}

function isInOrder(readings: readonly EnergyReading[]): boolean {
  for (let index = 1; index < readings.length; index++) {
    const [one, other] = [readings[index - 1], readings[index]];
    if (one !== undefined && other !== undefined && one.at > other.at) return false;
  }
  return true;
}
