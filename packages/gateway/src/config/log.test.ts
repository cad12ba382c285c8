import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function logged(format: 'json' | 'pretty', write: (log: ReturnType<typeof createLog>['log']) => void): string {
  let text = '';
  const destination = { write: (line: string) => void (text += line) };
  write(createLog({ level: 'trace', format, destination, isTerminal: false, colour: false }).log);
  return text;
}

const frame = (action: string, payload: object) => JSON.stringify([2, '1', action, payload]);

test.each<[string, object]>([
  ['an id token of 1.6', { idTag: 'SECRET' }],
  ['an id token of 2.x', { idToken: { idToken: 'SECRET', type: 'ISO14443' } }],
  ['an id token deep inside', { command: { record: { idToken: { idToken: 'SECRET' } } } }],
  ['a list of id tokens', { list: [{ idTag: 'SECRET' }] }],
  ['a password', { password: 'SECRET' }],
  ['a 1.6 password', { request: { key: 'AuthorizationKey', value: 'SECRET' } }],
  ['a 2.x password', { variable: { name: 'BasicAuthPassword' }, attributeValue: 'SECRET' }],
  ['a header', { headers: { authorization: 'Basic SECRET' } }],
  ['a header in a text', { text: 'Authorization: Bearer SECRET' }],
  ['an API key in a text', { text: 'key bb_SECRETSECRETSECRETSECRET was used' }],
  ['a password in a URL', { url: 'mqtts://user:SECRET@broker:8883' }],
  ['a frame with an id token of 1.6', { text: frame('Authorize', { idTag: 'SECRET' }) }],
  [
    'a frame with an id token of 2.x',
    { text: frame('Authorize', { idToken: { idToken: 'SECRET', type: 'Central' } }) },
  ],
  ['a frame with a quote in the token', { text: frame('Authorize', { idTag: 'a"SECRET' }) }],
  ['a frame with a 1.6 password', { text: frame('ChangeConfiguration', { key: 'AuthorizationKey', value: 'SECRET' }) }],
  ['a frame with JSON in JSON', { text: frame('DataTransfer', { data: JSON.stringify({ idTag: 'SECRET' }) }) }],
  [
    'a frame with a 2.x password among others',
    {
      text: frame('SetVariables', {
        setVariableData: [
          { attributeValue: 'open', component: { name: 'A' }, variable: { name: 'B' } },
          { attributeValue: 'SECRET', component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } },
        ],
      }),
    },
  ],
  ['an error', { err: new Error('no Bearer SECRET', { cause: new Error('mqtt://u:SECRET@host') }) }],
])('masks %s', (_what, fields) => {
  for (const format of ['json', 'pretty'] as const) {
    expect(logged(format, (log) => log.info(fields, 'done'))).not.toContain('SECRET');
    expect(logged(format, (log) => log.child(fields).info({}, 'done'))).not.toContain('SECRET');
  }
});

test('writes the rest as it is, errors with their cause', () => {
  const fields = {
    stationId: 'CP1',
    at: new Date(0),
    size: 3n,
    err: new Error('outer', { cause: new Error('inner') }),
  };
  const line: unknown = JSON.parse(logged('json', (log) => log.child({ driver: 'ocpp' }).warn(fields, 'odd')));
  expect(line).toMatchObject({
    level: 40,
    driver: 'ocpp',
    stationId: 'CP1',
    at: '1970-01-01T00:00:00.000Z',
    size: '3',
    msg: 'odd',
    err: { type: 'Error', message: 'outer', cause: { message: 'inner' } },
  });
});

test('survives fields that refer to themselves', () => {
  const loop: Record<string, unknown> = { name: 'loop' };
  loop['self'] = loop;
  expect(logged('json', (log) => log.info(loop, 'odd'))).toContain('[deep]');
});

test('writes lines for people: time, level, sentence, fields, and stacks below', () => {
  const text = logged('pretty', (log) =>
    log.error({ stationId: 'CP 1', evseId: 2, err: new Error('broken') }, 'station lost'),
  );
  const [head = '', ...stack] = text.split('\n');
  expect(head).toMatch(/^\d\d:\d\d:\d\d\.\d{3} error station lost {2}stationId="CP 1" {2}evseId=2$/);
  expect(stack[0]).toBe('    Error: broken');
});
