import { expect, test } from 'vitest';
import { stationIdOf, tellEvent } from './event-words.ts';

const event = (type: string, object: string, data: unknown) => ({
  _id: '0',
  type,
  object,
  data,
  createdAt: '2026-05-04T08:15:00.000Z',
});

test.each([
  ['chargestation.online', { protocol: 'ocpp1.6' }, 'connected, OCPP 1.6'],
  ['chargestation.created', { admission: 'held' }, 'seen for the first time, waits for admission'],
  [
    'chargestation.connector_status.updated',
    { connectors: [{ evse: 2, status: 'Faulted', error_code: 'GroundFailure' }] },
    'EVSE 2 Faulted GroundFailure',
  ],
  ['chargestation.power_limit.updated', { evse: 1, limit: null }, 'EVSE 1: no current limit'],
  [
    'session.ended',
    { metrics: { energyConsumed: 2000 }, stoppedReason: 'Remote' },
    'charging session ends, 2.00 kWh, Remote',
  ],
  [
    'session.energy_report',
    { reports: [{ evse: 1, measurand: 'Power.Active.Import', value: 7360 }] },
    'EVSE 1 measures 7.36 kW',
  ],
  ['session.energy_report', { reports: [{ evse: 1, measurand: 'Frequency', value: 50 }] }, 'EVSE 1 measures 1 values'],
  ['something.new', {}, 'something.new'],
  ['session.ended', null, 'charging session ends'],
])('%s is told', (type, data, expected) => {
  expect(tellEvent(event(type, 'chargestation', data)).text).toBe(expected);
});

test('an action is told by its name and outcome, with the reason when it failed', () => {
  const data = { endpoint: 'CP1', response_data: { status: 'Rejected' }, detail: 'no car' };
  expect(tellEvent(event('chargestation.reset.rejected', 'action', data))).toEqual({
    endpoint: 'CP1',
    text: 'reset rejected: Rejected no car',
    tone: 'bad',
  });
});

test('the station of an event is the thing itself or what the thing names', () => {
  expect(stationIdOf(event('chargestation.online', 'chargestation', { _id: 'a' }))).toBe('a');
  expect(stationIdOf(event('session.ended', 'session', { _id: 's', chargestation: 'a' }))).toBe('a');
  expect(stationIdOf(event('token.deleted', 'token', { _id: 't' }))).toBeUndefined();
});
