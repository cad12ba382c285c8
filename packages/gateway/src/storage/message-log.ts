import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { MessageEntry } from '../ports/south.ts';
import type { MessageQuery, Page, Queries, StoredMessage } from '../ports/store.ts';
import { maxPage } from './pages.ts';
import type { Reader } from './reader.ts';
import type { MessagesRow } from './tables.ts';
import type { Operations } from './writes.ts';
import { defineInsert, push } from './writes.ts';

/**
 * The message log keeps the frames that one station exchanged in about a second in one row: a row, and an entry of an
 * index, for each frame would cost more than the messages themselves. Fields of a frame are separated by a control
 * character, frames by another; neither occurs in JSON, and where it does occur it is replaced.
 */
const betweenFields = '\u001f';
const betweenFrames = '\u001e';

interface Frames {
  /** Number of the first frame of all that were written together. */
  bulk: number;
  stationId: string;
  firstAt: number;
  lastAt: number;
  text: string;
}

const insertFrames = defineInsert<'messages', Frames>('messages', [
  ['bulk', ({ bulk }) => bulk],
  ['station_id', ({ stationId }) => stationId],
  ['first_at', ({ firstAt }) => firstAt],
  ['last_at', ({ lastAt }) => lastAt],
  ['frames', ({ text }) => text],
]);

/** Frames in order of arrival; the first gets the number `bulk`. */
export function writeMessages(operations: Operations, entries: readonly MessageEntry[], bulk: number): void {
  const byStation = new Map<string, Frames>();
  for (const [index, entry] of entries.entries()) {
    const { stationId } = entry;
    const at = entry.at.getTime();
    const text = encoded(entry, index);
    const known = byStation.get(stationId);
    if (known === undefined) byStation.set(stationId, { bulk, stationId, firstAt: at, lastAt: at, text });
    else {
      known.text += betweenFrames + text;
      known.firstAt = Math.min(known.firstAt, at);
      known.lastAt = Math.max(known.lastAt, at);
    }
  }
  for (const frames of byStation.values()) push(operations, insertFrames, frames);
}

function encoded(entry: MessageEntry, index: number): string {
  const { at, direction, kind, messageId = '', action = '', verdict, errorCode = '', notes, text } = entry;
  const told = notes === undefined ? '' : JSON.stringify(notes);
  const id = withoutSeparators(messageId);
  const name = withoutSeparators(action);
  const code = withoutSeparators(errorCode);
  const s = betweenFields;
  const head = `${index}${s}${at.getTime()}${s}${direction}${s}${kind}${s}${id}${s}${name}`;
  return `${head}${s}${verdict}${s}${code}${s}${told}${s}${withoutSeparators(text)}`;
}

function withoutSeparators(field: string): string {
  return field.includes(betweenFields) || field.includes(betweenFrames)
    ? field.replaceAll(betweenFields, '\ufffd').replaceAll(betweenFrames, '\ufffd')
    : field;
}

function decoded({ bulk, station_id: stationId, frames }: MessagesRow): StoredMessage[] {
  return frames.split(betweenFrames).map((frame) => {
    const [index, at, direction, kind = '', messageId, action, verdict = '', errorCode, notes, text = ''] =
      frame.split(betweenFields);
    return {
      messageNumber: bulk + Number(index),
      stationId,
      at: new Date(Number(at)),
      direction: direction === 'in' ? 'in' : 'out',
      kind,
      ...(messageId && { messageId }),
      ...(action && { action }),
      text,
      verdict,
      ...(errorCode && { errorCode }),
      ...(notes && { notes: notesIn(notes) }),
    };
  });
}

function notesIn(json: string): readonly string[] {
  const notes: unknown = JSON.parse(json);
  return Array.isArray(notes) ? notes.map(String) : [];
}

/** Number of the next frame. */
export async function nextMessageNumber({ db }: Reader): Promise<number> {
  const newest = await db.selectFrom('messages').selectAll().orderBy('bulk', 'desc').limit(1).executeTakeFirst();
  if (newest === undefined) return 1;
  const last = await db.selectFrom('messages').selectAll().where('bulk', '=', newest.bulk).execute();
  return Math.max(...last.flatMap(decoded).map(({ messageNumber }) => messageNumber)) + 1;
}

export function messageQueries(reader: Reader): Pick<Queries, 'messages'> {
  return { messages: (query) => pageOfMessages(reader, query) };
}

async function pageOfMessages(reader: Reader, query: MessageQuery): Promise<Page<StoredMessage>> {
  const { from, towards = 'next', order = 'desc' } = query;
  const limit = Math.min(Math.max(Math.trunc(query.limit), 1), maxPage);
  const ascending = (order === 'asc') === (towards === 'next');
  const found = await walk(reader, query, { from: from?.at, ascending, limit: limit + 1 });
  const before =
    from === undefined
      ? []
      : await walk(reader, query, { from: from.at, ascending: !ascending, limit: 1, inclusive: true });
  const items = found.slice(0, limit);
  const more = found.length > limit;
  if (towards === 'previous') items.reverse();
  return {
    items,
    positions: items.map(({ messageNumber }) => ({ at: messageNumber, id: String(messageNumber) })),
    hasNext: towards === 'next' ? more : before.length > 0,
    hasPrevious: towards === 'next' ? before.length > 0 : more,
  };
}

interface Walk {
  /** Number beyond which, or at which if `inclusive`, it begins; the end of the log when absent. */
  from: number | undefined;
  ascending: boolean;
  limit: number;
  inclusive?: boolean;
}

/** Bulk by bulk from a place on, until there are as many frames as wanted. */
async function walk(
  { db }: Reader,
  query: MessageQuery,
  { from, ascending, limit, inclusive }: Walk,
): Promise<StoredMessage[]> {
  const isBeyond = (number: number) => {
    if (from === undefined || (inclusive === true && number === from)) return true;
    return ascending ? number > from : number < from;
  };
  const found: StoredMessage[] = [];
  const conditions = conditionsOf(query);
  let edge = await bulkOf(db, from, ascending);
  while (found.length < limit) {
    const next = await db
      .selectFrom('messages')
      .select('bulk')
      .where(every([edgeOf(edge, ascending), ...conditions]))
      .orderBy('bulk', ascending ? 'asc' : 'desc')
      .limit(1)
      .executeTakeFirst();
    if (next === undefined) return found;
    const rows = await db
      .selectFrom('messages')
      .selectAll()
      .where(every([sql<SqlBool>`bulk = ${next.bulk}`, ...conditions]))
      .execute();
    const frames = rows.flatMap(decoded).filter((frame) => isBeyond(frame.messageNumber) && fits(frame, query));
    const sign = ascending ? 1 : -1;
    found.push(...frames.toSorted((one, other) => sign * (one.messageNumber - other.messageNumber)));
    edge = { bulk: next.bulk, inclusive: false };
  }
  return found.slice(0, limit);
}

function every(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.join(conditions, sql` and `)}`;
}

interface Edge {
  bulk: number;
  inclusive: boolean;
}

/** The bulk that holds the frame of a number, from where to look on. */
async function bulkOf(db: Reader['db'], from: number | undefined, ascending: boolean): Promise<Edge | undefined> {
  if (from === undefined) return undefined;
  if (!ascending) return { bulk: from, inclusive: true };
  const row = await db
    .selectFrom('messages')
    .select('bulk')
    .where('bulk', '<=', from)
    .orderBy('bulk', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { bulk: row?.bulk ?? from, inclusive: true };
}

function edgeOf(edge: Edge | undefined, ascending: boolean): RawBuilder<SqlBool> {
  if (edge === undefined) return sql<SqlBool>`true`;
  const operator = `${ascending ? '>' : '<'}${edge.inclusive ? '=' : ''}`;
  return sql<SqlBool>`bulk ${sql.raw(operator)} ${edge.bulk}`;
}

/** What a row must be like to hold a frame that fits. */
function conditionsOf({ stationId, action, messageId, search, taken }: MessageQuery): RawBuilder<SqlBool>[] {
  const parts = [action, messageId].filter((part) => part !== undefined && part !== '');
  return [
    ...(stationId === undefined ? [] : [sql<SqlBool>`station_id = ${stationId}`]),
    ...(taken?.since === undefined ? [] : [sql<SqlBool>`last_at >= ${taken.since.getTime()}`]),
    ...(taken?.until === undefined ? [] : [sql<SqlBool>`first_at < ${taken.until.getTime()}`]),
    ...parts.map((part) => sql<SqlBool>`instr(frames, ${part}) > 0`),
    ...(search === undefined || search === '' ? [] : [sql<SqlBool>`instr(lower(frames), ${search.toLowerCase()}) > 0`]),
  ];
}

function fits(frame: StoredMessage, { action, direction, messageId, search, taken }: MessageQuery): boolean {
  return (
    (action === undefined || frame.action === action) &&
    (direction === undefined || frame.direction === direction) &&
    (messageId === undefined || frame.messageId === messageId) &&
    (search === undefined || frame.text.toLowerCase().includes(search.toLowerCase())) &&
    (taken?.since === undefined || frame.at >= taken.since) &&
    (taken?.until === undefined || frame.at < taken.until)
  );
}
