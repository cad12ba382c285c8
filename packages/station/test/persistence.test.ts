import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  createSimulatedHost,
  createStation,
  ManualClock,
  type Station,
  type StationStore,
  type StationVersion,
  type VariableName,
} from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Place {
  csms: Csms;
  clock: ManualClock;
  store: StationStore;
  settings?: Partial<Record<VariableName, string>>;
}

async function place(settings: Partial<Record<VariableName, string>> = {}): Promise<Place> {
  const csms = await openCsms();
  closing.push(() => csms.close());
  return { csms, clock: new ManualClock(new Date()), store: createMemoryStore(), settings };
}

/** The charger gets power: a new process with what the store holds. */
async function powerUp(
  { csms, clock, store, settings = {} }: Place,
  version: StationVersion,
): Promise<Station & { host: ReturnType<typeof createSimulatedHost> }> {
  const host = createSimulatedHost({ clock, random: () => 0.5 });
  const base = { identity: 'CP1', url: csms.url, versions: [version], host, clock, random: () => 0.5 } as const;
  const station = createStation({ ...base, store, settings });
  closing.push(() => station.stop());
  const accepted = once(station.events, 'accepted');
  station.start();
  await accepted;
  return Object.assign(station, { host });
}

const call = ({ csms }: Place, action: string, payload: object) => csms.call('CP1', action, payload);

describe('over a restart', () => {
  it('a key keeps what the CSMS has set (case 11) (7.1 everything else) [migration_change_configuration_persists_after_restart]', async () => {
    const here = await place();
    const before = await powerUp(here, '1.6');
    const change = { key: 'ConnectionTimeOut', value: '77' };
    expect(await call(here, 'ChangeConfiguration', change)).toEqual({ status: 'Accepted' });
    await before.stop();
    await powerUp(here, '1.6');
    expect(await call(here, 'GetConfiguration', { key: ['ConnectionTimeOut'] })).toMatchObject({
      configurationKey: [{ value: '77' }],
    });
  });

  it('the active slot is known', async () => {
    const here = await place();
    const before = await powerUp(here, '2.0.1');
    await before.stop();
    const station = await powerUp(here, '2.0.1');
    expect(station.isConnected).toBe(true);
    const address = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'ActiveNetworkProfile' } };
    expect(await call(here, 'GetVariables', { getVariableData: [address] })).toMatchObject({
      getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '1' }],
    });
  });
});

describe('a CSMS that fails every TransactionEvent', () => {
  it('gets each so often as the settings say, in order, and nothing again after a restart (case 57) [cleanup_transaction_events_after_max_attempts_exhausted]', async () => {
    const here = await place({
      'OCPPCommCtrlr.MessageAttempts[TransactionEvent]': '3',
      'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]': '1',
      'SampledDataCtrlr.TxUpdatedInterval': '0',
    });
    const { csms, clock } = here;
    const fails = { now: true };
    csms.answer('TransactionEvent', () => {
      if (fails.now) throw new Error('the database is away');
      return {};
    });
    const station = await powerUp(here, '2.0.1');
    const discarded = once(station.events, 'messageDiscarded');
    station.host.plug(1, { soc: 40 });
    station.host.presentToken(1, 'CARD');
    await advanceUntil(clock, discarded);
    fails.now = false;
    station.host.unplug(1);
    await advanceUntil(clock, expect.poll(() => station.queuedMessages, { interval: 1 }).toBe(0));
    const events = () =>
      csms.received.flatMap(({ action, payload }) =>
        action === 'TransactionEvent' && 'eventType' in payload ? [payload.eventType] : [],
      );
    expect(events().filter((type) => type === 'Started')).toHaveLength(3);
    expect(events().slice(0, 3)).toEqual(['Started', 'Started', 'Started']);
    expect(events().at(-1)).toBe('Ended');
    const count = events().length;
    await station.stop();
    await powerUp(here, '2.0.1');
    await expect.poll(() => csms.received.at(-1)?.action).toBe('SecurityEventNotification');
    expect(events()).toHaveLength(count);
  });
});

describe('variables of the connection', () => {
  const password = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };

  it('do not show the password, and no more than ItemsPerMessage at once (case 52) [B06_09_16]', async () => {
    const here = await place({ 'DeviceDataCtrlr.ItemsPerMessage[GetVariables]': '2' });
    await powerUp(here, '2.0.1');
    expect(await call(here, 'GetVariables', { getVariableData: [password] })).toMatchObject({
      getVariableResult: [{ attributeStatus: 'Rejected' }],
    });
    await expect(call(here, 'GetVariables', { getVariableData: [password, password, password] })).rejects.toMatchObject(
      { rpcErrorCode: expect.stringMatching(/^Occur+enceConstraintViolation$/) },
    );
  });

  const connectionData = {
    ocppVersion: 'OCPP20',
    ocppTransport: 'JSON',
    messageTimeout: 30,
    ocppInterface: 'Wired0',
  };

  it('are set by SetNetworkProfile when it can work (case 53) [b09_b10]', async () => {
    const here = await place({
      'SecurityCtrlr.SecurityProfile': '1',
      'SecurityCtrlr.BasicAuthPassword': 'a-password-of-16',
    });
    await powerUp(here, '2.0.1');
    const set = (configurationSlot: number, securityProfile: number, ocppCsmsUrl = 'ws://csms.example.org/x') =>
      call(here, 'SetNetworkProfile', {
        configurationSlot,
        connectionData: { ...connectionData, securityProfile, ocppCsmsUrl },
      });
    expect(await set(2, 0)).toMatchObject({ status: 'Rejected' });
    expect(await set(100, 1)).toMatchObject({ status: 'Rejected' });
    expect(await set(2, 1)).toEqual({ status: 'Accepted' });
    const url = { component: { name: 'NetworkConfiguration', instance: '2' }, variable: { name: 'OcppCsmsUrl' } };
    expect(await call(here, 'GetVariables', { getVariableData: [url] })).toMatchObject({
      getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: 'ws://csms.example.org/x' }],
    });
    const priority = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'NetworkConfigurationPriority' } };
    const answer = await call(here, 'SetVariables', { setVariableData: [{ ...priority, attributeValue: '2,1' }] });
    expect(JSON.stringify(answer)).toMatch(/"attributeStatus":"(Accepted|RebootRequired)"/);
  });

  it('of slots in use stay as they are (case 69) [network_configuration_reject_priority_slot_changes]', async () => {
    const here = await place();
    await powerUp(here, '2.1');
    const url = { component: { name: 'NetworkConfiguration', instance: '1' }, variable: { name: 'OcppCsmsUrl' } };
    const setVariableData = [{ ...url, attributeValue: 'ws://elsewhere.example.org' }];
    expect(await call(here, 'SetVariables', { setVariableData })).toMatchObject({
      setVariableResult: [{ attributeStatus: 'Rejected', attributeStatusInfo: { reasonCode: 'PriorityNetworkConf' } }],
    });
  });
});

describe('vendor messages', () => {
  it('that are answered with something else are refused, and unknown ones say so (case 25) [data_transfer_with_probe_module]', async () => {
    const here = await place();
    const station = await powerUp(here, '1.6');
    here.csms.answer('DataTransfer', () => ({ idTagInfo: { status: 'Accepted' } }));
    expect(await station.dataTransfer({ vendorId: 'x', messageId: 'y' })).toMatchObject({ status: 'Rejected' });
    here.csms.answer('DataTransfer', () => ({ status: 'UnknownMessageId' }));
    expect(await station.dataTransfer({ vendorId: 'x', messageId: 'z' })).toMatchObject({ status: 'UnknownMessageId' });
  });
});
