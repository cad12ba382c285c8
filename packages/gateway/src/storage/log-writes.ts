import type { VariableAddress } from '../domain/device-model.ts';
import { canonicalNameOf } from '../domain/device-model.ts';
import type { ReportedVariable } from '../domain/device-model.ts';
import type { Fact, FactOf } from '../domain/facts.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { MessageEntry } from '../ports/south.ts';
import type { AuditEntry } from '../ports/store.ts';
import { measurementText, payloadOf, sampleText } from './json.ts';
import type { Operations } from './writes.ts';
import { defineAppend, defineUpsert, flagOrNull, jsonOrNull, orNull, push } from './writes.ts';

interface FactWithPayload {
  fact: Fact;
  payload: string;
}

const appendFact = defineAppend<'facts', FactWithPayload>('facts', 'seq', [
  ['type', ({ fact }) => fact.type],
  ['station_id', ({ fact }) => orNull(fact.stationId)],
  ['at', ({ fact }) => fact.at.getTime()],
  ['payload', ({ payload }) => payload],
]);

interface Samples {
  stationId: string;
  evseId: number;
  takenAt: number;
  transactionId: string | undefined;
  storedAt: Date;
  text: string;
}

const appendMeterValues = defineAppend<'meter_values', Samples>('meter_values', 'row_id', [
  ['station_id', ({ stationId }) => stationId],
  ['evse_id', ({ evseId }) => evseId],
  ['taken_at', ({ takenAt }) => takenAt],
  ['transaction_id', ({ transactionId }) => orNull(transactionId)],
  ['stored_at', ({ storedAt }) => storedAt.getTime()],
  ['samples', ({ text }) => `[${text}]`],
]);

interface StationVariable {
  stationId: string;
  reported: ReportedVariable;
  reportedAt: Date;
}

const upsertVariable = defineUpsert<'variables', StationVariable>(
  'variables',
  [
    ['station_id', ({ stationId }) => stationId],
    ['variable_key', ({ reported }) => variableKeyOf(reported)],
    ['component', ({ reported }) => reported.component.name],
    ['component_instance', ({ reported }) => orNull(reported.component.instance)],
    ['evse_id', ({ reported }) => orNull(reported.component.evseId)],
    ['connector_id', ({ reported }) => orNull(reported.component.connectorId)],
    ['variable', ({ reported }) => reported.variable.name],
    ['variable_instance', ({ reported }) => orNull(reported.variable.instance)],
    ['attribute', ({ reported }) => orNull(reported.attribute)],
    ['key', ({ reported }) => orNull(reported.key)],
    ['value', ({ reported }) => orNull(reported.value)],
    ['writable', ({ reported }) => flagOrNull(reported.writable)],
    ['data_type', ({ reported }) => orNull(reported.dataType)],
    ['unit', ({ reported }) => orNull(reported.unit)],
    ['reported_at', ({ reportedAt }) => reportedAt.getTime()],
  ],
  { key: ['station_id', 'variable_key'], keepWhenAbsent: ['writable', 'data_type', 'unit'] },
);

/** Names differ by case to nobody; what only `canonicalNameOf` makes alike is told apart by its parts. */
function variableKeyOf(address: VariableAddress): string {
  const { component, variable, attribute = 'Actual' } = address;
  const parts = [component.instance, component.evseId, component.connectorId, variable.instance, attribute];
  return [canonicalNameOf(address), ...parts].join('\u001f').toLowerCase();
}

const appendMessage = defineAppend<'messages', MessageEntry>('messages', 'message_number', [
  ['station_id', (entry) => entry.stationId],
  ['at', (entry) => entry.at.getTime()],
  ['direction', (entry) => entry.direction],
  ['kind', (entry) => entry.kind],
  ['message_id', (entry) => orNull(entry.messageId)],
  ['action', (entry) => orNull(entry.action)],
  ['text', (entry) => entry.text],
  ['verdict', (entry) => entry.verdict],
  ['notes', (entry) => jsonOrNull(entry.notes)],
  ['error_code', (entry) => orNull(entry.errorCode)],
]);

const appendAudit = defineAppend<'audit', Omit<AuditEntry, 'auditId'>>('audit', 'audit_id', [
  ['at', (entry) => entry.at.getTime()],
  ['actor', (entry) => entry.actor],
  ['operation', (entry) => entry.operation],
  ['station_id', (entry) => orNull(entry.stationId)],
  ['detail', (entry) => JSON.stringify(entry.detail)],
]);

export function writeMessage(operations: Operations, entry: MessageEntry): void {
  push(operations, appendMessage, entry);
}

export function writeAudit(operations: Operations, entry: Omit<AuditEntry, 'auditId'>): void {
  push(operations, appendAudit, entry);
}

/** What comes to light while facts are written, for those who write on. */
export interface Found {
  /** JSON of the measurements in the facts. */
  texts: Map<Measurement, string>;
  /** Times of the readings of transactions. */
  spans: Span[];
}

export interface Span {
  stationId: string;
  transactionId: string;
  first: number;
  last: number;
}

/** Facts, and what they tell. */
export function writeFacts(operations: Operations, facts: readonly Fact[], found: Found): void {
  for (const fact of facts) {
    if (fact.type === 'measurements.taken') {
      writeMeasurements(operations, fact, found);
      continue;
    }
    push(operations, appendFact, { fact, payload: payloadOf(fact) });
    const variables = variablesOf(fact);
    if (fact.stationId === undefined || variables.length === 0) continue;
    const { stationId, at: reportedAt } = fact;
    for (const reported of variables) push(operations, upsertVariable, { stationId, reported, reportedAt });
  }
}

function variablesOf(fact: Fact): readonly ReportedVariable[] {
  if (fact.type === 'variables.reported') return fact.variables;
  return fact.type === 'variable.changed' ? [fact.variable] : [];
}

/** Each measurement becomes text once, and is used in the fact, in the row and among the latest values of its EVSE. */
function writeMeasurements(operations: Operations, fact: FactOf<'measurements.taken'>, { texts, spans }: Found): void {
  const { stationId, transactionId, at: storedAt } = fact;
  const rows: Samples[] = [];
  let all = '';
  for (const measurement of fact.measurements) {
    const { evseId } = measurement;
    const takenAt = measurement.takenAt.getTime();
    const sample = sampleText(measurement);
    const text = measurementText(measurement, sample);
    texts.set(measurement, text);
    all += all === '' ? text : `,${text}`;
    const row = rows.find((other) => other.takenAt === takenAt && other.evseId === evseId);
    if (row === undefined) rows.push({ stationId, evseId, takenAt, transactionId, storedAt, text: sample });
    else row.text += `,${sample}`;
  }
  const transaction = transactionId === undefined ? '' : `"transactionId":${JSON.stringify(transactionId)},`;
  push(operations, appendFact, { fact, payload: `{${transaction}"measurements":[${all}]}` });
  for (const row of rows) push(operations, appendMeterValues, row);
  if (transactionId === undefined || rows.length === 0) return;
  const times = rows.map((row) => row.takenAt);
  spans.push({ stationId, transactionId, first: Math.min(...times), last: Math.max(...times) });
}
