import type { ChargingStation } from '../../domain/charging-station.ts';
import type { AnswerTo, Report } from '../../domain/reports.ts';

/** One connection of a station, as the handlers of its messages see it. */
export interface Session {
  readonly stationId: string;
  /** By the gateway's clock. */
  readonly connectedAt: Date;
  now(): Date;
  /** Hands a report to the core. @throws OcppError InternalError when it could not be stored: the station sends it again */
  report<R extends Report>(report: R): Promise<AnswerTo<R>>;
  /** The station is alive, and has nothing else to say. */
  seen(): void;
  /** What the core knows of it. */
  station(): Promise<ChargingStation | undefined>;
  /** A call to the station got no answer in time. */
  timedOut(): void;
  /** Something in a message was odd, and was left out or read in a certain way. */
  note(sentence: string): void;
}

/** A message whose event lies this far before the connection was queued while the station was offline. */
const queuedBeforeMs = 60_000;

/** Whether something that occurred then can only be told now because the station was offline. */
export function wasOffline(session: Session, occurredAt: Date): boolean {
  return occurredAt.getTime() < session.connectedAt.getTime() - queuedBeforeMs;
}

/** The EVSE of a transaction that a message names without its EVSE; 0 when nobody knows it. */
export async function evseIdOf(session: Session, transactionId: string): Promise<number> {
  const station = await session.station();
  return station?.transactions.find((transaction) => transaction.transactionId === transactionId)?.evseId ?? 0;
}

/** A date that was checked to be RFC 3339; a leap second is the second before it. `undefined` when it is none. */
export function toDate(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text.includes(':60') ? text.replace(/:60(?=[.Z+-])/i, ':59') : text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
