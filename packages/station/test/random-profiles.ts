import * as fc from 'fast-check';
import type { ChargingProfile, ProfilePurpose, SchedulePeriod } from '../src/smart-charging/charging-profile.ts';
import { at, profileOf, start } from './profiles.ts';

const purposes = [
  'ChargingStationMaxProfile',
  'ChargingStationExternalConstraints',
  'TxDefaultProfile',
  'TxProfile',
  'LocalGeneration',
] as const;

const periods = fc.uniqueArray(fc.integer({ min: 1, max: 150 }), { maxLength: 4 }).chain((starts) =>
  fc.tuple(
    ...[0, ...starts.toSorted((a, b) => a - b)].map((startPeriod) =>
      fc.record({
        startPeriod: fc.constant(startPeriod),
        limit: fc.integer({ min: 0, max: 60 }),
        numberPhases: fc.constantFrom(undefined, 1, 2, 3),
      }),
    ),
  ),
);

const offset = fc.integer({ min: -100_000, max: 250 });
const time = offset.map((seconds) => at(seconds));

/** Any profile that may be installed, around `start`. */
export const anyProfile: fc.Arbitrary<ChargingProfile> = fc
  .record({
    evseId: fc.constantFrom(0, 1, 2),
    purpose: fc.constantFrom(...purposes),
    periods,
    stackLevel: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom('Absolute', 'Recurring', 'Relative'),
    recurrency: fc.constantFrom('Daily', 'Weekly'),
    start: time,
    validFrom: fc.option(time, { nil: undefined }),
    validTo: fc.option(time, { nil: undefined }),
    durationS: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
    unit: fc.constantFrom('A', 'W'),
  })
  .map(({ evseId, purpose, ...changes }) => {
    const scale = changes.unit === 'W' ? 230 : 1;
    const scaled = changes.periods.map((period) => ({ ...period, limit: period.limit * scale }));
    const place = purpose === 'ChargingStationMaxProfile' ? 0 : purpose === 'TxProfile' ? Math.max(1, evseId) : evseId;
    return profileOf([place, purpose, ''], { ...changes, periods: scaled });
  });

/** The period of a profile that holds at a second, found by walking through all of them. */
function periodAt(
  { kind, recurrency, validFrom, validTo, schedules }: ChargingProfile,
  second: number,
): SchedulePeriod | undefined {
  const now = at(second);
  const [schedule] = schedules;
  if (!schedule || (validFrom && now < validFrom) || (validTo && now >= validTo)) return undefined;
  const begin = kind === 'Relative' ? start : (schedule.start ?? start);
  let elapsed = (now.getTime() - begin.getTime()) / 1000;
  if (elapsed < 0) return undefined;
  const cycle = recurrency === 'Daily' ? 86_400 : 604_800;
  if (kind === 'Recurring') while (elapsed >= cycle) elapsed -= cycle;
  if (elapsed >= (schedule.durationS ?? Infinity)) return undefined;
  let found: SchedulePeriod | undefined;
  for (const period of schedule.periods) if (period.startPeriod <= elapsed) found = period;
  return found;
}

interface Found {
  period: SchedulePeriod;
  unit: 'A' | 'W';
}

/** What wins in a purpose, found by looking at each. */
export function highest(
  profiles: readonly ChargingProfile[],
  { purpose, evseIds, second }: { purpose: ProfilePurpose; evseIds: number[]; second: number },
): Found | undefined {
  const candidates = profiles.filter((each) => each.purpose === purpose && evseIds.includes(each.evseId));
  candidates.sort((a, b) => b.stackLevel - a.stackLevel || b.evseId - a.evseId || b.id - a.id);
  for (const each of candidates) {
    const period = periodAt(each, second);
    if (period) return { period, unit: each.schedules[0]?.unit ?? 'A' };
  }
  return undefined;
}

/** Amperes, watts and phases that a period allows, each by itself. */
export function capOf({ period: { limit = 0, numberPhases = 3 }, unit }: Found, extraA = 0) {
  const extra = unit === 'A' ? extraA : extraA * 230 * numberPhases;
  return unit === 'A'
    ? { a: limit + extra, w: Infinity, phases: numberPhases }
    : { a: Infinity, w: limit + extra, phases: numberPhases };
}

/** What the maxima and constraints of the station, and of an EVSE, allow at a second. */
export function capsAt(profiles: readonly ChargingProfile[], evseId: number, second: number) {
  const caps: { a: number; w: number; phases: number }[] = [];
  for (const place of new Set([0, evseId])) {
    const at = { evseIds: [place], second };
    const maximum = highest(profiles, { purpose: 'ChargingStationMaxProfile', ...at });
    if (maximum) caps.push(capOf(maximum));
    const external = highest(profiles, { purpose: 'ChargingStationExternalConstraints', ...at });
    const local = highest(profiles, { purpose: 'LocalGeneration', ...at });
    if (external) caps.push(capOf(external, local && extraOf(local, external)));
  }
  return caps;
}

/** Local generation in A of the place it is added to. */
function extraOf(local: Found, external: Found): number {
  const { limit = 0, numberPhases = 3 } = local.period;
  if (local.unit === 'A') {
    return external.unit === 'A' ? limit : (limit * numberPhases) / (external.period.numberPhases ?? 3);
  }
  return external.unit === 'A' ? limit / (230 * numberPhases) : limit / (230 * (external.period.numberPhases ?? 3));
}
