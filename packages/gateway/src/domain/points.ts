import type { ChargingStation, Evse } from './charging-station.ts';
import type { Measurement } from './measurement.ts';
import type { Transaction } from './transaction.ts';

/** What a point is read from: one EVSE, its open transaction if there is one, and the station it belongs to. */
export interface PointSource {
  station: ChargingStation;
  evse: Evse;
  transaction?: Transaction;
}

/** One quantity of an EVSE. Services render rows of {@link points}; none computes a quantity of its own. */
export interface Point {
  name: string;
  unit: string;
  description: string;
  read(source: PointSource): number | string | boolean | undefined;
}

/** The registry: every quantity an EVSE has. */
export const points = [
  {
    name: 'state',
    unit: '',
    description: 'Charging state: Idle, EVConnected, Charging, SuspendedEV or SuspendedEVSE (OCPP 2.0.1)',
    read: ({ evse, transaction }) => transaction?.chargingState ?? evse.chargingState ?? 'Idle',
  },
  {
    name: 'power',
    unit: 'W',
    description: 'Active power drawn by the vehicle',
    read: (source) => flow(source, total(source.evse, 'Power.Active.Import'), 'Power.Active.Import'),
  },
  {
    name: 'energy',
    unit: 'Wh',
    description: 'Meter register: all energy ever delivered',
    read: ({ evse }) => total(evse, 'Energy.Active.Import.Register'),
  },
  {
    name: 'session-energy',
    unit: 'Wh',
    description: 'Energy delivered in the open transaction',
    read: ({ transaction }) => transaction?.energy,
  },
  {
    name: 'current',
    unit: 'A',
    description: 'Current drawn, the largest of the phases',
    read: (source) => flow(source, largest(source.evse, 'Current.Import'), 'Current.Import'),
  },
  {
    name: 'voltage',
    unit: 'V',
    description: 'Voltage, the mean of the phases',
    read: ({ evse }) => mean(evse, 'Voltage'),
  },
  {
    name: 'soc',
    unit: '%',
    description: 'State of charge of the vehicle',
    read: ({ evse, transaction }) => (transaction === undefined ? undefined : (transaction.soc ?? total(evse, 'SoC'))),
  },
  {
    name: 'current-limit',
    unit: 'A',
    description: 'Current the EVSE may draw per phase, as last set through the gateway',
    read: ({ evse }) => evse.currentLimit,
  },
] as const satisfies readonly Point[];

export type PointName = (typeof points)[number]['name'];

/** All points of one EVSE by name; a quantity that is not known is absent. */
export function pointsOf(source: PointSource): Partial<Record<PointName, number | string | boolean>> {
  const values: Partial<Record<PointName, number | string | boolean>> = {};
  for (const point of points) {
    const value = point.read(source);
    if (value !== undefined) values[point.name] = value;
  }
  return values;
}

/** What flowed when a transaction ended flows no more: stations seldom say so. */
function flow(
  { station, evse, transaction }: PointSource,
  value: number | undefined,
  measurand: string,
): number | undefined {
  if (value === undefined || transaction !== undefined) return value;
  const newest = Math.max(...valuesOf(evse, measurand).map(({ takenAt }) => takenAt.getTime()));
  const isOver = station.transactions.some(
    ({ evseId, endedAt }) => evseId === evse.evseId && endedAt !== undefined && endedAt.getTime() >= newest,
  );
  return isOver ? 0 : value;
}

/** Newest values of one measurand that were taken where the vehicle is supplied. */
function valuesOf(evse: Evse, measurand: string): Measurement[] {
  return Object.values(evse.latest).filter(
    (measurement) =>
      measurement.measurand === measurand &&
      (measurement.location === undefined || measurement.location === 'Outlet' || measurement.location === 'EV'),
  );
}

/** The value over all phases: as reported, or else the sum of the phases. */
function total(evse: Evse, measurand: string): number | undefined {
  const values = valuesOf(evse, measurand);
  const whole = values.find((measurement) => measurement.phase === undefined);
  if (whole !== undefined) return whole.value;
  return values.length === 0 ? undefined : values.reduce((sum, measurement) => sum + measurement.value, 0);
}

function largest(evse: Evse, measurand: string): number | undefined {
  const values = valuesOf(evse, measurand).filter((measurement) => measurement.phase !== 'N');
  return values.length === 0 ? undefined : Math.max(...values.map((measurement) => measurement.value));
}

function mean(evse: Evse, measurand: string): number | undefined {
  const values = valuesOf(evse, measurand);
  return values.length === 0
    ? undefined
    : values.reduce((sum, measurement) => sum + measurement.value, 0) / values.length;
}
