import type { VariableAddress } from '../domain/device-model.ts';
import { canonicalNameOf } from '../domain/device-model.ts';
import type { ReportedVariable } from '../domain/device-model.ts';
import type { Fact, FactOf } from '../domain/facts.ts';
import type { AuditEntry } from '../ports/store.ts';
import { payloadOf } from './json.ts';
import { factLine, rowLine, toGroups, toText } from './readings-text.ts';
import type { Group, Line, Shape } from './readings-text.ts';
import type { Operations } from './writes.ts';
import { defineAppend, defineUpsert, flagOrNull, orNull, push } from './writes.ts';

/** A row of the log: one fact, or several of readings. */
interface FactsRow {
  count: number;
  type: Fact['type'];
  stationId: string | undefined;
  at: number;
  payload: string;
}

const appendFacts = defineAppend<'facts', FactsRow>('facts', { column: 'seq', takesSeveral: true }, [
  ['count', ({ count }) => count],
  ['type', ({ type }) => type],
  ['station_id', ({ stationId }) => orNull(stationId)],
  ['at', ({ at }) => at],
  ['payload', ({ payload }) => payload],
]);

function appendFact(operations: Operations, fact: Fact): void {
  const { type, stationId, at } = fact;
  push(operations, appendFacts, { count: 1, type, stationId, at: at.getTime(), payload: payloadOf(fact) });
}

/** Facts of readings that share a row at most, but for those of one change. */
export const maxBlock = 500;

/** Facts of readings for one row of the log. */
export class ReadingsBlock {
  readonly #shapes = new Set<Shape>();
  #lines = '';
  #at = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(fact: ReadingsFact, groups: readonly Group[], progress?: string): void {
    const line = factLine(fact, groups, progress);
    this.#lines = this.#count === 0 ? line : `${this.#lines},${line}`;
    for (const { shape } of groups) this.#shapes.add(shape);
    this.#at = fact.at.getTime();
    this.#count++;
  }

  write(operations: Operations): void {
    const payload = toText(this.#shapes, this.#lines);
    push(operations, appendFacts, {
      count: this.#count,
      type: 'measurements.taken',
      stationId: undefined,
      at: this.#at,
      payload,
    });
  }
}

export type ReadingsFact = FactOf<'measurements.taken'>;

/** Readings of one station for a row of `meter_values`. */
interface ReadingsRow {
  seq: number;
  part: number;
  stationId: string;
  firstAt: number;
  lastAt: number;
  storedAt: number;
  shapes: Set<Shape>;
  lines: string;
}

/** Written again, it changes nothing. */
const insertReadings = defineUpsert<'meter_values', ReadingsRow>(
  'meter_values',
  [
    ['seq', ({ seq }) => seq],
    ['part', ({ part }) => part],
    ['station_id', ({ stationId }) => stationId],
    ['first_at', ({ firstAt }) => firstAt],
    ['last_at', ({ lastAt }) => lastAt],
    ['stored_at', ({ storedAt }) => storedAt],
    ['readings', ({ shapes, lines }) => toText(shapes, lines)],
  ],
  { key: ['seq', 'part'], keep: ['station_id', 'first_at', 'last_at', 'stored_at', 'readings'] },
);

/** Time that one row of readings may span, ms: so far queries look beyond the time they ask for. */
export const maxSpanMs = 3_600_000;

/** Readings of a station, oldest fact first. */
export function writeReadings(operations: Operations, stationId: string, lines: readonly Line[]): void {
  let row: ReadingsRow | undefined;
  for (const line of lines) {
    for (const group of line.groups) {
      const { takenAt, shape } = group;
      const text = rowLine(line, group);
      if (row !== undefined && hasRoomFor(row, takenAt)) {
        row.seq = line.seq;
        row.firstAt = Math.min(row.firstAt, takenAt);
        row.lastAt = Math.max(row.lastAt, takenAt);
        row.storedAt = line.at;
        row.shapes.add(shape);
        row.lines = `${row.lines},${text}`;
        continue;
      }
      if (row !== undefined) push(operations, insertReadings, row);
      const { seq, at: storedAt } = line;
      const part: number = row?.seq === seq ? row.part + 1 : 0;
      row = {
        seq,
        part,
        stationId,
        firstAt: takenAt,
        lastAt: takenAt,
        storedAt,
        shapes: new Set([shape]),
        lines: text,
      };
    }
  }
  if (row !== undefined) push(operations, insertReadings, row);
}

function hasRoomFor({ firstAt, lastAt }: ReadingsRow, takenAt: number): boolean {
  return Math.max(lastAt, takenAt) - Math.min(firstAt, takenAt) <= maxSpanMs;
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

const appendAudit = defineAppend<'audit', Omit<AuditEntry, 'auditId'>>('audit', { column: 'audit_id' }, [
  ['at', (entry) => entry.at.getTime()],
  ['actor', (entry) => entry.actor],
  ['operation', (entry) => entry.operation],
  ['station_id', (entry) => orNull(entry.stationId)],
  ['detail', (entry) => JSON.stringify(entry.detail)],
]);

export function writeAudit(operations: Operations, entry: Omit<AuditEntry, 'auditId'>): void {
  push(operations, appendAudit, entry);
}

/** Times of the readings of a transaction. */
export interface Span {
  stationId: string;
  transactionId: string;
  first: number;
  last: number;
}

/** Facts, and the variables that they tell of. Rows of readings follow. */
export function writeFacts(operations: Operations, facts: readonly Fact[]): void {
  for (const fact of facts) {
    if (fact.type === 'measurements.taken') {
      const block = new ReadingsBlock();
      block.add(fact, toGroups(fact.measurements));
      block.write(operations);
      continue;
    }
    appendFact(operations, fact);
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
