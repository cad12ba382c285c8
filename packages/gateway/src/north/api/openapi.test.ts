import { expect, test } from 'vitest';
import { startApi } from '../../../test/support/api-server.ts';

interface Operation {
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
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
    for (const [status, { description }] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^(default|\d{3})$/);
      expect(description).toBeTypeOf('string');
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
