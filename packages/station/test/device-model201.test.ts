import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { advanceUntil, openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;

const open = async (options?: RigOptions) => (rig = await openRig('2.0.1', options));
const call = (action: string, payload: object) => rig.csms.call('CP1', action, payload);

afterEach(() => rig.close());

const heartbeat = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } };
const power = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Power' } };

/** All pages of a report, checked for their numbers. */
async function pages(action: string, requestId: number): Promise<object[]> {
  const all: object[] = [];
  for (let seqNo = 0, tbc = true; tbc; seqNo++) {
    const page = await rig.csms.next(action);
    expect(page).toMatchObject({ requestId, seqNo });
    tbc = 'tbc' in page;
    all.push(page);
  }
  return all;
}

describe('the device model of an OCPP 2.0.1 station', () => {
  it('is reported as asked, or as an empty set (case 54) [get_custom_report_01] [TC_B_18_CS]', async () => {
    await open({ evses: 2 });
    const filter = { component: { name: 'connector' }, variable: { name: 'connectortype' } };
    const componentCriteria = ['Available', 'Problem'];
    expect(await call('GetReport', { requestId: 1, componentCriteria, componentVariable: [filter] })).toEqual({
      status: 'Accepted',
    });
    const [page] = await pages('NotifyReport', 1);
    expect(page).toMatchObject({
      reportData: [1, 2].map((id) => ({
        component: { name: 'Connector', evse: { id, connectorId: 1 } },
        variableAttribute: [{ value: 'sType2', mutability: 'ReadOnly' }],
      })),
    });
    const nothing = { requestId: 2, componentCriteria: ['Problem'] };
    expect(await call('GetReport', nothing)).toEqual({ status: 'EmptyResultSet' });
  });

  it.each(['2.0.1', '2.1'] as const)(
    'is reported by criteria of which one is enough, and by filters whose gaps stand for all, in %s (case 54) [B08_FR_07, B08_FR_08, B08_FR_09, B08_FR_10] [TC_B_54_CS] [TC_B_55_CS] [TC_B_56_CS]',
    async (version) => {
      rig = await openRig(version, {
        evses: 2,
        settings: { 'ReservationCtrlr.Available': 'false', 'LocalAuthListCtrlr.Enabled': 'false' },
      });
      let requestId = 0;
      const report = async (request: object) => {
        requestId++;
        expect(await call('GetReport', { requestId, ...request })).toEqual({ status: 'Accepted' });
        const rows = (await pages('NotifyReport', requestId)).map((page) => JSON.stringify(page)).join('');
        const places = rows.matchAll(/"component":({.*?}),"variable":{"name":"(\w+)"(?:,"instance":"(\w+)")?}/g);
        return [...places].map(([, component, ...variable]) => [component, ...variable.filter(Boolean)].join(' '));
      };
      const of = (listed: readonly string[], name: string) =>
        listed.filter((text) => text.includes(`"${name}"`)).length;
      const available = await report({ componentCriteria: ['Available'] });
      expect([of(available, 'ReservationCtrlr'), of(available, 'LocalAuthListCtrlr') > 0]).toEqual([0, true]);
      const enabled = await report({ componentCriteria: ['Enabled'] });
      expect([of(enabled, 'LocalAuthListCtrlr'), of(enabled, 'ReservationCtrlr') > 0]).toEqual([0, true]);
      expect(of(await report({ componentCriteria: ['Active'] }), 'EVSE')).toBeGreaterThan(0);
      const either = await report({ componentCriteria: ['Problem', 'Enabled'] });
      expect(either).toEqual(enabled);
      const filtered = (...componentVariable: object[]) => report({ componentVariable });
      expect(await filtered({ component: { name: 'EVSE' }, variable: { name: 'Power' } })).toEqual([
        '{"name":"EVSE","evse":{"id":1}} Power',
        '{"name":"EVSE","evse":{"id":2}} Power',
      ]);
      const attempts = { name: 'OCPPCommCtrlr' };
      expect(await filtered({ component: attempts, variable: { name: 'MessageAttempts' } })).toEqual([
        '{"name":"OCPPCommCtrlr"} MessageAttempts TransactionEvent',
      ]);
      const whole = await filtered({ component: { name: 'Connector', evse: { id: 2 } } });
      expect(whole.length).toBeGreaterThan(3);
      expect(whole.every((text) => text.startsWith('{"name":"Connector","evse":{"id":2,"connectorId":1}}'))).toBe(true);
    },
  );

  it('refuses more than ItemsPerMessage with a CALLERROR (case 52)', async () => {
    await open({ settings: { 'DeviceDataCtrlr.ItemsPerMessage[GetVariables]': '1' } });
    await expect(call('GetVariables', { getVariableData: [heartbeat, heartbeat] })).rejects.toMatchObject({
      rpcErrorCode: 'OccurrenceConstraintViolation',
    });
  });

  it.each([
    ['ItemsPerMessage', '1', 'OccurrenceConstraintViolation', '[B08_FR_17]'],
    ['BytesPerMessage', '42', 'FormatViolation', '[B08_FR_18]'],
  ])('refuses a GetReport above %s %s with %s %s', async (name, most, rpcErrorCode) => {
    await open({ settings: { [`DeviceDataCtrlr.${name}[GetReport]`]: most } });
    const component = { name: 'OCPPCommCtrlr' };
    const ask = (componentVariable: object[]) => call('GetReport', { requestId: 3, componentVariable });
    await expect(ask([{ component }, { component }])).rejects.toMatchObject({ rpcErrorCode });
  });

  it('tells how the phases of an EVSE are wired, in OCPP 1.6 for each connector', async () => {
    const evse = { phases: 3, maxCurrentA: 32, voltageV: 230, connectorType: 'sType2' } as const;
    const evses = [
      { ...evse, id: 1, phaseRotation: 'STR' },
      { ...evse, id: 2, phases: 1, phaseRotation: 'Txx' },
      { ...evse, id: 3 },
    ] as const;
    await open({ evses: 3, charger: { evses } });
    const wiring = (id: number) => ({ component: { name: 'EVSE', evse: { id } }, variable: { name: 'PhaseRotation' } });
    expect(await call('GetVariables', { getVariableData: [1, 2, 3].map(wiring) })).toMatchObject({
      getVariableResult: [
        { attributeValue: 'STR' },
        { attributeValue: 'Txx' },
        { attributeStatus: 'NotSupportedAttributeType' },
      ],
    });
    const set = (attributeValue: string) =>
      call('SetVariables', { setVariableData: [{ ...wiring(3), attributeValue }] });
    expect(await set('RSR')).toMatchObject({ setVariableResult: [{ attributeStatus: 'Rejected' }] });
    expect(await set('TRS')).toMatchObject({ setVariableResult: [{ attributeStatus: 'Accepted' }] });
    await rig.close();
    rig = await openRig('1.6', { evses: 3, charger: { evses } });
    expect(await call('GetConfiguration', { key: ['ConnectorPhaseRotation'] })).toMatchObject({
      configurationKey: [{ value: '1.STR,2.NotApplicable,3.Unknown' }],
    });
  });

  it('takes a network profile for a free slot (case 53)', async () => {
    await open();
    const connectionData = {
      ocppVersion: 'OCPP20',
      ocppTransport: 'JSON',
      ocppCsmsUrl: 'ws://two/ocpp',
      messageTimeout: 30,
      securityProfile: 1,
      ocppInterface: 'Wired0',
    };
    const set = (configurationSlot: number) => call('SetNetworkProfile', { configurationSlot, connectionData });
    expect(await set(100)).toMatchObject({ status: 'Rejected' });
    expect(await set(1)).toMatchObject({ status: 'Rejected' });
    expect(await set(2)).toEqual({ status: 'Accepted' });
    const url = (instance: string) => ({
      component: { name: 'NetworkConfiguration', instance },
      variable: { name: 'OcppCsmsUrl' },
    });
    expect(await call('GetVariables', { getVariableData: [url('1'), url('2'), url('100')] })).toMatchObject({
      getVariableResult: [
        { attributeValue: rig.csms.url },
        { attributeValue: 'ws://two/ocpp' },
        { attributeStatus: 'UnknownComponent' },
      ],
    });
  });
});

describe('variable monitoring of an OCPP 2.0.1 station', () => {
  it('tells of a change, and reports its monitors on every page', async () => {
    const { csms } = await open({ settings: { 'InternalCtrlr.MaxMessageSize': '4096' } });
    const variables = ['MessageAttempts', 'MessageAttemptInterval'].map((name) => ({
      component: heartbeat.component,
      variable: { name, instance: 'TransactionEvent' },
    }));
    const setMonitoringData = [heartbeat, power, ...variables].flatMap((at) =>
      [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((severity) => [
        { ...at, type: 'Delta', value: 1, severity },
        { ...at, type: 'Periodic', value: 86_400, severity },
      ]),
    );
    const answer = await call('SetVariableMonitoring', { setMonitoringData });
    expect(answer).toMatchObject({ setMonitoringResult: setMonitoringData.map(() => ({ status: 'Accepted' })) });
    await call('SetVariables', { setVariableData: [{ ...heartbeat, attributeValue: '77' }] });
    expect(await csms.next('NotifyEvent')).toMatchObject({
      seqNo: 0,
      eventData: Array.from({ length: 9 }, () => ({ ...heartbeat, actualValue: '77', trigger: 'Delta' })),
    });
    expect(await call('GetMonitoringReport', { requestId: 4 })).toEqual({ status: 'Accepted' });
    const rows = (await pages('NotifyMonitoringReport', 4)).map((page) => ('monitor' in page ? page.monitor : []));
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.flat()).toHaveLength(4);
    expect(rows.every((row) => Array.isArray(row) && row.length > 0)).toBe(true);
    expect(JSON.stringify(rows).match(/"severity"/g)).toHaveLength(72);
    expect(await call('GetMonitoringReport', { requestId: 5, monitoringCriteria: ['ThresholdMonitoring'] })).toEqual({
      status: 'EmptyResultSet',
    });
  });

  it('keeps what is severe enough until it is connected again (N07.FR.13)', async () => {
    const { csms, clock, station } = await open({ settings: { 'MonitoringCtrlr.OfflineQueuingSeverity': '4' } });
    const periodic = { ...heartbeat, type: 'Periodic', value: 1 };
    await call('SetVariableMonitoring', {
      setMonitoringData: [
        { ...periodic, severity: 4 },
        { ...periodic, severity: 5 },
      ],
    });
    await expect.poll(() => station.queuedMessages).toBe(0);
    const gone = once(station.events, 'disconnected');
    await csms.disconnect();
    await gone;
    clock.advance(1000);
    expect(station.queuedMessages).toBe(1);
    expect(await advanceUntil(clock, csms.next('NotifyEvent'))).toMatchObject({
      eventData: [{ eventId: 1, trigger: 'Periodic', variableMonitoringId: 1001 }],
    });
  });
});
