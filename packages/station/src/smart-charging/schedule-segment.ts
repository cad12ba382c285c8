import type { ChargingProfile, ChargingSchedule, SchedulePeriod } from './charging-profile.ts';

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
  /** The schedule that the vehicle has chosen. Default: the first. */
  selectedScheduleId?: number | undefined;
}

/** A profile laid on the line of time. */
export interface Timeline {
  schedule: ChargingSchedule;
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
  return {
    schedule,
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

/** The segment around `atMs`, found in the logarithm of the number of periods. */
export function segmentAt({ schedule, fromMs, toMs, originMs, cycleMs, lengthMs }: Timeline, atMs: number): Segment {
  const silentUntil = (untilMs: number): Segment => ({ schedule, period: undefined, untilMs });
  if (atMs >= toMs) return silentUntil(Infinity);
  const beginMs = Math.max(fromMs, originMs);
  if (atMs < beginMs) return silentUntil(beginMs);
  const cycles = cycleMs === Infinity ? 0 : Math.floor((atMs - originMs) / cycleMs);
  const cycleStartMs = cycles === 0 ? originMs : originMs + cycles * cycleMs;
  const offsetMs = atMs - cycleStartMs;
  if (offsetMs >= lengthMs) return silentUntil(cycleStartMs + cycleMs);
  const index = indexAt(schedule.periods, offsetMs / 1000);
  const next = schedule.periods[index + 1];
  const endMs = cycleStartMs + Math.min(next ? next.startPeriod * 1000 : Infinity, lengthMs);
  return { schedule, period: schedule.periods[index], untilMs: Math.min(endMs, toMs) };
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
