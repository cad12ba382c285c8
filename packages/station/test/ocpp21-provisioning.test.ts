import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { writeVariable } from '../src/device-model/variable-access.ts';
import { networkVariables } from '../src/connection/network-variables.ts';
import { openCsms } from './csms.ts';
import { createModel } from './models.ts';
import { advanceUntil } from './rig.ts';
import { openRig21, start, type Rig21, type Rig21Options } from './rig21.ts';

let rig: Rig21;

const open = async (options: Rig21Options = {}) => (rig = await openRig21(options));

afterEach(() => rig.close());

const slot = (instance: string, name: string) => ({
  component: { name: 'NetworkConfiguration', instance },
  variable: { name },
});
const comm = (name: string) => ({ component: { name: 'OCPPCommCtrlr' }, variable: { name } });
const priority = comm('NetworkConfigurationPriority');

const get = (...getVariableData: object[]) => rig.call('GetVariables', { getVariableData });
const set = (...writes: [at: object, attributeValue: string][]) =>
  rig.call('SetVariables', { setVariableData: writes.map(([at, attributeValue]) => ({ ...at, attributeValue })) });
const statuses = (answer: unknown) =>
  answer && typeof answer === 'object' && 'setVariableResult' in answer && Array.isArray(answer.setVariableResult)
    ? answer.setVariableResult.map(({ attributeStatus }: { attributeStatus: string }) => attributeStatus)
    : [];
const refused = (reasonCode: string) => ({
  setVariableResult: [{ attributeStatus: 'Rejected', attributeStatusInfo: { reasonCode } }],
});
const boots = (answer: object) => (csms: { answer(action: string, answer: () => object): void }) =>
  csms.answer('BootNotification', () => ({ currentTime: start.toISOString(), interval: 10, ...answer }));

describe('a station of OCPP 2.1 boots', () => {
  it('[cold_boot_01 2.1] and tells of itself and its connectors', async () => {
    await open();
    expect(await rig.csms.next('BootNotification')).toMatchObject({
      reason: 'PowerUp',
      chargingStation: { vendorName: 'Busbar' },
    });
    expect(await rig.csms.next('NotifyEvent')).toMatchObject({ eventData: [{ actualValue: 'Available' }] });
    expect(await rig.csms.next('SecurityEventNotification')).toMatchObject({ type: 'StartupOfTheDevice' });
  });

  it('[cold_boot_pending_01 2.1] again after the interval while Pending, and answers the CSMS meanwhile', async () => {
    await open({ ready: 'booted', prepare: boots({ status: 'Pending' }) });
    await rig.csms.next('BootNotification');
    expect(await get(comm('HeartbeatInterval'))).toMatchObject({
      getVariableResult: [{ attributeStatus: 'Accepted' }],
    });
    boots({ status: 'Accepted' })(rig.csms);
    expect(rig.csms.received.map(({ action }) => action)).toEqual(['BootNotification']);
    await advanceUntil(rig.clock, once(rig.station.events, 'accepted'), 1000);
    expect(await rig.csms.next('NotifyEvent')).toMatchObject({ eventData: [{ actualValue: 'Available' }] });
  });

  it('[cold_boot_rejected_01 2.1] and answers nothing after Rejected', async () => {
    await open({ ready: 'booted', prepare: boots({ status: 'Rejected' }) });
    await expect(get(comm('HeartbeatInterval'))).rejects.toMatchObject({ rpcErrorCode: 'SecurityError' });
    boots({ status: 'Accepted' })(rig.csms);
    await advanceUntil(rig.clock, once(rig.station.events, 'accepted'), 1000);
  });
});

describe('the network configuration of OCPP 2.1 by variables (case 69)', () => {
  it('[get_network_configuration_slot_1] tells how it is connected', async () => {
    await open();
    expect(await get(slot('1', 'OcppCsmsUrl'), comm('ActiveNetworkProfile'), priority)).toMatchObject({
      getVariableResult: [{ attributeValue: rig.csms.url }, { attributeValue: '1' }, { attributeValue: '1' }],
    });
    expect(await get(slot('1', 'BasicAuthPassword'), slot('9', 'OcppCsmsUrl'))).toMatchObject({
      getVariableResult: [{ attributeStatus: 'Rejected' }, { attributeStatus: 'UnknownComponent' }],
    });
  });

  it('[set_network_configuration_slot_2] takes every value of a slot that is not in use', async () => {
    await open();
    const values = {
      OcppCsmsUrl: 'wss://two.example/ocpp',
      OcppInterface: 'Wireless0',
      OcppTransport: 'JSON',
      OcppVersion: 'OCPP21',
      MessageTimeout: '45',
      SecurityProfile: '2',
      Identity: 'CP1-two',
      BasicAuthPassword: 'a-password-of-20-chr',
    };
    const writes = Object.entries(values).map(([name, value]): [object, string] => [slot('2', name), value]);
    for (const status of statuses(await set(...writes))) expect(['Accepted', 'RebootRequired']).toContain(status);
    const { BasicAuthPassword: _, ...readable } = values;
    const names = Object.keys(readable).map((name) => slot('2', name));
    const getVariableResult = Object.values(readable).map((attributeValue) => ({ attributeValue }));
    expect(await get(...names)).toMatchObject({ getVariableResult });
    await rig.restart();
    expect(await get(...names)).toMatchObject({ getVariableResult });
    expect(await set([slot('2', 'OcppCsmsUrl'), 'https://no.socket'])).toMatchObject(refused('InvalidNetworkConf'));
    expect(await set([slot('2', 'SecurityProfile'), '4'])).toMatchObject(refused('ValueTooHigh'));
  });

  it('[get_all_network_configuration_variables_slot_1] reports all of a slot, and no secret', async () => {
    await open({ settings: { 'NetworkConfiguration[1].ApnPassword': 'secret-1' } });
    const componentVariable = [{ component: { name: 'NetworkConfiguration', instance: '1' } }];
    expect(await rig.call('GetReport', { requestId: 3, componentVariable })).toEqual({ status: 'Accepted' });
    const reported: string[] = [];
    for (let page: object = { tbc: true }; 'tbc' in page;) {
      page = await rig.csms.next('NotifyReport');
      expect(JSON.stringify(page)).not.toContain('secret-1');
      if (!('reportData' in page) || !Array.isArray(page.reportData)) continue;
      reported.push(...page.reportData.map((row: { variable: { name: string } }) => row.variable.name));
    }
    expect(reported.toSorted()).toEqual(Object.keys(networkVariables).toSorted());
  });

  it('[network_configuration_priority_list_management] takes complete slots in any order', async () => {
    await open();
    expect(await set([priority, '1,2'])).toMatchObject(refused('InvalidNetworkConf'));
    expect(await set([priority, '1,7'])).toMatchObject(refused('InvalidNetworkConf'));
    expect(await set([priority, ''])).toMatchObject(refused('InvalidNetworkConf'));
    await set([slot('2', 'OcppCsmsUrl'), 'ws://two.example/ocpp'], [slot('2', 'SecurityProfile'), '0']);
    for (const value of ['1,2', '2,1']) {
      expect(['Accepted', 'RebootRequired']).toContain(statuses(await set([priority, value]))[0]);
      expect(await get(priority)).toMatchObject({ getVariableResult: [{ attributeValue: value }] });
    }
  });

  it('[network_configuration_reject_priority_slot_changes] changes no slot that is active or listed (B09.FR.22)', async () => {
    await open();
    expect(await set([slot('1', 'OcppCsmsUrl'), 'ws://other/ocpp'])).toMatchObject(refused('PriorityNetworkConf'));
    await set([slot('2', 'OcppCsmsUrl'), 'ws://two.example/ocpp'], [slot('2', 'SecurityProfile'), '0']);
    await set([priority, '1,2']);
    expect(await set([slot('2', 'MessageTimeout'), '20'])).toMatchObject(refused('PriorityNetworkConf'));
    await set([priority, '1']);
    expect(statuses(await set([slot('2', 'MessageTimeout'), '20']))).not.toContain('Rejected');
  });
});

describe('a lower security profile (case 69)', () => {
  const secured = { 'SecurityCtrlr.SecurityProfile': '1', 'SecurityCtrlr.BasicAuthPassword': 'a-password-of-20-chr' };
  const connectionData = {
    ocppVersion: 'OCPP21',
    ocppTransport: 'JSON',
    ocppCsmsUrl: 'ws://two.example/ocpp',
    messageTimeout: 30,
    ocppInterface: 'Wired0',
  };
  const setProfile = (securityProfile: number) =>
    rig.call('SetNetworkProfile', { configurationSlot: 2, connectionData: { ...connectionData, securityProfile } });

  it('[network_configuration_security_downgrade_rejection_set_network_profile] is refused by SetNetworkProfile', async () => {
    await open({ settings: secured });
    expect(await setProfile(0)).toMatchObject({
      status: 'Rejected',
      statusInfo: { reasonCode: 'NoSecurityDowngrade' },
    });
    expect(await setProfile(1)).toMatchObject({ status: 'Accepted' });
  });

  it('[network_configuration_security_downgrade_rejection_set_variables] is refused by SetVariables', async () => {
    await open({ settings: secured });
    expect(await set([slot('2', 'SecurityProfile'), '0'])).toMatchObject(refused('NoSecurityDowngrade'));
    expect(statuses(await set([slot('2', 'SecurityProfile'), '1']))).not.toContain('Rejected');
  });

  it('[network_configuration_allow_security_downgrade_flag] is allowed from 3 to 2 only, by AllowSecurityProfileDowngrade', async () => {
    await open({ settings: secured });
    const flag = { component: { name: 'SecurityCtrlr' }, variable: { name: 'AllowSecurityProfileDowngrade' } };
    expect(statuses(await set([flag, 'true']))).toEqual(['Accepted']);
    expect(await set([slot('2', 'SecurityProfile'), '0'])).toMatchObject(refused('NoSecurityDowngrade'));
    const model = createModel({ settings: { 'SecurityCtrlr.SecurityProfile': '3' } });
    const write = (at: typeof flag, attributeValue: string) =>
      writeVariable(model, { ...at, attributeValue }, { kind: 'csms', source: 'csms' }).status;
    expect(write(slot('2', 'SecurityProfile'), '2')).toBe('Rejected');
    write(flag, 'true');
    expect(write(slot('2', 'SecurityProfile'), '2')).toBe('Accepted');
    expect(write(slot('2', 'SecurityProfile'), '1')).toBe('Rejected');
  });
});

describe('a slot that was filled by variables', () => {
  it('[network_configuration_dm_end_to_end] is dialled after a reset (case 69)', async () => {
    await open();
    const second = await openCsms();
    await set([slot('2', 'OcppCsmsUrl'), second.url], [slot('2', 'SecurityProfile'), '0']);
    await set([priority, '2,1']);
    expect(await rig.call('Reset', { type: 'OnIdle' })).toEqual({ status: 'Accepted' });
    const boot = await advanceUntil(rig.clock, second.next('BootNotification'), 1000);
    expect(boot).toMatchObject({ reason: 'RemoteReset' });
    const active = { getVariableData: [comm('ActiveNetworkProfile')] };
    await expect
      .poll(() => second.call('CP1', 'GetVariables', active))
      .toMatchObject({ getVariableResult: [{ attributeValue: '2' }] });
    await rig.station.stop();
    await second.close();
  });
});
