import { expect, it } from 'vitest';
import { toVersions, type StationOptions } from './options.ts';
import { createSimulatedHost } from './simulation/simulated-host.ts';
import { createStation } from './station.ts';

const options = {
  identity: 'CP1',
  url: 'ws://127.0.0.1:9000/ocpp',
  versions: ['1.6'],
  host: createSimulatedHost(),
} satisfies StationOptions;

it.each([
  ['identity', { identity: 'a:b' }, /identity "a:b"/],
  ['identity', { identity: '' }, /1 to 48 characters/],
  ['url', { url: 'http://127.0.0.1' }, /must be a ws: or wss: URL/],
  ['url', { url: 'nonsense' }, /must be a ws: or wss: URL/],
  ['setting', { settings: { 'OCPPCommCtrlr.HeartbeatInterval': 'soon' } }, /HeartbeatInterval: not an integer/],
])('refuses a wrong %s and says how it must be', (_name, wrong, message) => {
  expect(() => createStation({ ...options, ...wrong })).toThrow(message);
});

it('reads a list of versions, and says what is none', () => {
  expect(toVersions('2.1, 1.6')).toEqual(['2.1', '1.6']);
  expect(() => toVersions('2.1,2.0')).toThrow(/version "2.0": it is 1.6, 2.0.1 or 2.1/);
});
