import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectStation, startApi, startTransaction } from '../../../test/support/api-server.ts';

interface Example {
  line: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** The `curl` lines of a page, with `$NAME` filled in. */
function examplesOf(page: string, values: Record<string, string>): Example[] {
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap((match) => (match[1] ?? '').split('\n'));
  return blocks.filter((line) => line !== '').map((line) => toExample(line, values));
}

function toExample(line: string, values: Record<string, string>): Example {
  const words = [...line.matchAll(/"((?:\\.|[^"])*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[2] ?? fill(match[1] ?? match[3] ?? '', values),
  );
  if (words.shift() !== 'curl') throw new Error(`not an example with curl: ${line}`);
  const example: Example = { line, method: 'GET', path: '', headers: {} };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-H') {
      const [name = '', value = ''] = (words.shift() ?? '').split(/: (.*)/);
      example.headers[name.toLowerCase()] = value;
    } else if (word === '-X') example.method = words.shift() ?? '';
    else if (word === '--json') {
      example.body = words.shift() ?? '';
      if (example.method === 'GET') example.method = 'POST';
    } else example.path = word;
  }
  return example;
}

function fill(word: string, values: Record<string, string>): string {
  return word
    .replaceAll(/(?<!\\)\$([A-Z_]+)/g, (_, name: string) => values[name] ?? `no value for ${name}`)
    .replaceAll('\\$', '$');
}

test('every example of docs/api.md works', async () => {
  const { core, call, key, client } = await startApi();
  const link = await connectStation(core);
  link.reply = () => ({ accepted: true, status: 'Accepted', response: { configurationKey: [] } });
  const { transactionId } = await startTransaction(core);
  const { _id: action } = await client.stations.clearCache('CP1');
  const { _id: old } = await client.keys.create({ name: 'old', scopes: ['read:*'] });
  const values = {
    URL: '',
    AUTH: `Authorization: Bearer ${key}`,
    SESSION: `CP1:${transactionId}`,
    ACTION: action,
    OLD_KEY: old,
  };
  const examples = examplesOf(readFileSync(new URL('../../../../../docs/api.md', import.meta.url), 'utf8'), values);
  expect(examples.length).toBeGreaterThan(50);
  const failed: string[] = [];
  for (const { line, method, path, headers, body } of examples) {
    const answer = await call(method, path, { headers, ...(body !== undefined && { body }) });
    if (answer.status > 299) failed.push(`${line}\n  ${answer.status} ${answer.text}`);
  }
  expect(failed).toEqual([]);
});

test('every path of the API is in docs/api.md', async () => {
  const { call } = await startApi();
  const page = readFileSync(new URL('../../../../../docs/api.md', import.meta.url), 'utf8');
  const { body } = await call('GET', '/openapi.json');
  const examples = examplesOf(page, {}).map(({ path }) => path.split('?', 1)[0] ?? '');
  const silent = Object.keys(body.paths).filter((template) => {
    const pattern = new RegExp(`${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return !examples.some((path) => pattern.test(path)) && !page.includes(template);
  });
  expect(silent).toEqual([]);
});
