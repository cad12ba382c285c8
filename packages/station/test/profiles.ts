import type { ChargingProfile, ChargingSchedule, SchedulePeriod } from '../src/smart-charging/charging-profile.ts';
import type { CompositeSchedule } from '../src/smart-charging/composite-schedule.ts';
import type { ProfileRules } from '../src/smart-charging/profile-rules.ts';

export const start = new Date('2026-01-01T00:00:00Z');

export const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);

/** `16@0,20@100/2` as periods: limit, second, number of phases. */
export const periodsOf = (text: string): SchedulePeriod[] =>
  text.split(',').map((part) => {
    const [limit = '', startPeriod = '', numberPhases] = part.split(/[@/]/);
    return {
      limit: Number(limit),
      startPeriod: Number(startPeriod),
      ...(numberPhases && { numberPhases: Number(numberPhases) }),
    };
  });

let lastId = 0;

export type Changes = Partial<ChargingProfile> & Partial<Omit<ChargingSchedule, 'id'>>;

/** A profile with one schedule; `changes` are of either. Absolute from `start`, in A, unless they say otherwise. */
export function profileOf(
  [evseId, purpose, periods]: readonly [number, ChargingProfile['purpose'], string],
  changes: Changes = {},
): ChargingProfile {
  const {
    durationS,
    unit = 'A',
    start: begin,
    periods: given,
    limitAtSoC,
    useLocalTime,
    randomizedDelay,
    ...profile
  } = changes;
  const kind = profile.kind ?? 'Absolute';
  const schedule: ChargingSchedule = {
    id: 1,
    unit,
    durationS,
    start: begin ?? (kind === 'Absolute' || kind === 'Recurring' ? start : undefined),
    limitAtSoC,
    useLocalTime,
    randomizedDelay,
    periods: given ?? periodsOf(periods),
  };
  return { id: ++lastId, evseId, purpose, stackLevel: 0, kind, schedules: [schedule], ...profile };
}

/** `16@0,20@100/2`: a limit on three phases has no suffix. */
export const textOf = ({ periods }: CompositeSchedule) =>
  periods
    .map(
      ({ startS, limit, phases }) =>
        `${Math.round(limit.value * 10) / 10}@${startS}${phases === 3 ? '' : `/${phases}`}`,
    )
    .join(',');

export const defaults = { limitA: 48, limitW: 33_120, phases: 3, voltageV: 230 };

export const twoEvses = [{ id: 1 }, { id: 2 }];

/** Rules of a station with two EVSEs; TX runs on the first. */
export function rulesOf(changes: Partial<ProfileRules> = {}): ProfileRules {
  return {
    version: '2.1',
    now: start,
    purposes: ['ChargingStationMaxProfile', 'TxDefaultProfile', 'TxProfile', 'PriorityCharging', 'LocalGeneration'],
    features: new Set(['DynamicProfiles']),
    maxStackLevel: 5,
    maxProfiles: 3,
    maxPeriods: 3,
    units: ['A', 'W'],
    isStartOptional: false,
    maxExternalConstraintsId: 0,
    updateRateLimitS: 0,
    evses: [
      { id: 1, current: 'AC', transactionId: 'TX', isCharging: true },
      { id: 2, current: 'DC', isCharging: false },
    ],
    ...changes,
  };
}
