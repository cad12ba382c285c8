import { RequestError } from './problem.ts';

/** Deepest nesting of a request body. */
const maxDepth = 32;

/**
 * Reads a JSON body. Nothing is `undefined`.
 * @throws RequestError with the position of a syntax error, on nesting beyond {@link maxDepth} and on `__proto__`
 */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'syntax error';
    throw new RequestError('invalid-request', `The body is not JSON: ${placeOf(reason, text)}.`);
  }
  if (value === null) throw new RequestError('invalid-request', 'The body is null; leave it out, or send an object.');
  check(value);
  return value;
}

/** V8 quotes the text around a mistake, which may hold a secret; only the position is told. */
function placeOf(reason: string, text: string): string {
  const position = Number(/at position (\d+)/.exec(reason)?.[1] ?? text.length);
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  return `line ${line}, column ${position - before.lastIndexOf('\n')}`;
}

function check(value: unknown): void {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > maxDepth)
      throw new RequestError('invalid-request', `The body is nested deeper than ${maxDepth} levels.`);
    if (Object.hasOwn(next.value, '__proto__'))
      throw new RequestError('invalid-request', 'The body has a member __proto__, which is refused.');
    for (const member of Object.values(next.value)) open.push({ value: member, depth: next.depth + 1 });
  }
}
