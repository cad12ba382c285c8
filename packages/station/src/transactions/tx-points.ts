import type { Core } from '../core.ts';

/** OCPP 2.0.1 TxStartStopPointEnumType: what may begin a transaction, and whose end may end it. */
export type TxPoint =
  | 'ParkingBayOccupancy'
  | 'EVConnected'
  | 'Authorized'
  | 'DataSigned'
  | 'PowerPathClosed'
  | 'EnergyTransfer';

/** What is true at an EVSE. */
export interface EvseFacts {
  isOccupied: boolean;
  isPlugged: boolean;
  isAuthorized: boolean;
  /** The meter has signed a reading since the vehicle came. */
  isSigned: boolean;
  /** Energy flows, or would if the vehicle wanted it. */
  isTransferring: boolean;
}

const tests: Record<TxPoint, (facts: EvseFacts) => boolean> = {
  ParkingBayOccupancy: ({ isOccupied }) => isOccupied,
  EVConnected: ({ isPlugged }) => isPlugged,
  Authorized: ({ isAuthorized }) => isAuthorized,
  DataSigned: ({ isSigned }) => isSigned,
  PowerPathClosed: ({ isPlugged, isAuthorized }) => isPlugged && isAuthorized,
  EnergyTransfer: ({ isTransferring }) => isTransferring,
};

const all: readonly TxPoint[] = [
  'ParkingBayOccupancy',
  'EVConnected',
  'Authorized',
  'DataSigned',
  'PowerPathClosed',
  'EnergyTransfer',
];

/** The points that hold now. */
export function pointsOf(facts: EvseFacts): ReadonlySet<TxPoint> {
  return new Set(all.filter((point) => tests[point](facts)));
}

/** Reads a member list; a name nobody knows counts as PowerPathClosed, so that no transaction goes unnoticed. */
function toTxPoints(names: readonly string[]): readonly TxPoint[] {
  const points = names.map((name) => all.find((point) => point === name) ?? 'PowerPathClosed');
  return points.length > 0 ? [...new Set(points)] : ['PowerPathClosed'];
}

/** When transactions begin and end. */
export interface TxRules {
  start: readonly TxPoint[];
  stop: readonly TxPoint[];
}

/** By the settings and the version of now. */
export function txRulesOf({ version, variables }: Core): TxRules {
  if (version === '1.6') return rules16(variables.get('OCPP16LegacyCtrlr.StopTransactionOnEVSideDisconnect'));
  return {
    start: toTxPoints(variables.list('TxCtrlr.TxStartPoint')),
    stop: toTxPoints(variables.list('TxCtrlr.TxStopPoint')),
  };
}

/** OCPP 1.6 leaves no choice, but for StopTransactionOnEVSideDisconnect. */
function rules16(stopsOnDisconnect: string): TxRules {
  const stop: readonly TxPoint[] =
    stopsOnDisconnect.toLowerCase() === 'false' ? ['Authorized'] : ['EVConnected', 'Authorized'];
  return { start: ['PowerPathClosed'], stop };
}

/** A point begins a transaction when it becomes true: `spent` are those that already held when the last one ended. */
export function hasStarted({ start }: TxRules, now: ReadonlySet<TxPoint>, spent: ReadonlySet<TxPoint>): boolean {
  return start.some((point) => now.has(point) && !spent.has(point));
}

/** Any stop point that held during the transaction and holds no longer ends it. */
export function hasStopped({ stop }: TxRules, now: ReadonlySet<TxPoint>, reached: ReadonlySet<TxPoint>): boolean {
  return stop.some((point) => reached.has(point) && !now.has(point));
}
