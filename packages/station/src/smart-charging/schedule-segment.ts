import type { ChargingProfile, ChargingSchedule, SchedulePeriod } from './charging-profile.ts';
import type { LocalTime } from './local-time.ts';
import { randomizedPeriods } from './randomized-periods.ts';

/** What a profile says from an instant on, and until when that is sure. Milliseconds since 1970. */
export interface Segment {
  schedule: ChargingSchedule;
  /** Undefined where the profile says nothing. */
  period: SchedulePeriod | undefined;
  untilMs: number;
}

/** What the time of a profile depends on besides itself. */
export interface SegmentContext {
  /** Where a schedule without a beginning begins. */
  windowStart: Date;
  transactionStart?: Date | undefined;
  /** Since when there is no connection. */
  offlineSince?: Date | undefined;
  /** Whose random delays are drawn; without one, periods begin as they are given. */
  transactionId?: string | undefined;
  /** The schedule that the vehicle has chosen. Default: the first. */
  selectedScheduleId?: number | undefined;
  /** What the clocks on the wall show. Default: UTC. */
  localTime?: LocalTime | undefined;
}

/** A profile laid on the line of time. */
export interface Timeline {
  schedule: ChargingSchedule;
  periods: readonly SchedulePeriod[];
  /** Of `originMs` and what follows from it; undefined: UTC. */
  localTime: LocalTime | undefined;
  fromMs: number;
  toMs: number;
  originMs: number;
  cycleMs: number;
  /** Of one cycle; what would reach into the next is cut. */
  lengthMs: number;
}

const cycleS = { Daily: 86_400, Weekly: 604_800 } as const;

export function timelineOf(profile: ChargingProfile, context: SegmentContext): Timeline | undefined {
  const { schedules, validFrom, validTo, recurrency, kind } = profile;
  const schedule = schedules.find(({ id }) => id === context.selectedScheduleId) ?? schedules[0];
  if (!schedule) return undefined;
  const cycleMs = kind === 'Recurring' && recurrency ? cycleS[recurrency] * 1000 : Infinity;
  const isLocal = schedule.useLocalTime === true && (kind === 'Absolute' || kind === 'Recurring');
  return {
    schedule,
    periods: periodsOf(profile, schedule, context),
    localTime: isLocal && schedule.start ? context.localTime : undefined,
    fromMs: validFrom?.getTime() ?? -Infinity,
    toMs: Math.min(validTo?.getTime() ?? Infinity, offlineEndOf(profile, context)),
    originMs: originOf(profile, schedule, context).getTime(),
    cycleMs,
    lengthMs: Math.min((schedule.durationS ?? Infinity) * 1000, cycleMs),
  };
}

function offlineEndOf({ maxOfflineDurationS }: ChargingProfile, { offlineSince }: SegmentContext): number {
  if (maxOfflineDurationS === undefined || !offlineSince) return Infinity;
  return offlineSince.getTime() + maxOfflineDurationS * 1000;
}

function originOf(profile: ChargingProfile, schedule: ChargingSchedule, context: SegmentContext): Date {
  if (profile.kind === 'Relative') return context.transactionStart ?? context.windowStart;
  const updated = profile.kind === 'Dynamic' ? profile.dynUpdateTime : undefined;
  return updated ?? schedule.start ?? profile.validFrom ?? context.windowStart;
}

/** As they are given, or as they were drawn for a transaction. */
function periodsOf(profile: ChargingProfile, schedule: ChargingSchedule, { transactionId }: SegmentContext) {
  if (!schedule.randomizedDelay || transactionId === undefined) return schedule.periods;
  return randomizedPeriods(schedule, `${transactionId} ${profile.id} ${schedule.id}`);
}

/** The segment around `atMs`. */
export function segmentAt(timeline: Timeline, atMs: number): Segment {
  const { schedule, fromMs, toMs, localTime } = timeline;
  if (atMs >= toMs) return { schedule, period: undefined, untilMs: Infinity };
  if (atMs < fromMs) return { schedule, period: undefined, untilMs: fromMs };
  const shiftMs = localTime?.offsetMs(atMs) ?? 0;
  const { period, untilMs } = periodAt(timeline, atMs + shiftMs);
  return { schedule, period, untilMs: Math.min(untilMs - shiftMs, toMs, localTime?.untilMs(atMs) ?? Infinity) };
}

/** Found in the logarithm of the number of periods; on the line of time that `originMs` is on. */
function periodAt(timeline: Timeline, atMs: number): Pick<Segment, 'period' | 'untilMs'> {
  const { periods, originMs, cycleMs, lengthMs } = timeline;
  const silentUntil = (untilMs: number) => ({ period: undefined, untilMs });
  if (atMs < originMs) return silentUntil(originMs);
  const cycles = cycleMs === Infinity ? 0 : Math.floor((atMs - originMs) / cycleMs);
  const cycleStartMs = cycles === 0 ? originMs : originMs + cycles * cycleMs;
  const offsetMs = atMs - cycleStartMs;
  if (offsetMs >= lengthMs) return silentUntil(cycleStartMs + cycleMs);
  const index = indexAt(periods, offsetMs / 1000);
  const next = periods[index + 1];
  const untilMs = cycleStartMs + Math.min(next ? next.startPeriod * 1000 : Infinity, lengthMs);
  return { period: periods[index], untilMs };
}

/** The last period that has begun; -1 when none has. */
function indexAt(periods: readonly SchedulePeriod[], offsetS: number): number {
  let low = 0;
  let high = periods.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((periods[middle]?.startPeriod ?? Infinity) <= offsetS) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
