import { createHmac, timingSafeEqual } from 'node:crypto';
import { Compile } from 'typebox/schema';
import { type Static, Type } from 'typebox';
import { RequestError } from './problem.ts';

const cursorContent = Type.Object({
  /** Route of the list. */
  l: Type.String(),
  /** Filters and order, as they stood in the query. */
  q: Type.Record(Type.String(), Type.String()),
  t: Type.Enum(['next', 'previous']),
  at: Type.Number(),
  id: Type.String(),
});

export type CursorContent = Static<typeof cursorContent>;

const content = Compile(cursorContent);

/** Makes and reads the opaque, signed places in a list that callers are given. */
export class Cursors {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  toText(cursor: CursorContent): string {
    const body = Buffer.from(JSON.stringify(cursor)).toString('base64url');
    return `${body}.${this.#sign(body).toString('base64url')}`;
  }

  /** @throws RequestError when this gateway did not make it, or made it for another list */
  read(text: string, list: string): CursorContent {
    const [body = '', signature = ''] = text.split('.');
    const expected = this.#sign(body);
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw unusable('was not made by this gateway');
    const parsed: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
    if (!content.Check(parsed) || parsed.l !== list) throw unusable('belongs to another list');
    return parsed;
  }

  #sign(body: string): Buffer {
    return createHmac('sha256', this.#secret).update(`cursor\u0000${body}`).digest().subarray(0, 16);
  }
}

function unusable(why: string): RequestError {
  return new RequestError('invalid-request', `query/cursor: ${why}. Start again without a cursor.`, {
    mistakes: [{ pointer: 'query/cursor', detail: why }],
  });
}
