import { afterEach, describe, expect, it } from 'vitest';
import { ocppCommands, problemIn } from '../src/everest/index.ts';
import type { OcppCommandName } from '../src/index.ts';
import { openCsms } from './csms.ts';
import { openInterface, type InterfaceRig, type InterfaceRigOptions } from './interface-rig.ts';

let rig: InterfaceRig;

afterEach(() => rig.close());

async function openStarted(options: InterfaceRigOptions): Promise<void> {
  rig = await openInterface(options);
  await rig.start();
}

/** As over the wire; what is answered must be of EVerest's type. */
async function command(name: OcppCommandName, args: unknown): Promise<unknown> {
  const { result } = ocppCommands[name];
  const answer: unknown = JSON.parse(JSON.stringify(await ocppCommands[name].call(rig.ocpp, args)));
  expect(result ? problemIn(result, answer) : (answer ?? undefined)).toBeUndefined();
  return answer;
}

const named = (component: object, variable: object) => ({ component_variable: { component, variable } });

const oddNames = [
  named({ name: '' }, { name: '' }),
  named({ name: '__proto__' }, { name: 'constructor' }),
  named({ name: 'OCPPCommCtrlr' }, { name: '__proto__' }),
  named({ name: 'OCPPCommCtrlr', instance: 'x' }, { name: 'HeartbeatInterval' }),
  named({ name: 'OCPPCommCtrlr' }, { name: 'HeartbeatInterval', instance: 'x' }),
  named({ name: 'EVSE', evse: { id: 99 } }, { name: 'Power' }),
  named({ name: 'EVSE' }, { name: 'Power' }),
  named({ name: 'Connector', evse: { id: 1, connector_id: 7 } }, { name: 'AvailabilityState' }),
  named({ name: 'x'.repeat(50) }, { name: 'y'.repeat(50) }),
  named({ name: 'OCPPCommCtrlr.HeartbeatInterval' }, { name: '' }),
];

describe.each(['1.6', '2.0.1', '2.1'] as const)('interface ocpp in OCPP %s', (version) => {
  it('has a status for every odd name, in the order of the requests and as they were written', async () => {
    await openStarted({ versions: [version] });
    const good = named({ name: 'OCPPCommCtrlr' }, { name: 'HeartbeatInterval' });
    const requests = [...oddNames, good, good];
    const read = await command('get_variables', { requests });
    expect(read).toMatchObject(requests);
    expect(read).toMatchObject([...oddNames.map(() => ({ status: expect.stringMatching(/^Unknown/) })), good, good]);
    expect(read).toHaveLength(requests.length);
    const written = await command('set_variables', {
      requests: requests.map((request) => ({ ...request, value: '60' })),
      source: '',
    });
    expect(written).toMatchObject(requests);
    expect(written).toMatchObject([
      ...oddNames.map(() => ({ status: expect.stringMatching(/^Unknown/) })),
      { status: 'Accepted' },
      { status: 'Accepted' },
    ]);
  });

  it('answers an empty list with an empty list', async () => {
    await openStarted({ versions: [version] });
    expect(await command('get_variables', { requests: [] })).toEqual([]);
    expect(await command('set_variables', { requests: [], source: 'test' })).toEqual([]);
    await command('monitor_variables', { component_variables: [] });
  });

  it.each([
    ['an attribute that a variable has not', { attribute_type: 'MaxSet', value: '5' }, 'NotSupportedAttributeType'],
    ['no number', { value: 'often' }, 'Rejected'],
    ['an empty value', { value: '' }, 'Rejected'],
    ['half a second', { value: '1.5' }, 'Rejected'],
    ['a very long value', { value: '1'.repeat(1000) }, 'Rejected'],
  ])('refuses %s, and says how', async (_what, more, status) => {
    await openStarted({ versions: [version] });
    const request = { ...named({ name: 'OCPPCommCtrlr' }, { name: 'HeartbeatInterval' }), ...more };
    expect(await command('set_variables', { requests: [request], source: 'test' })).toMatchObject([{ status }]);
  });

  it.each<[string, unknown]>([
    ['an EVSE it has not', { id: 3, connector_id: 1 }],
    ['a connector it has not', { id: 1, connector_id: 2 }],
  ])('refuses to take out of use %s', async (_what, evse) => {
    await openStarted({ versions: [version] });
    expect(
      await command('change_availability', { request: { operational_status: 'Inoperative', evse } }),
    ).toMatchObject({ status: 'Rejected', status_info: { reason_code: 'InvalidInput' } });
  });

  it('takes EVSE 0 for no place', async () => {
    await openStarted({ versions: [version] });
    for (const evse of [{ id: 0 }, { id: -1 }, { id: 0, connector_id: 0 }])
      expect(await rig.ocpp.change_availability({ operational_status: 'Inoperative', evse })).toMatchObject({
        status: 'Rejected',
        status_info: { reason_code: 'InvalidInput' },
      });
    expect(rig.station.statusOf(1)).toBe('Available');
  });

  it('goes on with everything while it is stopped, but for what needs the CSMS', async () => {
    await openStarted({ versions: [version] });
    await rig.ocpp.stop();
    const request = named({ name: 'OCPPCommCtrlr' }, { name: 'HeartbeatInterval' });
    await command('monitor_variables', { component_variables: [request.component_variable] });
    await command('set_variables', { requests: [{ ...request, value: '77' }], source: 'test' });
    expect(await command('get_variables', { requests: [request] })).toMatchObject([
      { status: 'Accepted', value: '77' },
    ]);
    expect(await rig.next('event_data')).toMatchObject({ actual_value: '77' });
    const evse = { id: 1, connector_id: 1 };
    expect(await command('change_availability', { request: { operational_status: 'Inoperative', evse } })).toEqual({
      status: 'Accepted',
    });
    await command('security_event', { event: { type: 'TamperDetectionActivated', timestamp: 'yesterday' } });
    expect(await Promise.all([rig.ocpp.restart(), rig.ocpp.restart()])).toEqual([true, false]);
    const isTold = async () => JSON.stringify(await rig.csms.next('SecurityEventNotification')).includes('Tamper');
    while (!(await isTold()));
  });
});

it.each([
  ['get_variables', {}, 'requests is missing'],
  ['get_variables', { requests: {} }, 'requests must be an array'],
  [
    'get_variables',
    { requests: [{ component_variable: { component: { name: 5 } } }] },
    'requests[0].component_variable.variable is missing',
  ],
  ['set_variables', { requests: [] }, 'source is missing'],
  ['set_variables', { requests: [named({ name: 'A' }, { name: 'B' })], source: 'x' }, 'requests[0].value is missing'],
  ['change_availability', { request: { operational_status: 'Off' } }, 'must be one of Inoperative, Operative'],
  ['change_availability', { request: { operational_status: 'Operative', evse: { id: 0 } } }, 'must be at least 1'],
  ['security_event', { event: { type: 'A', critical: 'yes' } }, 'event.critical must be a boolean'],
  ['monitor_variables', { component_variables: [null] }, 'component_variables[0] must be an object'],
] as const)('says of %s what is wrong with %j', async (name, args, message) => {
  rig = await openInterface();
  await expect(command(name, args)).rejects.toMatchObject({
    type: 'SchemaValidationError',
    message: expect.stringContaining(message),
  });
});

it('tells of changes of what was asked for before the version was known', async () => {
  const csms = await openCsms(0, ['ocpp1.6']);
  rig = await openInterface({ versions: ['2.0.1', '1.6'], url: csms.url });
  const byKey = { component: { name: '' }, variable: { name: 'HeartbeatInterval' } };
  await rig.ocpp.monitor_variables([byKey]);
  await rig.start();
  expect(rig.station.version).toBe('1.6');
  await csms.call('CP1', 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '42' });
  expect(rig.published('event_data')).toMatchObject([{ component_variable: byKey, actual_value: '42' }]);
  await rig.station.stop();
  await csms.close();
});
