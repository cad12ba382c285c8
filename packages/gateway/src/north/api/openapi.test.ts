import { expect, test } from 'vitest';
import { Errors } from 'typebox/schema';
import { startApi } from '../../../test/support/api-server.ts';
import * as requests from './requests.ts';
import * as schemas from './schemas.ts';

interface Operation {
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, { schema: object }> }>;
}

async function operations(): Promise<{ path: string; method: string; operation: Operation }[]> {
  const { call } = await startApi({ set: { publicUrl: 'https://csms.example.com' } });
  const { body } = await call('GET', '/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  expect(body.info).toMatchObject({ title: 'Busbar', version: '0.0.0-test' });
  expect(body.servers).toEqual([{ url: 'https://csms.example.com' }]);
  const paths: Record<string, Record<string, Operation>> = body.paths;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

test('describes every operation: what it is, its parameters, its answers', async () => {
  const all = await operations();
  expect(all.length).toBeGreaterThan(50);
  for (const { path, operation } of all) {
    expect(operation.summary).toMatch(/^[A-Z].+/);
    expect(operation.tags).toHaveLength(1);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(declared.map(({ name }) => name)).toEqual(inPath);
    expect(declared.every(({ required }) => required === true)).toBe(true);
    for (const [status, { description, $ref }] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^(default|\d{3})$/);
      expect(description ?? $ref).toBeTypeOf('string');
    }
  }
});

test('an operation is named once, and every answer of /v1.1 has a schema', async () => {
  const all = await operations();
  const names = all.map(({ path, method }) => `${method} ${path}`);
  expect(new Set(names).size).toBe(names.length);
  const without = all.filter(
    ({ path, operation }) =>
      path.startsWith('/v1.1') &&
      !Object.values(operation.responses).some(({ content }) => content?.['application/json']?.schema !== undefined),
  );
  expect(without.map(({ path }) => path)).toEqual(['/v1.1/events/stream']);
});

test('every operation tells its scope, its errors and the headers it heeds', async () => {
  const { call } = await startApi();
  const { body } = await call('GET', '/openapi.json');
  const paths: Record<string, Record<string, Operation & { operationId: string; description?: string }>> = body.paths;
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  );
  for (const { operationId, description, responses } of all.filter(({ path }) => path.startsWith('/v1.1'))) {
    expect(description, operationId).toMatch(/the scope `(read|write):[a-z]+`/);
    expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(['400', '401', '403', '429']));
  }
  for (const { operationId, responses } of all.filter(({ path }) => path.includes('{')))
    expect(Object.keys(responses), operationId).toContain('404');
  const ids = all.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain('postChargestationsByIdReset');
  const namesOf = (operation: { parameters: { $ref?: string }[] }) => operation.parameters.map(({ $ref }) => $ref);
  expect(namesOf(body.paths['/v1.1/chargestations/{id}/reset'].post)).toEqual(
    expect.arrayContaining(['#/components/parameters/Prefer', '#/components/parameters/IdempotencyKey']),
  );
  expect(namesOf(body.paths['/v1.1/events/stream'].get)).toContain('#/components/parameters/LastEventId');
  expect(body.paths['/v1.1/events/stream'].get.responses[200].content).toHaveProperty('text/event-stream');
  const lost = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)].filter(
    ([, place = '']) => place.split('/').reduce((at, name) => at?.[name], body) === undefined,
  );
  expect(lost).toEqual([]);
});

test('every answer and body of a resource has an example that fits it', () => {
  const all = Object.entries({ ...requests, ...schemas }).flatMap(([name, schema]) => {
    const given = typeof schema === 'object' && 'examples' in schema ? schema.examples : undefined;
    const examples: unknown[] = Array.isArray(given) ? given : [];
    return examples.map((example) => ({ name, mistakes: Errors(Object(schema), example)[1] }));
  });
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter(({ mistakes }) => mistakes.length > 0)).toEqual([]);
  const bodies = Object.keys(requests).filter((name) => /Body$|^new|Changes$/.test(name));
  expect(bodies.filter((name) => !all.some((known) => known.name === name))).toEqual([]);
});
