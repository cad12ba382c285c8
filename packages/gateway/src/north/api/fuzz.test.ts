import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectStation, startApi } from '../../../test/support/api-server.ts';

const routes: [method: string, path: string][] = [
  ['POST', '/v1.1/chargestations'],
  ['PATCH', '/v1.1/chargestations/CP1'],
  ['POST', '/v1.1/chargestations/CP1/reset'],
  ['POST', '/v1.1/chargestations/CP1/availability'],
  ['POST', '/v1.1/chargestations/CP1/set_current_limit'],
  ['POST', '/v1.1/chargestations/CP1/variables/get'],
  ['PUT', '/v1.1/chargestations/CP1/variables'],
  ['POST', '/v1.1/sessions'],
  ['POST', '/v1.1/tokens'],
  ['POST', '/v1.1/keys'],
];

/** Bodies no route takes: every object has a member that is not known. */
const hostileBody = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc
    .dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }))
    .map((object) => JSON.stringify({ ...object, '$no such member': 1 })),
  fc.constantFrom(
    '',
    '[]',
    'null',
    '"',
    '{"__proto__":1}',
    '{"constructor":{"prototype":{}},"x":1}',
    '{"a":1e999,"b":2}',
  ),
);

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom('..', '%', '%00', '\u0000', '__proto__', 'constructor'),
);

test('no body makes the API fail, or changes anything', async () => {
  const { core, call } = await startApi({ set: { writesPerMinute: 100_000, readsPerMinute: 100_000 } });
  const link = await connectStation(core);
  const before = await core.gateway.queries.factRange();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), hostileBody, async ([method, path], body) => {
      const optional = path.endsWith('reset') && ['', '{}'].includes(body.trim());
      const unchanged = path.endsWith('CP1') && ['', '{}'].includes(body.trim());
      const { status, body: answer } = await call(method, path, { body });
      if (optional || unchanged) return;
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(answer).toMatchObject({ ok: false, result: null, status });
    }),
    { numRuns: 300, interruptAfterTimeLimit: 15_000 },
  );
  const resets = link.commands.filter(({ type }) => type !== 'reset');
  expect(resets).toEqual([]);
  const after = await core.gateway.queries.facts({ afterSeq: before.last, limit: 1000 });
  expect(after.filter(({ type }) => !type.startsWith('command.'))).toEqual([]);
}, 30_000);

test('no path or query makes the API fail', async () => {
  const { core, call } = await startApi({ set: { readsPerMinute: 100_000 } });
  await connectStation(core);
  const lists = [
    'chargestations',
    'sessions',
    'tokens',
    'actions',
    'reservations',
    'events',
    'messages',
    'audit',
    'connectors',
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lists), hostileText, hostileText, async (list, id, text) => {
      const encoded = encodeURIComponent(id.toWellFormed());
      const query = `${encodeURIComponent(id.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`;
      const cursor = `cursor=${encodeURIComponent(text.toWellFormed())}&search=${encoded}`;
      for (const path of [`/v1.1/${list}/${encoded}`, `/v1.1/${list}?${query}`, `/v1.1/${list}?${cursor}`]) {
        const { status, text: answer } = await call('GET', path);
        expect(status).toBeLessThan(500);
        expect(answer).not.toMatch(/node_modules|SQLITE|at .*\.ts:/);
      }
    }),
    { numRuns: 150, interruptAfterTimeLimit: 15_000 },
  );
}, 30_000);
