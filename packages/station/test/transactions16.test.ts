import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { advanceTo, advanceUntil, openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;

const open = async (options?: RigOptions) => (rig = await openRig('1.6', options));

afterEach(() => rig.close());

async function goOffline(): Promise<void> {
  const { csms, station } = rig;
  await expect.poll(() => station.queuedMessages).toBe(0);
  const gone = once(station.events, 'disconnected');
  await csms.disconnect();
  await gone;
}

async function goOnline(): Promise<void> {
  await advanceUntil(rig.clock, once(rig.station.events, 'accepted'));
}

/** Of an action, in order of arrival. */
const sent = (action: string) =>
  rig.csms.received.filter((received) => received.action === action).map(({ payload }) => payload);

async function drained(): Promise<void> {
  await advanceTo(rig.clock, () => rig.station.queuedMessages === 0);
}

async function startWith(idToken: string): Promise<string> {
  const { host, station, clock } = rig;
  const started = once(station.events, 'transactionStarted');
  host.plug(1, { soc: 40 });
  host.presentToken(1, idToken);
  await started;
  return clock.now().toISOString();
}

describe('a 1.6 transaction that the CSMS does not take', () => {
  const fail = () => {
    throw new Error('the database is away');
  };

  it('is begun exactly three times, and its end still told (case 12) [call_error_to_transaction_message]', async () => {
    const { csms, station, host } = await open({
      settings: { 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]': '3', 'SampledDataCtrlr.TxUpdatedInterval': '0' },
      prepare: (central) => central.answer('StartTransaction', fail),
    });
    const discarded = once(station.events, 'messageDiscarded');
    await startWith('CARD1');
    await advanceUntil(rig.clock, discarded);
    host.unplug(1);
    expect(await csms.next('StopTransaction')).toMatchObject({ reason: 'EVDisconnected' });
    await drained();
    expect(sent('StartTransaction')).toHaveLength(3);
  });

  it.each([
    ['errors', fail],
    ['silence', () => new Promise<object>(() => {})],
  ])(
    'ends with the id of the late success after four times %s (case 13) [start_transaction_call_error_or_timeout]',
    async (_what, instead) => {
      let failures = 4;
      const { csms, host, clock } = await open({
        settings: {
          'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]': '1',
          'SampledDataCtrlr.TxUpdatedInterval': '0',
        },
        callTimeoutMs: 250,
        prepare: (central) =>
          central.answer('StartTransaction', () =>
            failures-- > 0 ? instead() : { transactionId: 77, idTagInfo: { status: 'Accepted' } },
          ),
      });
      await startWith('CARD1');
      host.unplug(1);
      const retried = () => {
        clock.advance(100);
        return sent('StartTransaction').length;
      };
      await expect.poll(retried, { interval: 10, timeout: 10_000 }).toBe(5);
      expect(await csms.next('StopTransaction')).toMatchObject({ transactionId: 77, reason: 'EVDisconnected' });
      expect(sent('StartTransaction')).toHaveLength(5);
    },
  );
});

describe('a 1.6 transaction that began offline', () => {
  it('is told with the time of then, goes on, and ends (case 15) [offline_start_transaction]', async () => {
    const { csms, host, station } = await open();
    await goOffline();
    const startedAt = await startWith('CARD1');
    await goOnline();
    expect(await csms.next('StartTransaction')).toMatchObject({ idTag: 'CARD1', timestamp: startedAt });
    await expect.poll(() => sent('StatusNotification')).toContainEqual(expect.objectContaining({ status: 'Charging' }));
    host.presentToken(1, 'CARD1');
    const stop = await csms.next('StopTransaction');
    expect(stop).toMatchObject({ transactionId: 4711, idTag: 'CARD1' });
    expect(stop).not.toHaveProperty('reason');
    expect(station.statusOf(1)).toBe('Finishing');
  });

  const refuse: RigOptions['prepare'] = (central) =>
    central.answer('StartTransaction', () => ({ transactionId: 5, idTagInfo: { status: 'Invalid' } }));

  it('is suspended when the CSMS refuses it, and goes on administratively (case 16) [offline_start_transaction_restore]', async () => {
    const { csms, host, station, clock } = await open({
      prepare: refuse,
      settings: { 'TxCtrlr.StopTxOnInvalidId': 'false' },
    });
    await goOffline();
    await startWith('CARD1');
    await goOnline();
    await csms.next('StartTransaction');
    await expect.poll(() => station.statusOf(1)).toBe('SuspendedEVSE');
    const before = host.meter(1).energyWh;
    clock.advance(60_000);
    expect(host.meter(1).energyWh).toBe(before);
    host.presentToken(1, 'CARD1');
    const stop = await csms.next('StopTransaction');
    expect(stop).toMatchObject({ transactionId: 5 });
    expect(stop).not.toHaveProperty('reason');
  });

  it('ends when the CSMS refuses it (case 17) [offline_start_transaction_restore_flow]', async () => {
    const { csms, station } = await open({ prepare: refuse });
    await goOffline();
    await startWith('CARD1');
    await goOnline();
    expect(await csms.next('StopTransaction')).toMatchObject({ transactionId: 5, reason: 'DeAuthorized' });
    expect(station.statusOf(1)).toBe('Finishing');
  });

  it('is told from begin to end in order, with the real id (case 19) [offline_transaction]', async () => {
    const { host } = await open({ settings: { 'SampledDataCtrlr.TxUpdatedInterval': '0' } });
    await goOffline();
    await startWith('CARD1');
    host.presentToken(1, 'CARD1');
    await goOnline();
    await drained();
    const actions = rig.csms.received.map(({ action }) => action).filter((action) => action.endsWith('Transaction'));
    expect(actions).toEqual(['StartTransaction', 'StopTransaction']);
    expect(sent('StopTransaction')).toMatchObject([{ transactionId: 4711 }]);
  });

  it('gives an allowance of energy to a token that is refused', async () => {
    const { host, station, clock } = await open({
      prepare: refuse,
      settings: { 'TxCtrlr.StopTxOnInvalidId': 'false', 'TxCtrlr.MaxEnergyOnInvalidId': '500' },
    });
    await startWith('CARD1');
    await expect.poll(() => station.transactionOn(1)?.csmsId).toBe(5);
    const begin = station.transactionOn(1)?.begin.reading.energyWh ?? 0;
    clock.advance(600_000);
    expect(station.statusOf(1)).toBe('SuspendedEVSE');
    const used = host.meter(1).energyWh - begin;
    expect(used).toBeGreaterThanOrEqual(500);
    expect(used).toBeLessThan(520);
  });
});

describe('a 1.6 transaction during which the connection is lost', () => {
  it('is ended offline, and its end told (case 18) [offline_stop_transaction]', async () => {
    const { csms, host } = await open();
    await startWith('CARD1');
    await csms.next('StartTransaction');
    await goOffline();
    host.presentToken(1, 'CARD1');
    await goOnline();
    const stop = await csms.next('StopTransaction');
    expect(stop).toMatchObject({ transactionId: 4711, idTag: 'CARD1' });
    expect(stop).not.toHaveProperty('reason');
  });

  it('loses no value, and can be stopped remotely (case 20) [connection_loss_during_transaction]', async () => {
    const { csms, clock } = await open({ settings: { 'SampledDataCtrlr.TxUpdatedInterval': '10' } });
    const startedAt = new Date(await startWith('CARD1')).getTime();
    await csms.next('StartTransaction');
    await goOffline();
    clock.advance(60_000);
    await goOnline();
    await drained();
    const seconds = sent('MeterValues').map((values) => (new Date(timeOf(values)).getTime() - startedAt) / 1000);
    expect(seconds.slice(0, 6)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(await csms.call('CP1', 'RemoteStopTransaction', { transactionId: 4711 })).toEqual({ status: 'Accepted' });
    expect(await csms.next('StopTransaction')).toMatchObject({ reason: 'Remote' });
  });
});

describe('a 1.6 vehicle that is unplugged at its own end', () => {
  it('suspends the transaction where that is configured, and goes on when it comes back [ev_side_disconnect_tx_active]', async () => {
    const { csms, host, station, clock } = await open({
      settings: { 'OCPP16LegacyCtrlr.StopTransactionOnEVSideDisconnect': 'false' },
    });
    await startWith('CARD1');
    clock.advance(2000);
    host.unplug(1);
    expect(station.statusOf(1)).toBe('SuspendedEV');
    host.plug(1, { soc: 50 });
    clock.advance(2000);
    expect(station.statusOf(1)).toBe('Charging');
    host.presentToken(1, 'CARD1');
    expect(await csms.next('StopTransaction')).toMatchObject({ idTag: 'CARD1' });
  });

  it.each([
    ['true', 1],
    ['false', 0],
  ])(
    'ends its transaction, and gets its cable back from the socket where that is configured: %s [ev_side_disconnect] [005_1_ev_side_disconnect]',
    async (unlocks, times) => {
      const unlocked: number[] = [];
      const { csms, host, station } = await open({
        settings: { 'OCPPCommCtrlr.UnlockOnEVSideDisconnect': unlocks },
        charger: { unlock: (evseId) => (unlocked.push(evseId), Promise.resolve(true)) },
      });
      await startWith('CARD1');
      host.unplug(1);
      expect(await csms.next('StopTransaction')).toMatchObject({ reason: 'EVDisconnected' });
      expect(station.statusOf(1)).toBe('Available');
      expect(unlocked).toHaveLength(times);
    },
  );
});

const timeOf = (values: object) => /"timestamp":"(?<at>[^"]+)"/.exec(JSON.stringify(values))?.groups?.at ?? '';
