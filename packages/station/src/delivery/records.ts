import type { v201, v21 } from '@busbar/ocpp';
import type { OperationMode } from '../smart-charging/charging-profile.ts';
import type { ReadingContext, Sample } from '../metering/samples.ts';
import type { ChargingState, IdToken, Preconditioning, StopReason } from '../station-host.ts';
import { isSigned } from '../metering/thin-values.ts';
import { fieldsOf } from '../store/json-fields.ts';
import type { TransactionLimit } from '../transactions/transaction-limits.ts';
import type { TriggerReason } from '../transactions/transaction.ts';

/**
 * A message that must reach the CSMS, however long that takes, in the words of OCPP 2.0.1. What goes over the wire is made of
 * it when it is sent: then the version that is spoken and, in 1.6, the CSMS's id of the transaction are known.
 */
export type QueuedRecord = TransactionRecord | SecurityRecord | NoticeRecord | GridRecord;

/** A step of a transaction. Plain JSON: it is kept over power cuts. */
export interface TransactionRecord {
  kind: 'transaction';
  event: 'Started' | 'Updated' | 'Ended';
  /** The station's own id, a UUID. */
  transactionId: string;
  evseId: number;
  connectorId: number;
  /** RFC 3339, UTC. */
  at: string;
  seqNo: number;
  trigger: TriggerReason;
  isOffline: boolean;
  chargingState: ChargingState | 'Idle';
  /** The import register at this moment, Wh. */
  meterWh: number;
  values: TakenValues[];
  /** Who charges, at the begin of that; who stopped it, at its end. */
  idToken?: IdToken | undefined;
  reservationId?: number | undefined;
  remoteStartId?: number | undefined;
  reason?: StopReason | undefined;
  /** How many phases are in use, where that has changed. */
  phases?: number | undefined;
  /** Of a cable that can be taken off, A per phase; once. */
  cableMaxA?: number | undefined;
  /** OCPP 2.1, where it is new. */
  limit?: TransactionLimit | undefined;
  preconditioning?: Preconditioning | undefined;
  operationMode?: OperationMode | undefined;
  /** OCPP 2.1: of the tariff that the station calculates with; at the end and at every interval, what that makes. */
  tariffId?: string | undefined;
  costDetails?: v21.CostDetailsType | undefined;
}

/** A meter reading, reduced to what the CSMS is to get. */
export interface TakenValues {
  /** RFC 3339, UTC. */
  at: string;
  context: ReadingContext;
  samples: Sample[];
}

/** A security event that the CSMS must hear of. */
export interface SecurityRecord {
  kind: 'security';
  /** At most 50 characters. */
  type: string;
  at: string;
  /** At most 255 characters. */
  info?: string | undefined;
}

/** OCPP 2.x: events of the device model that happened while offline; 1.6 has none. */
export interface NoticeRecord {
  kind: 'notice';
  payload: v201.NotifyEventRequest;
}

/** OCPP 2.1: what happened to the grid or to batteries; other versions have no word for it. */
export type GridRecord = { kind: 'grid' } & (
  | { action: 'BatterySwap'; payload: v21.BatterySwapRequest }
  | { action: 'NotifyDERAlarm'; payload: v21.NotifyDERAlarmRequest }
  | { action: 'NotifyDERStartStop'; payload: v21.NotifyDERStartStopRequest }
);

/** What may be left out when room is short, what matters least first: a kind only when nothing of those before it is left. */
export const expendable: readonly ((record: QueuedRecord) => boolean)[] = [isNotice, isIntermediate, isSwap];

/** Of the device model or the grid: they tell of a moment, and nothing is charged for by them. */
function isNotice(record: QueuedRecord): boolean {
  return record.kind === 'notice' || (record.kind === 'grid' && !isSwap(record));
}

/** OCPP 2.0.1 E04.FR.08: not the begin, the end, who charges, or what is signed. */
function isIntermediate(record: QueuedRecord): boolean {
  return (
    record.kind === 'transaction' && record.event === 'Updated' && !record.idToken && !record.values.some(isSigned)
  );
}

function isSwap(record: QueuedRecord): boolean {
  return record.kind === 'grid' && record.action === 'BatterySwap';
}

export function isTakenValues(value: unknown): value is TakenValues {
  const fields = fieldsOf(value);
  return fields?.text('at') !== undefined && Array.isArray(fields.value('samples'));
}

/** The record with its times put through `move`. */
export function redated(record: QueuedRecord, move: (at: string) => string): QueuedRecord {
  if (record.kind === 'security') return { ...record, at: move(record.at) };
  if (record.kind === 'notice') return { ...record, payload: redatedEvents(record.payload, move) };
  if (record.kind === 'grid') return redatedGrid(record, move);
  return { ...record, at: move(record.at), values: record.values.map((taken) => ({ ...taken, at: move(taken.at) })) };
}

function redatedGrid(record: GridRecord, move: (at: string) => string): GridRecord {
  switch (record.action) {
    case 'BatterySwap':
      return record;
    case 'NotifyDERAlarm':
      return { ...record, payload: { ...record.payload, timestamp: move(record.payload.timestamp) } };
    case 'NotifyDERStartStop':
      return { ...record, payload: { ...record.payload, timestamp: move(record.payload.timestamp) } };
  }
}

function redatedEvents(payload: v201.NotifyEventRequest, move: (at: string) => string): v201.NotifyEventRequest {
  const eventData = payload.eventData.map((event) => ({ ...event, timestamp: move(event.timestamp) }));
  return { ...payload, generatedAt: move(payload.generatedAt), eventData };
}

/** Tells a stored value from garbage: what has the shape of a record was written by {@link OfflineQueue}. */
export function isRecord(value: unknown): value is QueuedRecord {
  const fields = fieldsOf(value);
  if (!fields) return false;
  const { text, object, list } = fields;
  switch (fields.oneOf('kind', kinds)) {
    case 'security':
      return text('type') !== undefined && text('at') !== undefined;
    case 'notice':
    case 'grid':
      return object('payload') !== undefined;
    case 'transaction':
      return text('transactionId') !== undefined && list('values', toTakenValues) !== undefined;
    case undefined:
      return false;
  }
}

const kinds = ['transaction', 'security', 'notice', 'grid'] as const;

const toTakenValues = (value: unknown) => (isTakenValues(value) ? value : undefined);
