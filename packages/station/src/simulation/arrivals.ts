import type { Arrival } from './host.ts';

/** When vehicles come and go at one EVSE. */
export interface Arrivals {
  /** Mean time between a departure and the next arrival at one EVSE. Default 60 s. */
  idleMs?: number;
  /** Mean stay; the vehicle may be full before. Default 5 min. */
  stayMs?: number;
  /** Tokens that are presented, at random. */
  idTokens: readonly string[];
  /** `even`: from half to one and a half of the mean. `poisson`: independent of each other. Default `even`. */
  pattern?: 'even' | 'poisson';
  /** How busy each hour of the day is (UTC, from 0), 1 being the mean; needs `poisson`. Default: all alike. */
  hours?: readonly number[];
  /** The vehicles that come, at random. Default: those of the host. */
  vehicles?: readonly Arrival[];
}

const hourMs = 3_600_000;

/** A fleet at homes: few by night, most in the evening. */
export const homeHours: readonly number[] = [
  0.3, 0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 0.7, 0.6, 0.5, 0.6, 0.7, 0.8, 0.8, 0.9, 1.2, 1.9, 2.6, 2.8, 2.4, 2, 1.7, 1.3, 1,
];

/** Until the next vehicle comes, ms. */
export function nextArrivalMs(arrivals: Arrivals, now: Date, random: () => number): number {
  const { idleMs = 60_000, pattern = 'even', hours } = arrivals;
  if (pattern === 'even') return around(idleMs, random);
  const wait = -Math.log(1 - random()) * idleMs;
  return hours ? waitThrough(hours, now, wait) : wait;
}

/** From half to one and a half of the mean. */
export function around(meanMs: number, random: () => number): number {
  return meanMs * (0.5 + random());
}

/** How long it takes until the hours have passed so much time, each at its own pace. At most a week. */
function waitThrough(hours: readonly number[], now: Date, wait: number): number {
  const start = now.getTime();
  let at = start;
  let left = wait;
  while (at < start + 168 * hourMs) {
    const pace = hours[new Date(at).getUTCHours()] ?? 1;
    const toNext = hourMs - (at % hourMs);
    if (pace * toNext >= left) return at + left / pace - start;
    left -= pace * toNext;
    at += toNext;
  }
  return at - start;
}
