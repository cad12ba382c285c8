import type { EventMark, EventNumbers } from './transaction.ts';

/** Numbers in a gap that are remembered. */
export const maxMissing = 100;

/** Arrivals that are remembered. */
export const maxRecent = 8;

/** An event that was not seen before: what the numbers are with it, and whether it is the newest by then. */
export interface Arrival {
  events: EventNumbers;
  isNewest: boolean;
  /** Nothing tells for sure that it is new: its number was passed already, and it is not among the recent ones. */
  isDoubtful: boolean;
}

/**
 * How an event fits in, or `undefined` when it is a repeat. A number that was passed already, with another type or
 * time, is a station that numbers anew: its event is taken, and is the newest if its time is.
 */
export function arrivalOf(events: EventNumbers | undefined, mark: EventMark): Arrival | undefined {
  const highest = events?.highest ?? -1;
  const missing = events?.missing ?? [];
  const recent = events?.recent ?? [];
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const one of recent) {
    if (one.seqNo === mark.seqNo && one.eventType === mark.eventType && one.atMs === mark.atMs) return undefined;
    if (one.atMs > newestMs) newestMs = one.atMs;
  }
  const marks = recent.length < maxRecent ? [...recent, mark] : [...recent.slice(1 - maxRecent), mark];
  if (mark.seqNo > highest) {
    const gap = mark.seqNo === highest + 1 ? missing : withGap(missing, highest + 1, mark.seqNo);
    return { events: { highest: mark.seqNo, missing: gap, recent: marks }, isNewest: true, isDoubtful: false };
  }
  if (missing.includes(mark.seqNo)) {
    const left = missing.filter((seqNo) => seqNo !== mark.seqNo);
    return { events: { highest, missing: left, recent: marks }, isNewest: false, isDoubtful: false };
  }
  const isNewest = mark.atMs > newestMs;
  return {
    events: { highest: isNewest ? mark.seqNo : highest, missing, recent: marks },
    isNewest,
    isDoubtful: true,
  };
}

/** Of a gap too wide only the newest numbers are kept. */
function withGap(missing: readonly number[], from: number, to: number): readonly number[] {
  const gap: number[] = [];
  for (let seqNo = Math.max(from, to - maxMissing); seqNo < to; seqNo++) gap.push(seqNo);
  return [...missing, ...gap].slice(-maxMissing);
}
