import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { SqlValue, Tables } from './tables.ts';

/** How long things are kept, days. Transactions, stations, tokens and open commands are kept for good. */
export interface Retention {
  /** Default 30. */
  factsDays?: number;
  /** Frames of the message log, default 7. */
  messagesDays?: number;
  /** Frames of the message log at most, default 1,000,000. */
  maxMessageRows?: number;
  /** Meter values; for good when absent. */
  measurementsDays?: number;
  /** Settled commands, default 90. */
  commandsDays?: number;
  /** Default 730. */
  auditDays?: number;
}

const dayMs = 86_400_000;

/** Rows removed in one transaction: few enough that commits wait a few ms at most. Some hold hundreds of readings. */
const piece = 100;

/** A statement that removes one piece; to be run until it finds less than {@link piece}. */
export interface Removal {
  sql: string;
  parameters: readonly SqlValue[];
}

export function isLastPiece(removed: number): boolean {
  return removed < piece;
}

export function removalsOf(db: Kysely<Tables>, retention: Retention, now: Date): Removal[] {
  const {
    factsDays = 30,
    messagesDays = 7,
    maxMessageRows = 1_000_000,
    commandsDays = 90,
    auditDays = 730,
  } = retention;
  const { measurementsDays } = retention;
  const before = (days: number) => now.getTime() - days * dayMs;
  const logs: [table: string, key: string, time: string, days: number | undefined][] = [
    ['facts', 'seq', 'at', factsDays],
    ['messages', 'bulk', 'last_at', messagesDays],
    ['audit', 'audit_id', 'at', auditDays],
    ['meter_values', 'seq', 'stored_at', measurementsDays],
  ];
  return [
    ...logs.flatMap(([table, key, time, days]) =>
      days === undefined ? [] : [oldestOf(table, key, { time, before: before(days) })],
    ),
    surplusMessages(maxMessageRows),
    sql`delete from commands where command_id in (select command_id from commands
      where requested_at < ${before(commandsDays)} and status not in ('pending', 'sent') limit ${piece})`,
    sql`delete from service_state where (service, state_key) in (select service, state_key from service_state
      where expires_at <= ${now.getTime()} limit ${piece})`,
  ].map((statement) => {
    const { sql: text, parameters } = statement.compile(db);
    return { sql: text, parameters: parameters.map(Number) };
  });
}

/** The oldest rows of a log up to the first that is young enough. The newest row stays: numbers are never given twice. */
function oldestOf(table: string, key: string, { time, before }: { time: string; before: number }) {
  const column = sql.ref(key);
  const oldest = sql`select ${column}, ${sql.ref(time)} as at from ${sql.table(table)} order by ${column} limit ${piece + 1}`;
  return sql`delete from ${sql.table(table)} where ${column} < (
    select coalesce(min(case when at >= ${before} then ${column} end), max(${column})) from (${oldest}) as oldest)`;
}

function surplusMessages(maxRows: number) {
  return sql`delete from messages where (bulk, station_id) in (select bulk, station_id from messages
    where bulk <= (select max(bulk) from messages) - ${Math.max(maxRows, 1)} order by bulk limit ${piece})`;
}
