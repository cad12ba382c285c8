import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { compilerOnly } from './sqlite-kysely.ts';
import type { SqlValue, TableName, Tables } from './tables.ts';

/** A column and what is stored in it; `least` and `greatest` keep what an update finds there, if it is beyond. */
export type Column<N extends TableName, T> = readonly [
  name: ColumnName<N>,
  valueOf: (item: T) => SqlValue,
  keep?: 'least' | 'greatest' | undefined,
];

type ColumnName<N extends TableName> = keyof Tables[N] & string;

/** A statement of the writer and how an item becomes its parameters. Known to the writer by its number. */
export interface Write<T> {
  readonly number: number;
  readonly values: readonly ((item: T) => SqlValue)[];
}

/** What the writer needs to know of a statement. */
export interface WriterStatement {
  sql: string;
  parameters: number;
  /** Table and key column whose next number the writer puts in place of the first parameter. */
  numbered?: Numbered;
  /** Its last two parameters say where in the bytes of the batch the value of its last column begins and ends. */
  endsWithBytes?: true;
  /** A change in which it finds no row fails. */
  mustFind?: true;
}

export interface Numbered {
  table: string;
  column: string;
  /** The second parameter says how many numbers the row takes; it bears the last of them. Else one. */
  takesSeveral?: true;
}

interface Definition {
  compile: (db: Kysely<Tables>) => string;
  rest: Omit<WriterStatement, 'sql'>;
}

const definitions: Definition[] = [];

/** Rows of one change: number of the statement, its parameters, number of the next ... */
export type Operations = SqlValue[];

export function push<T>(operations: Operations, write: Write<T>, item: T): void {
  operations.push(write.number);
  for (const valueOf of write.values) operations.push(valueOf(item));
}

/** Every statement there is, by its number. */
export function writerStatements(): WriterStatement[] {
  const db = compilerOnly();
  return definitions.map(({ compile, rest }) => ({ sql: compile(db), ...rest }));
}

interface UpsertOptions<N extends TableName> {
  key: readonly ColumnName<N>[];
  /** Columns that keep their first value. */
  keep?: readonly ColumnName<N>[];
  /** Columns whose absence in a later row says nothing. */
  keepWhenAbsent?: readonly ColumnName<N>[];
}

/** Inserts a row, or changes the one that has its key. */
export function defineUpsert<N extends TableName, T>(
  table: N,
  columns: readonly Column<N, T>[],
  { key, keep = [], keepWhenAbsent = [] }: UpsertOptions<N>,
): Write<T> {
  const changed = columns.map(([name]) => name).filter((name) => !key.includes(name) && !keep.includes(name));
  const assign = (name: ColumnName<N>) =>
    keepWhenAbsent.includes(name)
      ? sql`${sql.ref(name)} = coalesce(excluded.${sql.ref(name)}, ${sql.ref(`${table}.${name}`)})`
      : sql`${sql.ref(name)} = excluded.${sql.ref(name)}`;
  const conflict = sql`on conflict (${sql.join(key.map((name) => sql.ref(name)))})`;
  const update = changed.length === 0 ? sql`do nothing` : sql`do update set ${sql.join(changed.map(assign))}`;
  return define(columns, (db) => sql`${insertInto(table, columns)} ${conflict} ${update}`.compile(db).sql, {});
}

/** Appends a row; the writer numbers it. */
export function defineAppend<N extends TableName, T>(
  table: N,
  { column, ...several }: { column: ColumnName<N>; takesSeveral?: true },
  columns: readonly Column<N, T>[],
): Write<T> {
  const all: Column<N, T>[] = [[column, () => 0], ...columns];
  const compile = (db: Kysely<Tables>) => insertInto(table, all).compile(db).sql;
  return define(all, compile, { numbered: { table, column, ...several } });
}

/** Adds a row whose last column is text that comes as a part of the bytes of the batch. */
export function defineInsertOfBytes<N extends TableName, T>(
  table: N,
  columns: readonly Column<N, T>[],
  { column, begin, end }: { column: ColumnName<N>; begin: (item: T) => number; end: (item: T) => number },
): Write<T> {
  const names = sql.join([...columns.map(([name]) => sql.ref(name)), sql.ref(column)]);
  const values = sql.join([...columns.map(() => sql.val(0)), sql`cast(${sql.val(0)} as text)`]);
  const compile = (db: Kysely<Tables>) =>
    sql`insert into ${sql.table(table)} (${names}) values (${values})`.compile(db).sql;
  return define([...columns, [column, begin], [column, end]], compile, { endsWithBytes: true });
}

interface UpdateOptions<N extends TableName, T> {
  set: readonly Column<N, T>[];
  key: readonly Column<N, T>[];
  /** Whether the row must be there, or else the change fails. Default: it must. */
  mustFind?: boolean;
}

/** Changes columns of the one row that has the key. */
export function defineUpdate<N extends TableName, T>(
  table: N,
  { set, key, mustFind = true }: UpdateOptions<N, T>,
): Write<T> {
  const compile = (db: Kysely<Tables>) =>
    sql`update ${sql.table(table)} set ${sql.join(set.map(assignment))} where ${hasKey(key)}`.compile(db).sql;
  const columns = [...set.flatMap((column) => (column[2] === undefined ? [column] : [column, column])), ...key];
  return define(columns, compile, mustFind ? { mustFind } : {});
}

/** Takes its value once, or twice when it compares. */
function assignment<N extends TableName, T>([name, , keep]: Column<N, T>) {
  const column = sql.ref(name);
  const value = sql.val(0);
  if (keep === undefined) return sql`${column} = ${value}`;
  const comparison = sql.raw(keep === 'least' ? '<' : '>');
  return sql`${column} = case when ${column} ${comparison} ${value} then ${column} else ${value} end`;
}

function hasKey<N extends TableName, T>(key: readonly Column<N, T>[]) {
  return sql.join(
    key.map(([name]) => sql`${sql.ref(name)} = ${sql.val(0)}`),
    sql` and `,
  );
}

/** Removes the rows that have the key. */
export function defineDelete<N extends TableName, T>(table: N, key: readonly Column<N, T>[]): Write<T> {
  return define(key, (db) => sql`delete from ${sql.table(table)} where ${hasKey(key)}`.compile(db).sql, {});
}

function insertInto<N extends TableName, T>(table: N, columns: readonly Column<N, T>[]) {
  const names = sql.join(columns.map(([name]) => sql.ref(name)));
  return sql`insert into ${sql.table(table)} (${names}) values (${sql.join(columns.map(() => sql.val(0)))})`;
}

function define<N extends TableName, T>(
  columns: readonly Column<N, T>[],
  compile: Definition['compile'],
  rest: Omit<Definition['rest'], 'parameters'>,
): Write<T> {
  definitions.push({ compile, rest: { parameters: columns.length, ...rest } });
  return { number: definitions.length - 1, values: columns.map(([, valueOf]) => valueOf) };
}

/** `undefined` is null in the database. */
export function orNull<T extends string | number>(value: T | undefined): T | null {
  return value ?? null;
}

export function timeOrNull(date: Date | undefined): number | null {
  return date === undefined ? null : date.getTime();
}

export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

export function flagOrNull(value: boolean | undefined): 0 | 1 | null {
  return value === undefined ? null : flag(value);
}

export function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
