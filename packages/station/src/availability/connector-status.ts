import type { ChargingState } from '../station-host.ts';

/** As in OCPP 1.6; 2.0.1 tells less. */
export const evseStatuses = [
  'Available',
  'Preparing',
  'Charging',
  'SuspendedEV',
  'SuspendedEVSE',
  'Finishing',
  'Reserved',
  'Unavailable',
  'Faulted',
] as const;

export type EvseStatus = (typeof evseStatuses)[number];

/** What the status of an EVSE follows from. */
export interface StatusFacts {
  isFaulted: boolean;
  /** In use by order of the CSMS and the station. */
  isOperative: boolean;
  isReserved: boolean;
  isPlugged: boolean;
  /** Somebody may charge. */
  isAuthorized: boolean;
  /** A transaction has ended, and its vehicle is still there. */
  isFinishing: boolean;
  /** Of the transaction that runs, if one does. */
  chargingState: ChargingState | 'Idle' | undefined;
  /** Energy was offered in this transaction. */
  hasOffered: boolean;
}

export function statusOf(facts: StatusFacts): EvseStatus {
  const { chargingState } = facts;
  if (facts.isFaulted) return 'Faulted';
  if (chargingState && facts.isAuthorized) return chargingStatusOf(chargingState, facts.hasOffered);
  if (!facts.isOperative && !chargingState) return 'Unavailable';
  if (facts.isFinishing) return 'Finishing';
  if (facts.isAuthorized) return 'Preparing';
  // OCPP 1.6, 4.9: only whoever has reserved ends it, not a plug alone.
  if (facts.isReserved) return 'Reserved';
  return facts.isPlugged ? 'Preparing' : 'Available';
}

/** A vehicle that wants no energy any more has not gone back to preparing: OCPP 1.6 knows no such way. */
function chargingStatusOf(state: ChargingState | 'Idle', hasOffered: boolean): EvseStatus {
  if (state !== 'EVConnected' && state !== 'Idle') return state;
  return hasOffered ? 'SuspendedEV' : 'Preparing';
}

/** OCPP 1.6, 4.9: the ways from one status to another, the least telling first. From Faulted every way leads back. */
export const transitions: Readonly<Record<EvseStatus, readonly EvseStatus[]>> = {
  Available: ['Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Reserved', 'Unavailable', 'Faulted'],
  Preparing: ['Available', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Faulted'],
  Charging: ['Available', 'SuspendedEV', 'SuspendedEVSE', 'Unavailable', 'Finishing', 'Faulted'],
  SuspendedEV: ['Available', 'Charging', 'SuspendedEVSE', 'Unavailable', 'Finishing', 'Faulted'],
  SuspendedEVSE: ['Available', 'Charging', 'SuspendedEV', 'Unavailable', 'Finishing', 'Faulted'],
  Finishing: ['Available', 'Preparing', 'Unavailable', 'Faulted'],
  Reserved: ['Available', 'Preparing', 'Unavailable', 'Faulted'],
  Unavailable: ['Available', 'Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Faulted'],
  Faulted: [
    'Available',
    'Preparing',
    'Charging',
    'SuspendedEV',
    'SuspendedEVSE',
    'Finishing',
    'Reserved',
    'Unavailable',
  ],
};

/** The shortest way over these transitions, without the beginning. */
export function wayTo(from: EvseStatus, to: EvseStatus): readonly EvseStatus[] {
  let ways: readonly (readonly EvseStatus[])[] = [[from]];
  for (let length = 0; length < Object.keys(transitions).length; length++) {
    const found = ways.find((way) => way.at(-1) === to);
    if (found) return found.slice(1);
    ways = ways.flatMap((way) =>
      transitions[way.at(-1) ?? from]
        .filter((next) => next !== 'Faulted' || to === 'Faulted')
        .map((next) => [...way, next]),
    );
  }
  return [to];
}
