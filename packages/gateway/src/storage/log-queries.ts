import { sql, type SqlBool } from 'kysely';
import type { StoredFact } from '../domain/facts.ts';
import type { FactQuery, Queries } from '../ports/store.ts';
import { toAuditEntry, toFact, toVariable } from './from-rows.ts';
import { matching, maxPage, pageOf } from './pages.ts';
import type { Reader } from './reader.ts';

type LogQueries = Pick<Queries, 'variables' | 'facts' | 'factRange' | 'audit'>;

const defaultVariables = 10_000;

export function logQueries(reader: Reader): LogQueries {
  const { db } = reader;
  const range = reader.prepare((on) =>
    on
      .selectFrom('facts')
      .select([
        sql<number>`coalesce((select min(seq) from facts), 0)`.as('first'),
        sql<number>`coalesce((select max(seq) from facts), 0)`.as('last'),
      ])
      .limit(sql.lit(1)),
  );
  return {
    variables: async (stationId, { name = '', limit = defaultVariables } = {}) => {
      const prefix = name.toLowerCase();
      let selected = db.selectFrom('variables').selectAll().where('station_id', '=', stationId);
      if (prefix !== '') {
        selected = selected.where(
          sql<SqlBool>`substr(variable_key, 1, ${prefix.length}) = ${prefix}
            or substr(lower(key), 1, ${prefix.length}) = ${prefix}`,
        );
      }
      const rows = await selected.orderBy('variable_key').limit(Math.max(limit, 1)).execute();
      return rows.map(toVariable);
    },
    facts: (query) => factsIn(reader, query),
    factRange: async () => ({ first: 0, last: 0, ...range()[0] }),
    audit: ({ stationId, ...request }) =>
      pageOf(matching(db.selectFrom('audit').selectAll(), { station_id: stationId }), request, {
        ordering: { at: 'audit_id', positionOf: (row) => ({ at: row.audit_id, id: String(row.audit_id) }) },
        toItems: (rows) => rows.map(toAuditEntry),
      }),
  };
}

/** Facts looked at in one go when few of them may be wanted; then others get their turn. */
const scanned = 5000;

const reading = 'measurements.taken';

async function factsIn({ db }: Reader, query: FactQuery): Promise<StoredFact[]> {
  const { afterSeq, types, stationIds } = query;
  const wanted = Math.min(Math.max(query.limit, 1), maxPage);
  let selected = db.selectFrom('facts').selectAll().orderBy('seq');
  if (stationIds !== undefined) selected = selected.where('station_id', 'in', stationIds);
  if (types !== undefined) selected = selected.where('type', 'in', types);
  if (types === undefined && stationIds === undefined) {
    return (await selected.where('seq', '>', afterSeq).limit(wanted).execute()).map(toFact);
  }
  if (stationIds !== undefined && types?.includes(reading) === false) {
    const indexed = selected.where(sql.ref('type'), '<>', sql.lit(reading)).where('seq', '>', afterSeq);
    return (await indexed.limit(wanted).execute()).map(toFact);
  }
  const { oldest, newest } = await rangeOf(db);
  const found: StoredFact[] = [];
  for (let from = Math.max(afterSeq, oldest - 1); from < newest && found.length < wanted; from += scanned) {
    const rows = await selected
      .where('seq', '>', from)
      .where('seq', '<=', from + scanned)
      .limit(wanted - found.length)
      .execute();
    found.push(...rows.map(toFact));
    if (found.length < wanted) await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}

async function rangeOf(db: Reader['db']): Promise<{ oldest: number; newest: number }> {
  const newest = await db.selectFrom('facts').select(db.fn.max('seq').as('seq')).executeTakeFirst();
  const oldest = await db.selectFrom('facts').select(db.fn.min('seq').as('seq')).executeTakeFirst();
  return { oldest: oldest?.seq ?? 1, newest: newest?.seq ?? 0 };
}
