import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  actionsOf,
  actionTable,
  isAction,
  senderOf,
  subprotocolOf,
  versionOf,
  type ActionOf,
  type RequestOf,
  type ResponseOf,
} from './index.ts';

describe('actions', () => {
  it.each([
    ['1.6', 39, 13],
    ['2.0.1', 64, 24],
    ['2.1', 91, 35],
  ] as const)(
    'OCPP %s has %i actions, each with validators; %i of them are the station’s alone',
    (version, count, fromStation) => {
      const actions = actionsOf(version);
      expect(actions).toHaveLength(count);
      expect(actions.filter(({ from }) => from === 'station')).toHaveLength(fromStation);
      const table = actionTable(version);
      expect([...table.keys()]).toEqual(actions.map(({ name }) => name));
      for (const { request, response, from } of table.values()) {
        expect(request).toBeTypeOf('function');
        expect(response === undefined).toBe(from === 'send');
      }
      expect(actionTable(version)).toBe(table);
    },
  );

  it('only NotifyPeriodicEventStream is for SEND, and DataTransfer goes both ways', () => {
    const all = [...actionsOf('1.6'), ...actionsOf('2.0.1'), ...actionsOf('2.1')];
    expect(all.filter(({ from }) => from === 'send').map(({ name }) => name)).toEqual(['NotifyPeriodicEventStream']);
    expect(all.filter(({ from }) => from === 'both').map(({ name }) => name)).toEqual(Array(3).fill('DataTransfer'));
    expect(senderOf('1.6', 'Reset')).toBe('csms');
    expect(senderOf('1.6', 'SetVariables')).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'toString', 'heartbeat', 'SetVariables', ''])(
    '%j is no action of 1.6',
    (name) => {
      expect(isAction('1.6', name)).toBe(false);
      expect(actionTable('1.6').has(name)).toBe(false);
    },
  );

  it('knows the subprotocols', () => {
    for (const version of ['1.6', '2.0.1', '2.1'] as const) expect(versionOf(subprotocolOf[version])).toBe(version);
    expect(versionOf('ocpp1.5')).toBeUndefined();
    expect(versionOf('OCPP1.6')).toBeUndefined();
    expect(versionOf('constructor')).toBeUndefined();
  });

  it('types every request and response', () => {
    expectTypeOf<RequestOf<'1.6', 'Authorize'>>().toEqualTypeOf<{ idTag: string }>();
    expectTypeOf<ResponseOf<'1.6', 'Reset'>>().toEqualTypeOf<{ status: 'Accepted' | 'Rejected' }>();
    expectTypeOf<ResponseOf<'2.1', 'NotifyPeriodicEventStream'>>().toEqualTypeOf<void>();
    expectTypeOf<RequestOf<'2.0.1', 'DataTransfer'>['data']>().toEqualTypeOf<unknown>();
    expectTypeOf<'TransactionEvent'>().toExtend<ActionOf<'2.0.1'>>();
    expectTypeOf<'StartTransaction'>().not.toExtend<ActionOf<'2.1'>>();
  });
});
