import { expect, test } from 'vitest';
import type { CommandRecord } from '../../domain/commands.ts';
import type { Fact, FactType } from '../../domain/facts.ts';
import type { Transaction } from '../../domain/transaction.ts';
import { eventIdOf, factTypesOf, isWanted, publicTypesOf, seqOf, toEvent } from './event-types.ts';

const at = new Date('2026-11-20T09:00:00.100Z');
const station = { stationId: 'CP1', at };
const token = { tokenId: 'a'.repeat(24), idToken: 'T', type: 'ISO14443', blocked: false, createdAt: at, updatedAt: at };
const command: CommandRecord = {
  commandId: 'b'.repeat(24),
  stationId: 'CP1',
  command: {
    type: 'setVariables',
    variables: [{ component: { name: 'ConfigurationKey' }, variable: { name: 'K' }, value: '1' }],
  },
  status: 'sent',
  requestedBy: 'x',
  requestedAt: at,
  updatedAt: at,
  expiresAt: at,
  timeoutS: 30,
};
const transaction: Transaction = {
  stationId: 'CP1',
  transactionId: '7',
  evseId: 1,
  connectorId: 1,
  state: 'active',
  startedAt: at,
  energy: 0,
  offline: false,
  anomalies: [],
  updatedAt: at,
};

const facts: [fact: Fact, type: string | undefined][] = [
  [{ ...station, type: 'station.registered', admission: 'held' }, 'chargestation.created'],
  [{ ...station, type: 'station.admission-changed', admission: 'admitted' }, 'chargestation.updated'],
  [{ ...station, type: 'station.deleted' }, 'chargestation.deleted'],
  [{ ...station, type: 'station.connected', protocol: 'ocpp1.6' }, 'chargestation.online'],
  [{ ...station, type: 'station.disconnected', reason: 'gone' }, 'chargestation.offline'],
  [{ ...station, type: 'station.booted', info: {}, registration: 'Accepted' }, 'chargestation.booted'],
  [
    { ...station, type: 'station.availability-changed', availability: 'Operative' },
    'chargestation.availability.updated',
  ],
  [
    {
      ...station,
      type: 'connector.status-changed',
      evseId: 1,
      connector: { connectorId: 1, status: 'Occupied', statusDetail: 'Finishing', since: at },
    },
    'chargestation.connector_status.updated',
  ],
  [{ ...station, type: 'evse.limit-changed', evseId: 1, currentLimit: 16 }, 'chargestation.power_limit.updated'],
  [{ ...station, type: 'transaction.started', transaction }, 'session.started'],
  [{ ...station, type: 'transaction.updated', transaction, triggerReason: 'MeterValuePeriodic' }, 'session.updated'],
  [{ ...station, type: 'transaction.ended', transaction }, 'session.ended'],
  [{ ...station, type: 'measurements.taken', transactionId: '7', measurements: [] }, 'session.energy_report'],
  [{ ...station, type: 'measurements.taken', measurements: [] }, 'chargestation.energy_report'],
  [{ ...station, type: 'variables.reported', toBeContinued: false, variables: [] }, undefined],
  [
    {
      ...station,
      type: 'variable.changed',
      variable: { component: { name: 'ConfigurationKey' }, variable: { name: 'K' }, value: '1' },
    },
    'chargestation.variable.updated',
  ],
  [
    {
      ...station,
      type: 'event.notified',
      event: {
        component: { name: 'C' },
        variable: { name: 'V' },
        eventId: 1,
        trigger: 'Delta',
        actualValue: '1',
        occurredAt: at,
      },
    },
    'chargestation.event.notified',
  ],
  [{ ...station, type: 'data.transferred', vendorId: 'v' }, 'chargestation.data_transfer.received'],
  [{ ...station, type: 'firmware.status-changed', status: 'Installed' }, 'chargestation.firmware_status.updated'],
  [{ ...station, type: 'log.status-changed', status: 'Uploaded' }, 'chargestation.diagnostics_status.updated'],
  [
    { ...station, type: 'security-event.raised', event: 'InvalidMessages', raisedBy: 'gateway', occurredAt: at },
    'chargestation.security_event',
  ],
  [
    {
      ...station,
      type: 'reservation.changed',
      reservation: { reservationId: 1, idToken: token, expiresAt: at, status: 'Active', updatedAt: at },
    },
    'reservation.updated',
  ],
  [{ ...station, type: 'token.authorized', idToken: token, idTokenInfo: { status: 'Accepted' } }, undefined],
  [{ ...station, type: 'command.requested', command }, undefined],
  [{ ...station, type: 'command.sent', command }, 'chargestation.update_configuration.requested'],
  [
    { ...station, type: 'command.settled', command: { ...command, status: 'accepted' } },
    'chargestation.update_configuration.accepted',
  ],
  [
    { ...station, type: 'command.settled', command: { ...command, status: 'failed', failure: 'Timeout' } },
    'chargestation.update_configuration.rejected',
  ],
  [{ type: 'token.changed', at, token }, 'token.updated'],
  [{ type: 'token.deleted', at, token }, 'token.deleted'],
];

test.each(facts)('%j is the event %s', (fact, type) => {
  const event = toEvent({ ...fact, seq: 5 });
  expect(event?.type).toBe(type);
  if (event === undefined) return;
  expect(event).toMatchObject({ _id: eventIdOf({ seq: 5, at }), createdAt: '2026-11-20T09:00:00.100Z' });
  expect(event.object).toMatch(/^(chargestation|session|action|reservation|token)$/);
  expect(publicTypesOf(fact.type) ?? [type]).toContain(type);
  expect(factTypesOf([event.type])).toContain(fact.type);
});

test('an event id tells time and place in the log', () => {
  expect(seqOf(eventIdOf({ seq: 123_456_789_012, at }))).toBe(123_456_789_012);
  expect(eventIdOf({ seq: 1, at })).toMatch(/^[0-9a-f]{24}$/);
  expect(eventIdOf({ seq: 1, at: new Date(at.getTime() + 1000) }) > eventIdOf({ seq: 9, at })).toBe(true);
  expect(seqOf('17')).toBe(17);
  for (const nonsense of ['', '-1', 'x', '1e3', 'f'.repeat(24), 'a'.repeat(23)])
    expect(seqOf(nonsense)).toBeUndefined();
});

test('the action inside an update_configuration event is as eDRV publishes it', () => {
  const fact: Fact = {
    ...station,
    type: 'command.settled',
    command: { ...command, status: 'accepted', result: { accepted: true, status: 'Accepted' } },
  };
  expect(toEvent({ ...fact, seq: 1 })?.data).toMatchObject({
    _id: command.commandId,
    type: 'chargestation.update_configuration',
    status: 'completed',
    data: { key: 'K', value: '1' },
    response_data: { status: 'Accepted' },
  });
});

test('patterns ask for one type, all that begin so, or everything', () => {
  expect(isWanted('session.started', [])).toBe(true);
  expect(isWanted('session.started', ['*'])).toBe(true);
  expect(isWanted('session.started', ['session.*'])).toBe(true);
  expect(isWanted('session.started', ['session'])).toBe(false);
  expect(isWanted('session.started', ['chargestation.*', 'session.started'])).toBe(true);
  const read: FactType[] = factTypesOf(['session.started']);
  expect(read).toContain('transaction.started');
  expect(read).not.toContain('measurements.taken');
});
