import { Buffer } from 'node:buffer';
import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { MessageEntry } from '../ports/south.ts';
import type { MessageQuery, Page, Queries, StoredMessage } from '../ports/store.ts';
import { maxPage } from './pages.ts';
import type { Reader } from './reader.ts';
import type { MessagesRow } from './tables.ts';
import type { Operations } from './writes.ts';
import { defineInsertOfBytes, push } from './writes.ts';

/**
 * The message log keeps the frames that one station exchanged within half a second in one row: a row, and an entry of an
 * index, for each frame would cost more than the messages themselves. Fields of a frame are separated by a control
 * character, frames by another; neither occurs in JSON, and where it does occur it is replaced.
 */
const betweenFields = '\u001f';
const betweenFrames = '\u001e';
const betweenFramesByte = 0x1e;

/** Frames of one station: where in the bytes of all they are. */
interface Frames {
  stationId: string;
  firstAt: number;
  lastAt: number;
  /** Begin and end of one frame, begin and end of the next ... */
  places: number[];
  size: number;
}

/** A row whose text is a part of the bytes that go along with the batch. */
interface FramesRow {
  bulk: number;
  frames: Frames;
  begin: number;
}

const insertFrames = defineInsertOfBytes<'messages', FramesRow>(
  'messages',
  [
    ['bulk', ({ bulk }) => bulk],
    ['station_id', ({ frames }) => frames.stationId],
    ['first_at', ({ frames }) => frames.firstAt],
    ['last_at', ({ frames }) => frames.lastAt],
  ],
  { column: 'frames', begin: ({ begin }) => begin, end: ({ begin, frames }) => begin + frames.size },
);

/** Frames that are written together: few enough that commits wait a few ms at most. */
const framesPerBulk = 1000;
const firstBytes = 65_536;
/** Bytes that a UTF-16 unit may need. */
const maxBytesPerUnit = 3;

/**
 * Frames in order of arrival that are written together. They become bytes outside of the heap at once: strings that wait
 * for half a second would be copied by each collection of garbage, and again on their way to the writing thread.
 */
class Bulk {
  readonly #byStation = new Map<string, Frames>();
  #bytes = Buffer.allocUnsafeSlow(firstBytes);
  #end = 0;
  count = 0;

  add(entry: MessageEntry): void {
    const { stationId } = entry;
    const at = entry.at.getTime();
    const begin = this.#end;
    this.#write(headOf(entry, { index: this.count++, at }));
    this.#write(withoutSeparators(entry.text));
    const size = this.#end - begin;
    const known = this.#byStation.get(stationId);
    if (known === undefined) {
      this.#byStation.set(stationId, { stationId, firstAt: at, lastAt: at, places: [begin, this.#end], size });
      return;
    }
    known.places.push(begin, this.#end);
    known.size += size + 1;
    known.firstAt = Math.min(known.firstAt, at);
    known.lastAt = Math.max(known.lastAt, at);
  }

  /** The first frame gets the number `number`. Returns the bytes of the rows. */
  write(operations: Operations, number: number): Uint8Array<ArrayBuffer> {
    const bytes = Buffer.allocUnsafeSlow(this.#end + this.count);
    let begin = 0;
    for (const frames of this.#byStation.values()) {
      push(operations, insertFrames, { bulk: number, frames, begin });
      begin = this.#gather(frames, bytes, begin);
    }
    return bytes;
  }

  #gather({ places }: Frames, bytes: Buffer, begin: number): number {
    let at = begin;
    for (let index = 0; index < places.length; index += 2) {
      if (index > 0) bytes[at++] = betweenFramesByte;
      at += this.#bytes.copy(bytes, at, places[index], places[index + 1]);
    }
    return at;
  }

  #write(text: string): void {
    const needed = this.#end + text.length * maxBytesPerUnit;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#end);
      this.#bytes = larger;
    }
    this.#end += this.#bytes.write(text, this.#end, 'utf8');
  }
}

/** Frames that wait to be written. */
export class WaitingFrames {
  readonly #bulks: Bulk[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** No more frames would go into the oldest bulk. */
  get isFull(): boolean {
    return this.#size >= framesPerBulk;
  }

  add(entry: MessageEntry): void {
    let bulk = this.#bulks.at(-1);
    if (bulk === undefined || bulk.count >= framesPerBulk) {
      bulk = new Bulk();
      this.#bulks.push(bulk);
    }
    bulk.add(entry);
    this.#size++;
  }

  /** The oldest that are written together; `undefined` when none wait. */
  take(): Bulk | undefined {
    const bulk = this.#bulks.shift();
    this.#size -= bulk?.count ?? 0;
    return bulk;
  }

  /** Drops the older half, as it is written together, and returns how many those were. */
  drop(): number {
    const before = this.#size;
    for (let bulks = Math.ceil(this.#bulks.length / 2); bulks > 0; bulks--) this.take();
    return before - this.#size;
  }
}

/** All but the text, which follows. */
function headOf(entry: MessageEntry, { index, at }: { index: number; at: number }): string {
  const { direction, kind, messageId = '', action = '', verdict, errorCode = '', notes } = entry;
  const told = notes === undefined ? '' : JSON.stringify(notes);
  const id = withoutSeparators(messageId);
  const name = withoutSeparators(action);
  const code = withoutSeparators(errorCode);
  const s = betweenFields;
  return `${index}${s}${at}${s}${direction}${s}${kind}${s}${id}${s}${name}${s}${verdict}${s}${code}${s}${told}${s}`;
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
