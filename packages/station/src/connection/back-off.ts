/** How long to wait before the next attempt to connect: OCPP 2.0.1 RetryBackOffWaitMinimum, -RandomRange, -RepeatTimes. */
export interface BackOff {
  /** Shortest wait. */
  minimumMs: number;
  /** A random part of this is added at every step. */
  rangeMs: number;
  /** How often the wait is doubled; then it stays. */
  doublings: number;
  /** The wait never gets longer than this. */
  maximumMs: number;
}

/** The wait before attempt `failures + 1`, given the wait before. `failures` counts from 1 and starts anew on success. */
export function nextWaitMs(
  backOff: BackOff,
  failures: number,
  { previousMs, random }: { previousMs: number; random: number },
): number {
  const extra = random * backOff.rangeMs;
  if (failures <= 1) return Math.min(backOff.minimumMs + extra, backOff.maximumMs);
  if (failures > backOff.doublings + 1) return Math.min(previousMs, backOff.maximumMs);
  return Math.min(previousMs * 2 + extra, backOff.maximumMs);
}
