import type { ChargingStation, Reservation } from './charging-station.ts';
import type { Outcome, Rule } from './evolution.ts';
import { unchanged, withReservation } from './evolution.ts';
import type { ReservationStatusUpdateReport } from './reports.ts';

/** OCPP 2.0.1 ReservationUpdateStatusEnumType; 2.1 `NoTransaction`: it was used, but nothing was charged. */
const statusOf = new Map<string, Reservation['status']>([
  ['Expired', 'Expired'],
  ['Removed', 'Removed'],
  ['NoTransaction', 'Used'],
]);

export const reservationStatusUpdate: Rule<ReservationStatusUpdateReport> = (station, report, { now }) => {
  const status = statusOf.get(report.status);
  if (status === undefined) return unchanged(station);
  return { ...endReservation(station, report.reservationId, { status, now }), answer: undefined };
};

/** Changes nothing when the reservation is unknown or over already. */
export function endReservation(
  station: ChargingStation,
  reservationId: number,
  { status, now }: { status: Reservation['status']; now: Date },
): Outcome {
  const known = station.reservations.find((reservation) => reservation.reservationId === reservationId);
  if (known?.status !== 'Active') return unchanged(station);
  return putReservation(station, { ...known, status, updatedAt: now });
}

export function putReservation(station: ChargingStation, reservation: Reservation): Outcome {
  const { stationId } = station;
  return {
    station: withReservation(station, reservation),
    facts: [{ type: 'reservation.changed', stationId, at: reservation.updatedAt, reservation }],
  };
}
