import type { ChargingStation, Evse, Reservation } from './charging-station.ts';
import type { Fact } from './facts.ts';
import type { AnswerTo, Report, ReportContext } from './reports.ts';
import type { Anomaly } from './transaction.ts';

/** What became of a station, and what there is to tell about it. */
export interface Outcome {
  /** The same object when nothing changed; parts that did not change are the same objects always. */
  station: ChargingStation;
  facts: readonly Fact[];
}

export interface Evolution<R extends Report> extends Outcome {
  answer: AnswerTo<R>;
}

/** What one type of report does to a station. Pure; never throws. */
export type Rule<R extends Report> = (station: ChargingStation, report: R, context: ReportContext) => Evolution<R>;

/** EVSEs a station may have, EVSE 0 not counted; what is said of others changes no state. */
export const maxEvses = 64;

/** Reservations that are over and stay in memory. */
export const keptReservations = 4;

const noFacts: readonly Fact[] = [];

export function unchanged(station: ChargingStation): Outcome & { answer: undefined } {
  return { station, facts: noFacts, answer: undefined };
}

export function evseOf(station: ChargingStation, evseId: number): Evse | undefined {
  for (const evse of station.evses) if (evse.evseId === evseId) return evse;
  return undefined;
}

/** The EVSE as known, or a new one; `undefined` when the station has too many already. */
export function evseOrNew(station: ChargingStation, evseId: number): Evse | undefined {
  const known = evseOf(station, evseId);
  if (known !== undefined) return known;
  const count = station.evses.reduce((sum, evse) => (evse.evseId > 0 ? sum + 1 : sum), 0);
  if (evseId < 0 || (evseId > 0 && count >= maxEvses)) return undefined;
  return { evseId, connectors: [], availability: 'Operative', latest: {} };
}

export function withEvse(station: ChargingStation, evse: Evse): ChargingStation {
  const index = station.evses.findIndex(({ evseId }) => evseId === evse.evseId);
  if (index >= 0) {
    return station.evses[index] === evse ? station : { ...station, evses: station.evses.with(index, evse) };
  }
  const evses = [...station.evses, evse].toSorted((one, other) => one.evseId - other.evseId);
  return { ...station, evses };
}

/** Puts the reservation last, and forgets the oldest of those that are over. */
export function withReservation(station: ChargingStation, reservation: Reservation): ChargingStation {
  const others = station.reservations.filter(({ reservationId }) => reservationId !== reservation.reservationId);
  const reservations = [...others, reservation];
  let over = reservations.filter(({ status }) => status !== 'Active').length - keptReservations;
  return { ...station, reservations: reservations.filter(({ status }) => status === 'Active' || over-- <= 0) };
}

export function withAnomaly(anomalies: readonly Anomaly[], anomaly: Anomaly): readonly Anomaly[] {
  return anomalies.includes(anomaly) ? anomalies : [...anomalies, anomaly];
}

export function withoutAnomaly(anomalies: readonly Anomaly[], anomaly: Anomaly): readonly Anomaly[] {
  return anomalies.includes(anomaly) ? anomalies.filter((other) => other !== anomaly) : anomalies;
}
