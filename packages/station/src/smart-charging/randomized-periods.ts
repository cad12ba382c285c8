import { createHash } from 'node:crypto';
import type { ChargingSchedule, SchedulePeriod } from './charging-profile.ts';

/**
 * The periods of a schedule with a randomizedDelay: each but the first begins up to so many seconds later. The delays
 * follow from `seed`, so they stay what they are as long as it does, over restarts too (OCPP 2.1 K01.FR.93). A period
 * that would begin after the next one, or after the end, is left out (K01.FR.97).
 */
export function randomizedPeriods(
  { periods, randomizedDelay = 0, durationS = Infinity }: ChargingSchedule,
  seed: string,
): SchedulePeriod[] {
  const kept: SchedulePeriod[] = [];
  let endS = durationS;
  for (const [i, period] of periods.toReversed().entries()) {
    const index = periods.length - 1 - i;
    const startPeriod = period.startPeriod + (index > 0 ? drawn(`${seed} ${index}`, randomizedDelay) : 0);
    if (startPeriod >= endS && index > 0) continue;
    endS = startPeriod;
    kept.push({ ...period, startPeriod });
  }
  return kept.toReversed();
}

/** 0 to `most`, all alike. */
function drawn(seed: string, most: number): number {
  return Math.floor((createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32) * (most + 1));
}
