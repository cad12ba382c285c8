import type { SelectQueryBuilder, SqlBool } from 'kysely';
import { sql } from 'kysely';
import type { Page, PageRequest, Position } from '../ports/store.ts';
import type { TableName, Tables } from './tables.ts';

type Query<N extends TableName, Row> = SelectQueryBuilder<Tables, N, Row>;

/** The columns a list is ordered by, and where a row stands in it. */
export interface Ordering<Row> {
  at: string;
  /** Tells rows of the same `at` apart. Absent when `at` alone does. */
  id?: string;
  positionOf: (row: Row) => Position;
}

export const maxPage = 1000;

/** One page of all rows that `query` selects. */
export async function pageOf<N extends TableName, Row extends object, T>(
  query: Query<N, Row>,
  request: PageRequest,
  { ordering, toItems }: { ordering: Ordering<Row>; toItems: (rows: Row[]) => Promise<readonly T[]> | readonly T[] },
): Promise<Page<T>> {
  const { from, towards = 'next', order = 'desc' } = request;
  const limit = Math.min(Math.max(Math.trunc(request.limit), 1), maxPage);
  const ascending = (order === 'asc') === (towards === 'next');
  const beyond = from === undefined ? query : query.where(isBeyond(ordering, from, ascending ? '>' : '<'));
  const found = await inOrder(beyond, ordering, ascending)
    .limit(limit + 1)
    .execute();
  const rows = found.slice(0, limit);
  const more = found.length > limit;
  const before = from !== undefined && (await hasAny(query, isBeyond(ordering, from, ascending ? '<=' : '>=')));
  if (towards === 'previous') rows.reverse();
  return {
    items: await toItems(rows),
    positions: rows.map(ordering.positionOf),
    hasNext: towards === 'next' ? more : before,
    hasPrevious: towards === 'next' ? before : more,
  };
}

function inOrder<N extends TableName, Row>(
  query: Query<N, Row>,
  { at, id }: Ordering<Row>,
  ascending: boolean,
): Query<N, Row> {
  const direction = ascending ? 'asc' : 'desc';
  const byTime = query.orderBy(sql.ref(at), direction);
  return id === undefined ? byTime : byTime.orderBy(sql.ref(id), direction);
}

function isBeyond<Row>({ at, id }: Ordering<Row>, from: Position, comparison: '>' | '<' | '>=' | '<=') {
  const operator = sql.raw(comparison);
  if (id === undefined) return sql<SqlBool>`${sql.ref(at)} ${operator} ${from.at}`;
  return sql<SqlBool>`(${sql.ref(at)}, ${sql.ref(id)}) ${operator} (${from.at}, ${from.id})`;
}

async function hasAny<N extends TableName, Row>(
  query: Query<N, Row>,
  condition: ReturnType<typeof isBeyond>,
): Promise<boolean> {
  const row = await query.where(condition).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Whether a column holds `part`, without regard to case. */
export function contains(column: string, part: string) {
  const pattern = `%${part.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<SqlBool>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
}

/** Bounds of a time column: from `since` on, before `until`. */
export function within<N extends TableName, Row>(
  query: Query<N, Row>,
  column: string,
  range: { since?: Date; until?: Date } | undefined,
): Query<N, Row> {
  let bounded = query;
  if (range?.since !== undefined) bounded = bounded.where(sql<SqlBool>`${sql.ref(column)} >= ${range.since.getTime()}`);
  if (range?.until !== undefined) bounded = bounded.where(sql<SqlBool>`${sql.ref(column)} < ${range.until.getTime()}`);
  return bounded;
}

/** Narrows a list to rows whose columns have the given values; an absent value narrows nothing. */
export function matching<N extends TableName, Row>(
  query: Query<N, Row>,
  values: Partial<Record<keyof Tables[N] & string, string | number | undefined>>,
): Query<N, Row> {
  let narrowed = query;
  for (const [column, value] of Object.entries(values)) {
    if (value !== undefined) narrowed = narrowed.where(sql<SqlBool>`${sql.ref(column)} = ${value}`);
  }
  return narrowed;
}
