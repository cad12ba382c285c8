import type { Evse } from './charging-station.ts';
import { isClockWrong } from './clocks.ts';
import type { Measurement } from './measurement.ts';
import { keyOf } from './measurement.ts';

/** No quantity of a station is larger, in the base unit of any measurand. */
export const maxValue = 1e12;

/** Live values an EVSE may have; newest values of further measurands are in the store only. */
export const maxLatest = 200;

/** What is believed of the measurements in a report. */
export interface Readings {
  measurements: readonly Measurement[];
  /** A time was wrong, and is now the gateway's. */
  isClockWrong: boolean;
}

/** The believable values, as of `evseId`. The same array when all of it is good. */
export function toReadings(measurements: readonly Measurement[], evseId: number, now: Date): Readings {
  let isGood = true;
  let isWrong = false;
  for (const { value, takenAt, evseId: named } of measurements) {
    if (isClockWrong(takenAt, now)) isWrong = true;
    else if (named === evseId && isPlausible(value)) continue;
    isGood = false;
  }
  if (isGood) return { measurements, isClockWrong: false };
  const good = measurements
    .filter(({ value }) => isPlausible(value))
    .map((one) => ({ ...one, evseId, takenAt: isClockWrong(one.takenAt, now) ? now : one.takenAt }));
  return { measurements: good, isClockWrong: isWrong };
}

/** The measurements as they would have been stored, were their times believed. */
export function storable(measurements: readonly Measurement[], evseId: number): readonly Measurement[] {
  return measurements.filter(({ value }) => isPlausible(value)).map((one) => ({ ...one, evseId }));
}

function isPlausible(value: number): boolean {
  return Math.abs(value) <= maxValue;
}

/** The EVSE with each value that is newer than the one it knows; the same object when none is. */
export function withLatest(evse: Evse, measurements: readonly Measurement[]): Evse {
  let latest: Record<string, Measurement> | undefined;
  for (const measurement of measurements) {
    const key = keyOf(measurement);
    const known = latestOf(latest ?? evse.latest, key);
    if (known === undefined ? !hasRoom(latest ?? evse.latest, key) : known.takenAt >= measurement.takenAt) continue;
    latest ??= { ...evse.latest };
    latest[key] = measurement;
  }
  return latest === undefined ? evse : { ...evse, latest };
}

/** Whether all the measurements may have been reported before. One that is newer than what is known tells: no. */
export function mayBeKnown(evse: Evse, measurements: readonly Measurement[]): boolean {
  for (const measurement of measurements) {
    if (!isPlausible(measurement.value)) continue;
    const key = keyOf(measurement);
    const known = latestOf(evse.latest, key);
    if (known === undefined ? hasRoom(evse.latest, key) : known.takenAt < measurement.takenAt) return false;
  }
  return measurements.length > 0;
}

/** Whether any of the measurements may have been reported before. */
export function repeats(evse: Evse, measurements: readonly Measurement[]): boolean {
  return measurements.some((one) => isPlausible(one.value) && mayBeKnown(evse, [one]));
}

function latestOf(latest: Evse['latest'], key: string): Measurement | undefined {
  return Object.hasOwn(latest, key) ? latest[key] : undefined;
}

/** Measurands are the station's own words; `__proto__` is one that a record cannot hold. */
function hasRoom(latest: Evse['latest'], key: string): boolean {
  return key !== '__proto__' && Object.keys(latest).length < maxLatest;
}
