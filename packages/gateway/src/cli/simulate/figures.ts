import type { FleetMeter } from '@busbar/station';
import type { Cast } from './cast.ts';

/** What has gone over the wire until a moment. */
export interface Traffic {
  /** Since the start, s. */
  seconds: number;
  framesIn: number;
  framesOut: number;
}

/** How things stand at one moment. */
export interface Moment extends Traffic {
  stations: number;
  connected: number;
  accepted: number;
  charging: number;
  /** W. */
  power: number;
}

export function momentOf(cast: Cast, meter: FleetMeter, startedAt: number): Moment {
  const members = cast.members();
  const { framesIn, framesOut } = meter.figures;
  const moment = { connected: 0, accepted: 0, charging: 0, power: 0 };
  for (const { station, host } of members) {
    if (station.isConnected) moment.connected += 1;
    if (station.isConnected && station.registration === 'Accepted') moment.accepted += 1;
    for (const { id } of host.evses) {
      if (station.transactionOn(id)?.chargingState !== 'Charging') continue;
      moment.charging += 1;
      moment.power += host.meter(id).powerW;
    }
  }
  return {
    seconds: (performance.now() - startedAt) / 1000,
    stations: cast.identities.length,
    ...moment,
    framesIn,
    framesOut,
  };
}

/** Messages per second from one moment to the next. */
export function ratesOf(before: Traffic, now: Traffic): { in: number; out: number } {
  const seconds = Math.max(0.001, now.seconds - before.seconds);
  return { in: (now.framesIn - before.framesIn) / seconds, out: (now.framesOut - before.framesOut) / seconds };
}

/** What went wrong, the most frequent first. */
export function troublesOf({ figures }: FleetMeter): [what: string, count: number][] {
  const { connectFailures, tokensRefused, failures } = figures;
  return [
    ...[...connectFailures].map(([what, count]): [string, number] => [`no connection: ${what}`, count]),
    ...[...tokensRefused].map(([what, count]): [string, number] => [`token refused: ${what}`, count]),
    ...[...failures].map(([what, count]): [string, number] => [what, count]),
  ].toSorted(([, a], [, b]) => b - a);
}
