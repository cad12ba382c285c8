let newest = 0;

/** A positive 31-bit number that no other request of this process has, and hardly one of the process before. */
export function requestIdOf(now: Date): number {
  const seconds = Math.floor(now.getTime() / 1000) % 0x7000_0000;
  newest = seconds > newest ? seconds : newest + 1;
  return newest;
}
