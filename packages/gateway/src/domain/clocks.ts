/** No station time before this is believed: real-time clocks without power begin in 1970 or 2000. */
export const earliestTimeMs = Date.UTC(2020, 0, 1);

/** How far a station's clock may be ahead of the gateway's, ms. Past times are always believed: they were offline. */
export const clockToleranceMs = 5 * 60_000;

export function isClockWrong(time: Date, now: Date): boolean {
  const ms = time.getTime();
  return !(ms >= earliestTimeMs && ms <= now.getTime() + clockToleranceMs);
}

/** The station's time, or the gateway's when the station's is absent or wrong. */
export function believed(time: Date | undefined, now: Date): Date {
  return time === undefined || isClockWrong(time, now) ? now : time;
}
