import { describe, expect, test } from 'vitest';
import { newStation, type ChargingStation } from '../../domain/charging-station.ts';
import { Bench, command, stationId } from '../../../test/support/transcript.ts';
import type { Command } from '../../domain/commands.ts';
import { toVariableAddress } from '../../domain/device-model.ts';
import type { Measurement } from '../../domain/measurement.ts';
import { profileIdOf, toLimit } from './limits.ts';
import { requestIdOf } from './request-id.ts';

/** Answers every call of the gateway by what `answer` makes of it; resolves with the calls and the outcome. */
async function run<Payload>(
  version: '1.6' | '2.0.1',
  wanted: Command,
  answer: (action: string, payload: Payload) => object | undefined,
) {
  const bench = new Bench(version);
  const calls: unknown[][] = [];
  const outcome = command(bench.link, wanted);
  const done = outcome.then(
    () => undefined,
    () => undefined,
  );
  for (let at = 0; ; at++) {
    const frame = await Promise.race([bench.frame(at), done]);
    if (frame === undefined) break;
    const [, id, action, payload] = JSON.parse(JSON.stringify(frame));
    calls.push([action, payload]);
    const response = answer(action, payload);
    bench.receive(response === undefined ? [4, id, 'InternalError', 'busy', {}] : [3, id, response]);
  }
  return { calls, outcome };
}

const keys = Array.from({ length: 25 }, (_, i) => toVariableAddress(`Key${i}`));

describe('OCPP 1.6', () => {
  test('asks how many keys may be read at once, then reads in pieces of that size, in order', async () => {
    const { calls, outcome } = await run(
      '1.6',
      { type: 'getVariables', variables: keys },
      (_action, { key }: { key: string[] }) => ({
        configurationKey: key.map((name) => ({
          key: name,
          readonly: false,
          value: name === 'GetConfigurationMaxKeys' ? '9' : name,
        })),
      }),
    );
    expect(calls.map(([, payload]) => JSON.stringify(payload).match(/"[A-Z]\w+"/g)?.length)).toEqual([1, 9, 9, 7]);
    const { variables, accepted } = await outcome;
    expect(accepted).toBe(true);
    expect(variables?.map(({ value }) => value)).toEqual(keys.map(({ variable }) => variable.name));
  });

  test('sets one key after another, and tells the refused from the set', async () => {
    const variables = keys.slice(0, 3).map((address) => ({ ...address, value: '1' }));
    const { outcome } = await run('1.6', { type: 'setVariables', variables }, (_action, { key }: { key: string }) =>
      key === 'Key1' ? undefined : { status: 'Accepted' },
    );
    expect(await outcome).toMatchObject({
      accepted: false,
      status: 'Rejected',
      variables: [
        { status: 'Accepted' },
        { status: 'Rejected', reason: expect.stringContaining('busy') },
        { status: 'Accepted' },
      ],
    });
  });

  test('knows no other attribute than the actual value', async () => {
    const variables = [toVariableAddress('OCPPCommCtrlr/HeartbeatInterval;MaxSet')];
    const { calls, outcome } = await run('1.6', { type: 'getVariables', variables }, () => ({}));
    expect(calls).toEqual([]);
    expect(await outcome).toMatchObject({ status: 'NotSupportedAttributeType' });
  });

  test('limits in A with stack level 0 when the station does not tell what it takes', async () => {
    const { calls, outcome } = await run('1.6', { type: 'setCurrentLimit', evseId: 1, currentLimit: 6.06 }, (action) =>
      action === 'SetChargingProfile' ? { status: 'Accepted' } : undefined,
    );
    expect(await outcome).toMatchObject({ accepted: true });
    expect(calls.at(-1)).toMatchObject([
      'SetChargingProfile',
      {
        csChargingProfiles: {
          stackLevel: 0,
          chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ limit: 6 }] },
        },
      },
    ]);
  });

  test('refuses a tag that is too long before anything is sent', async () => {
    const idToken = { idToken: 'x'.repeat(21), type: 'ISO14443' };
    const { calls, outcome } = await run('1.6', { type: 'requestStartTransaction', evseId: 1, idToken }, () => ({}));
    await expect(outcome).rejects.toMatchObject({
      failure: 'Invalid',
      sent: false,
      message: expect.stringContaining('/idTag'),
    });
    expect(calls).toEqual([]);
  });
});

describe('OCPP 2.0.1', () => {
  test('tells the number by which the transaction of a remote start is known', async () => {
    const idToken = { idToken: 'TAG', type: 'ISO14443' };
    const command = { type: 'requestStartTransaction', evseId: 1, idToken } as const;
    const { calls, outcome } = await run('2.0.1', command, () => ({ status: 'Accepted' }));
    const { remoteStartId } = await outcome;
    expect(calls).toEqual([['RequestStartTransaction', { idToken, remoteStartId: expect.any(Number), evseId: 1 }]]);
    expect(calls[0]?.[1]).toMatchObject({ remoteStartId });
  });

  test('asks how many variables one message may have, then reads in pieces of that size', async () => {
    const variables = keys.map((_, i) => toVariableAddress(`Vendor/V${i}`));
    const { calls, outcome } = await run(
      '2.0.1',
      { type: 'getVariables', variables },
      (_action, { getVariableData }: { getVariableData: { variable: { name: string } }[] }) => ({
        getVariableResult: getVariableData
          .map((asked) => ({
            ...asked,
            attributeStatus: 'Accepted',
            attributeValue: asked.variable.name === 'ItemsPerMessage' ? '20' : asked.variable.name,
          }))
          .toReversed(),
      }),
    );
    expect(calls.map(([, payload]) => (JSON.stringify(payload).match(/"component"/g) ?? []).length)).toEqual([
      1, 20, 5,
    ]);
    expect((await outcome).variables?.map(({ value }) => value)).toEqual(
      variables.map(({ variable }) => variable.name),
    );
  });

  test('tells which variables were not sent when the station stops answering', async () => {
    const variables = keys.map((_, i) => ({ ...toVariableAddress(`Vendor/V${i}`), value: '1' }));
    let sets = 0;
    const { outcome } = await run(
      '2.0.1',
      { type: 'setVariables', variables },
      (action, { setVariableData }: { setVariableData?: object[] }) => {
        if (action === 'GetVariables') return { getVariableResult: [] };
        if (++sets > 1) return undefined;
        return {
          setVariableResult: setVariableData?.map((asked) => ({
            ...asked,
            attributeValue: undefined,
            attributeStatus: 'Accepted',
          })),
        };
      },
    );
    const result = await outcome;
    expect(result).toMatchObject({ accepted: false, status: 'Rejected' });
    const statuses = result.variables?.map(({ status, reason }) => `${status} ${reason ?? ''}`);
    expect(statuses?.[9]).toBe('Accepted ');
    expect(statuses?.[10]).toMatch(/^Rejected .*busy/);
    expect(statuses?.[20]).toMatch(/^Rejected not sent/);
  });
});

describe('limits', () => {
  const measured = (phases: readonly ('L1' | 'L2' | 'L3')[], voltage: number): ChargingStation => {
    const latest: Record<string, Measurement> = {};
    for (const phase of phases) {
      latest[`V${phase}`] = {
        evseId: 1,
        measurand: 'Voltage',
        value: voltage,
        phase: `${phase}-N`,
        takenAt: new Date(0),
      };
      latest[`A${phase}`] = { evseId: 1, measurand: 'Current.Import', value: 6, phase, takenAt: new Date(0) };
    }
    return {
      ...newStation(stationId, 'admitted', new Date(0)),
      evses: [{ evseId: 1, connectors: [], availability: 'Operative', latest }],
    };
  };

  test('in W count the phases and volts that were measured, and one phase of 230 V when none was', () => {
    expect(toLimit(10, 'W', { station: undefined, evseId: 1 })).toBe(2300);
    expect(toLimit(10, 'W', { station: measured(['L1', 'L2', 'L3'], 240), evseId: 1 })).toBe(7200);
    expect(toLimit(10, 'W', { station: measured(['L1'], 120), evseId: 2 })).toBe(2300);
  });

  test('are rounded down to a tenth', () => {
    expect(toLimit(15.99, 'A', { station: undefined, evseId: 1 })).toBe(15.9);
    expect(toLimit(0.3, 'A', { station: undefined, evseId: 1 })).toBe(0.3);
  });

  test('of different EVSEs have different ids', () => {
    const ids = [0, 1, 2, 63].flatMap((evseId) => [profileIdOf(evseId, 'lasting'), profileIdOf(evseId, 'transaction')]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('request ids are positive, 31 bits, and never the same', () => {
  const ids = Array.from({ length: 1000 }, () => requestIdOf(new Date('2026-05-04T08:15:00Z')));
  expect(new Set(ids).size).toBe(1000);
  expect(ids.every((id) => id > 0 && id < 2 ** 31)).toBe(true);
});
