import type { ChargingProfile, ChargingSchedule, SchedulePeriod } from './charging-profile.ts';
import { segmentAt, timelineOf, type Segment, type SegmentContext, type Timeline } from './schedule-segment.ts';

/** What wins in a stack, and until when. */
export interface Winner {
  profile: ChargingProfile;
  schedule: ChargingSchedule;
  period: SchedulePeriod;
}

/** How much may still be computed; each look at a profile takes one. */
export interface Budget {
  left: number;
}

interface Entry {
  profile: ChargingProfile;
  timeline: Timeline;
  segment: Segment | undefined;
}

/** The profiles of one purpose that hold in one place, highest level first. Time may only go forward. */
export class ProfileStack {
  readonly #entries: Entry[];
  readonly #budget: Budget;
  #winner: Winner | undefined;
  #untilMs = -Infinity;

  constructor(profiles: readonly ChargingProfile[], context: SegmentContext, budget: Budget) {
    this.#budget = budget;
    this.#entries = profiles.toSorted(byPrecedence).flatMap((profile) => {
      const timeline = timelineOf(profile, context);
      return timeline ? [{ profile, timeline, segment: undefined }] : [];
    });
  }

  /** Until when the last answer of `at` is sure. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** A level that says nothing lets the next one speak. */
  at(ms: number): Winner | undefined {
    this.#budget.left--;
    if (ms < this.#untilMs) return this.#winner;
    this.#winner = undefined;
    this.#untilMs = Infinity;
    for (const entry of this.#entries) {
      this.#budget.left--;
      if (!entry.segment || ms >= entry.segment.untilMs) entry.segment = segmentAt(entry.timeline, ms);
      const { schedule, period, untilMs } = entry.segment;
      this.#untilMs = Math.min(this.#untilMs, untilMs);
      if (!period) continue;
      this.#winner = { profile: entry.profile, schedule, period };
      break;
    }
    return this.#winner;
  }
}

/** A higher level first; on the same level the EVSE's own before the station's, then the newer id. */
function byPrecedence(a: ChargingProfile, b: ChargingProfile): number {
  return b.stackLevel - a.stackLevel || b.evseId - a.evseId || b.id - a.id;
}
