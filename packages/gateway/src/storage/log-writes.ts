import type { VariableAddress } from '../domain/device-model.ts';
import { canonicalNameOf } from '../domain/device-model.ts';
import type { ReportedVariable } from '../domain/device-model.ts';
import type { Fact, FactOf } from '../domain/facts.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { AuditEntry } from '../ports/store.ts';
import { measurementText, payloadOf, progressText, sampleText } from './json.ts';
import type { Operations } from './writes.ts';
import { type Column, defineAppend, defineInsert, defineUpsert, flagOrNull, orNull, push } from './writes.ts';

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

/** Readings of one EVSE at one time. */
export interface Samples {
  /** Which row of its fact it is. */
  part: number;
  stationId: string;
  evseId: number;
  takenAt: number;
  transactionId: string | undefined;
  storedAt: Date;
  text: string;
}

const sampleColumns: readonly Column<'meter_values', Samples>[] = [
  ['part', ({ part }) => part],
  ['station_id', ({ stationId }) => stationId],
  ['evse_id', ({ evseId }) => evseId],
  ['taken_at', ({ takenAt }) => takenAt],
  ['transaction_id', ({ transactionId }) => orNull(transactionId)],
  ['stored_at', ({ storedAt }) => storedAt.getTime()],
  ['samples', ({ text }) => `[${text}]`],
];

/** In one change with the fact, whose number it gets. */
const insertSamples = defineInsert('meter_values', sampleColumns, {
  column: 'seq',
  newestOf: { table: 'facts', column: 'seq' },
});

/** After the fact. Written again after a crash, it changes nothing. */
const insertDeferredSamples = defineUpsert<'meter_values', Samples & { seq: number }>(
  'meter_values',
  [['seq', ({ seq }) => seq], ...sampleColumns],
  { key: ['seq', 'part'], keep: ['station_id', 'evse_id', 'taken_at', 'transaction_id', 'stored_at', 'samples'] },
);

export function writeDeferredSamples(operations: Operations, samples: Samples & { seq: number }): void {
  push(operations, insertDeferredSamples, samples);
}

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

/** Row of `meta` that tells up to which fact all rows are written. */
export const markName = 'rows written up to fact';

const upsertMark = defineUpsert<'meta', number>(
  'meta',
  [
    ['name', () => markName],
    ['value', (mark) => String(mark)],
  ],
  { key: ['name'] },
);

export function writeMark(operations: Operations, mark: number): void {
  push(operations, upsertMark, mark);
}

const appendAudit = defineAppend<'audit', Omit<AuditEntry, 'auditId'>>('audit', 'audit_id', [
  ['at', (entry) => entry.at.getTime()],
  ['actor', (entry) => entry.actor],
  ['operation', (entry) => entry.operation],
  ['station_id', (entry) => orNull(entry.stationId)],
  ['detail', (entry) => JSON.stringify(entry.detail)],
]);

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

function writeMeasurements(operations: Operations, fact: FactOf<'measurements.taken'>, { texts, spans }: Found): void {
  const { rows, span } = writeReadings(operations, fact, { texts });
  for (const row of rows) push(operations, insertSamples, row);
  if (span !== undefined) spans.push(span);
}

/** A fact alone. `transaction` is how far that one is with it, for a start after a crash. */
export function writeReadings(
  operations: Operations,
  fact: FactOf<'measurements.taken'>,
  { texts, transaction }: { texts?: Map<Measurement, string>; transaction?: Transaction | undefined },
): Told {
  const told = toRows(fact, texts);
  const id = fact.transactionId === undefined ? '' : `"transactionId":${JSON.stringify(fact.transactionId)},`;
  const progress = transaction === undefined ? '' : `,"progress":${progressText(transaction)}`;
  push(operations, appendFact, { fact, payload: `{${id}"measurements":[${told.text}]${progress}}` });
  return told;
}

/** What a fact of readings tells: its rows, the time they span, and the JSON of all of them. */
export interface Told {
  rows: Samples[];
  span: Span | undefined;
  text: string;
}

/** Each measurement becomes text once, for the fact, its row and, by `texts`, the latest values of its EVSE. */
export function toRows(fact: FactOf<'measurements.taken'>, texts?: Map<Measurement, string>): Told {
  const { stationId, transactionId, at: storedAt } = fact;
  const rows: Samples[] = [];
  let all = '';
  for (const measurement of fact.measurements) {
    const { evseId } = measurement;
    const takenAt = measurement.takenAt.getTime();
    const sample = sampleText(measurement);
    const text = measurementText(measurement, sample);
    texts?.set(measurement, text);
    all += all === '' ? text : `,${text}`;
    const row = rows.find((other) => other.takenAt === takenAt && other.evseId === evseId);
    if (row === undefined)
      rows.push({ part: rows.length, stationId, evseId, takenAt, transactionId, storedAt, text: sample });
    else row.text += `,${sample}`;
  }
  return { rows, span: spanOf(rows, stationId, transactionId), text: all };
}

function spanOf(rows: readonly Samples[], stationId: string, transactionId: string | undefined): Span | undefined {
  const [first] = rows;
  if (transactionId === undefined || first === undefined) return undefined;
  const span: Span = { stationId, transactionId, first: first.takenAt, last: first.takenAt };
  for (const { takenAt } of rows) {
    if (takenAt < span.first) span.first = takenAt;
    else if (takenAt > span.last) span.last = takenAt;
  }
  return span;
}
