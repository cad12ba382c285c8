import { sql, type SqlBool } from 'kysely';
import type { StoredFact } from '../domain/facts.ts';
import type { FactQuery, Queries } from '../ports/store.ts';
import { toAuditEntry, toFacts, toVariable } from './from-rows.ts';
import { maxBlock } from './log-writes.ts';
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
        sql<number>`coalesce((select seq - count + 1 from facts order by seq limit 1), 0)`.as('first'),
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
  if (types !== undefined) selected = selected.where('type', 'in', types);
  if (stationIds !== undefined && types?.includes(reading) === false) {
    const indexed = selected.where('station_id', 'in', stationIds).where(sql.ref('type'), '<>', sql.lit(reading));
    return (await indexed.where('seq', '>', afterSeq).limit(wanted).execute()).flatMap(toFacts);
  }
  if (stationIds !== undefined) selected = selected.where(isOfStations(stationIds));
  const { oldest, newest } = await rangeOf(db);
  const isAll = types === undefined && stationIds === undefined;
  const found: StoredFact[] = [];
  for (let from = Math.max(afterSeq, oldest - 1); from < newest && found.length < wanted;) {
    const missing = wanted - found.length;
    const to = from + (isAll ? missing : scanned);
    const rows = await selected
      .where('seq', '>', from)
      .where('seq', '<', to + 2 * maxBlock)
      .where(sql<SqlBool>`seq - count < ${to}`)
      .limit(missing)
      .execute();
    const last = rows.at(-1)?.seq ?? to;
    for (const fact of rows.flatMap(toFacts)) if (fact.seq > from && fits(fact, query)) found.push(fact);
    from = rows.length < missing ? Math.max(to, last) : last;
    if (found.length < wanted && !isAll) await new Promise((resolve) => setImmediate(resolve));
  }
  return found.slice(0, wanted);
}

/** Readings of several stations may be in one row. */
function isOfStations(stationIds: readonly string[]) {
  const parts = stationIds.map((id) => sql<SqlBool>`instr(payload, ${`[${JSON.stringify(id)},`}) > 0`);
  const inBlock = parts.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`${sql.join(parts, sql` or `)}`;
  const named = sql.join([null, ...stationIds]);
  return sql<SqlBool>`(station_id in (${named}) or (station_id is null and type = ${reading} and (${inBlock})))`;
}

function fits({ stationId }: StoredFact, { stationIds }: FactQuery): boolean {
  return stationIds === undefined || (stationId !== undefined && stationIds.includes(stationId));
}

async function rangeOf(db: Reader['db']): Promise<{ oldest: number; newest: number }> {
  const newest = await db.selectFrom('facts').select(db.fn.max('seq').as('seq')).executeTakeFirst();
  const oldest = await db.selectFrom('facts').select(['seq', 'count']).orderBy('seq').limit(1).executeTakeFirst();
  return { oldest: oldest === undefined ? 1 : oldest.seq - oldest.count + 1, newest: newest?.seq ?? 0 };
}
