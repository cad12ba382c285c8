import { expect, test } from 'vitest';
import { connectStation, startApi } from '../../../test/support/api-server.ts';
import { masked, maskedFrame } from './secrets.ts';

const heartbeat = '[2,"1","Heartbeat",{}]';
const password = '[2,"2","ChangeConfiguration",{"key":"AuthorizationKey","value":"geheim"}]';

test('shows the frames of a station, filtered, with secrets masked', async () => {
  const { core, call } = await startApi();
  await connectStation(core);
  const entry = { stationId: 'CP1', at: core.clock.now(), kind: 'CALL', verdict: 'valid' };
  core.intake.logMessage({ ...entry, direction: 'in', action: 'Heartbeat', messageId: '1', text: heartbeat });
  core.intake.logMessage({ ...entry, direction: 'out', action: 'ChangeConfiguration', messageId: '2', text: password });
  await expect.poll(async () => (await call('GET', '/v1.1/chargestations/CP1/messages')).body.result.length).toBe(2);
  const all = await call('GET', '/v1.1/messages');
  expect(all.text).not.toContain('geheim');
  expect(all.body.result[0]).toMatchObject({
    endpoint: 'CP1',
    direction: 'out',
    kind: 'CALL',
    message_id: '2',
    text: '[2,"2","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]',
    verdict: 'valid',
  });
  const incoming = await call(
    'GET',
    '/v1.1/chargestations/CP1/messages?direction=in&action=Heartbeat&search=Heart&message_id=1',
  );
  expect(incoming.body.result).toEqual([expect.objectContaining({ text: heartbeat })]);
  expect((await call('GET', '/v1.1/messages?direction=up')).status).toBe(400);
});

test.each([
  [
    { key: 'AuthorizationKey', value: 'x' },
    { key: 'AuthorizationKey', value: '***' },
  ],
  [
    { key: 'authorizationkey', value: 'x' },
    { key: 'authorizationkey', value: '***' },
  ],
  [
    { key: 'HeartbeatInterval', value: 'x' },
    { key: 'HeartbeatInterval', value: 'x' },
  ],
  [
    {
      setVariableData: [
        { attributeValue: 'x', component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } },
      ],
    },
    {
      setVariableData: [
        { attributeValue: '***', component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } },
      ],
    },
  ],
  [
    { password: 'x', nested: { secret: 'y' } },
    { password: '***', nested: { secret: '***' } },
  ],
  [
    { apn: { apn: 'a', apnPassword: 'x', simPin: 1234 }, vpn: { user: 'u', password: 'x', key: 'y', type: 'IKEv2' } },
    {
      apn: { apn: 'a', apnPassword: '***', simPin: '***' },
      vpn: { user: 'u', password: '***', key: '***', type: 'IKEv2' },
    },
  ],
  [{ location: 'ftp://joe:geheim@host/file' }, { location: 'ftp://joe:***@host/file' }],
  [{ data: '{"password":"geheim","a":[1]}' }, { data: '{"password":"***","a":[1]}' }],
  [
    { key: 'WifiPassword', value: 'x' },
    { key: 'WifiPassword', value: '***' },
  ],
])('masks %j as %j', (value, expected) => {
  expect(masked(value)).toEqual(expected);
});

test('does not show a frame that names a secret and cannot be read', () => {
  expect(maskedFrame('[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"geh')).not.toContain('geh"');
  expect(maskedFrame('[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"geh')).toMatch(/^\(not shown/);
  expect(maskedFrame('nonsense')).toBe('nonsense');
  const upload = '[2,"1","GetDiagnostics",{"location":"ftp://joe:geheim@host/x"}]';
  expect(maskedFrame(upload)).toBe('[2,"1","GetDiagnostics",{"location":"ftp://joe:***@host/x"}]');
});
