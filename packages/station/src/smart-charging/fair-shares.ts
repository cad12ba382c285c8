import type { Caps } from './power-caps.ts';

/** What an EVSE could use of what is shared. */
export interface Claim {
  /** What it may take by itself. */
  caps: Caps;
  /** Its vehicle has paused by itself: the least is enough, and comes after what the others need. */
  isContent: boolean;
}

/** Below so much per phase a vehicle pauses (IEC 61851-1), A. */
const leastA = 6;

/** Shares are told in tenths. */
const tenths = (value: number) => Math.floor(value * 10 + 1e-6) / 10;

/**
 * Divides what the station may take among those that charge, given in the order of their rank: everybody gets the least
 * that a vehicle needs, as long as there is enough, and nothing where there is not; what is left goes in equal parts,
 * and what one cannot use to the others. Nobody knows which phase a single-phase vehicle is on: it counts on each.
 */
export function shareOut(station: Caps, claims: readonly Claim[], voltageV: number): Caps[] {
  const [l1, l2, l3] = [0, 1, 2].map((phase) => {
    const most = claims.map(({ caps }) => onPhase(caps, phase, voltageV));
    return divide(station.phasesA[phase] ?? Infinity, claims, { most, least: claims.map(() => leastA) });
  });
  const perPhase = claims.map((_, i) => [l1?.[i] ?? 0, l2?.[i] ?? 0, l3?.[i] ?? 0] as const);
  const watts = divide(station.totalW, claims, {
    most: claims.map(({ caps }, i) => inWatts(caps, perPhase[i] ?? [0, 0, 0], voltageV)),
    least: claims.map(({ caps }) => leastA * caps.phases * voltageV),
  });
  return claims.map((_, i) => ({
    phasesA: perPhase[i] ?? [0, 0, 0],
    totalW: watts[i] ?? 0,
    phases: station.phases,
  }));
}

const onPhase = ({ phasesA, totalW, phases }: Caps, phase: number, voltageV: number) =>
  Math.min(phasesA[phase] ?? 0, totalW / (voltageV * phases));

function inWatts({ phasesA, totalW, phases }: Caps, shareA: readonly number[], voltageV: number): number {
  const used = phasesA.slice(0, phases).reduce((total, a, phase) => total + Math.min(a, shareA[phase] ?? 0), 0);
  return Math.min(totalW, used * voltageV);
}

function divide(
  capacity: number,
  claims: readonly Claim[],
  { most, least }: { most: readonly number[]; least: readonly number[] },
): number[] {
  if (capacity === Infinity) return claims.map(() => Infinity);
  let left = capacity;
  const shares = claims.map((_, i) => {
    const share = Math.min(most[i] ?? 0, least[i] ?? 0);
    if (share > left) return 0;
    left -= share;
    return share;
  });
  const rooms = claims.map(({ isContent }, i) =>
    isContent || shares[i] === 0 ? 0 : (most[i] ?? 0) - (shares[i] ?? 0),
  );
  const extras = spread(left, rooms);
  return shares.map((share, i) => share + (extras[i] ?? 0));
}

/** Equal parts, none beyond its room. */
function spread(capacity: number, rooms: readonly number[]): number[] {
  const extras = rooms.map(() => 0);
  const ascending = rooms.map((room, i) => ({ room, i })).toSorted((a, b) => a.room - b.room);
  let left = capacity;
  for (const [done, { room, i }] of ascending.entries()) {
    const part = left / (ascending.length - done);
    if (room > part) {
      for (const { i: rest } of ascending.slice(done)) extras[rest] = tenths(part);
      break;
    }
    extras[i] = room;
    left -= room;
  }
  return extras;
}
