import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore, type HostEvents, type StationVersion, type TransactionRecord } from '../src/index.ts';
import { advanceTo, advanceUntil, openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;

const open = async (options?: RigOptions, version: StationVersion = '2.0.1') => (rig = await openRig(version, options));

afterEach(() => rig.close());

const events = () =>
  rig.csms.received.filter(({ action }) => action === 'TransactionEvent').map(({ payload }) => payload);

async function drained(): Promise<void> {
  await advanceTo(rig.clock, () => rig.station.queuedMessages === 0);
}

async function goOffline(): Promise<void> {
  const { csms, station } = rig;
  await expect.poll(() => station.queuedMessages).toBe(0);
  const gone = once(station.events, 'disconnected');
  await csms.disconnect();
  await gone;
}

async function start(evseId = 1, idToken = 'CARD1'): Promise<void> {
  const { host, station } = rig;
  const started = once(station.events, 'transactionStarted');
  host.plug(evseId, { soc: 40 });
  host.presentToken(evseId, idToken);
  await started;
}

describe('OCPP 2.0.1 transactions', () => {
  it('are told from begin to end when they were offline, each step marked (case 56) [E04]', async () => {
    const { host, station, clock } = await open({ settings: { 'SampledDataCtrlr.TxUpdatedInterval': '10' } });
    await goOffline();
    await start();
    clock.advance(40_000);
    host.presentToken(1, 'CARD1');
    await advanceUntil(clock, once(station.events, 'accepted'));
    await drained();
    const all = events();
    expect(all.map((event) => 'offline' in event && event.offline)).toEqual(all.map(() => true));
    expect(all.map((event) => 'seqNo' in event && event.seqNo)).toEqual(all.map((_, index) => index));
    expect(all[0]).toMatchObject({ eventType: 'Started' });
    expect(all.at(-1)).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'StopAuthorized',
      idToken: { idToken: 'CARD1' },
    });
    expect(all.length).toBeGreaterThan(4);
  });

  it('are given up after MessageAttempts, one message at a time (case 57) [cleanup_transaction_events_after_max_attempts_exhausted]', async () => {
    let isAway = true;
    const { csms, host, station } = await open({
      settings: {
        'OCPPCommCtrlr.MessageAttempts[TransactionEvent]': '3',
        'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]': '1',
        'SampledDataCtrlr.TxUpdatedInterval': '0',
      },
      prepare: (central) =>
        central.answer('TransactionEvent', () => {
          if (isAway) throw new Error('the database is away');
          return {};
        }),
    });
    const discarded: TransactionRecord['event'][] = [];
    station.events.on('messageDiscarded', (record) => {
      if (record.kind === 'transaction') discarded.push(record.event);
      if (discarded.length === 2) isAway = false;
    });
    await start();
    await advanceTo(rig.clock, () => discarded.length === 2);
    expect(discarded).toEqual(['Started', 'Updated']);
    host.unplug(1);
    await drained();
    expect(events().map((event) => 'eventType' in event && event.eventType)).toEqual([
      'Started',
      'Started',
      'Started',
      'Updated',
      'Updated',
      'Updated',
      'Ended',
    ]);
    expect(csms.violations).toEqual([]);
  });

  it('run in parallel on two EVSEs, each with its own numbers (case 58) [two_parallel_transactions]', async () => {
    const { host, clock } = await open({ evses: 2, settings: { 'SampledDataCtrlr.TxUpdatedInterval': '10' } });
    await start(1, 'CARD1');
    await start(2, 'CARD2');
    clock.advance(30_000);
    host.presentToken(1, 'CARD1');
    host.unplug(2);
    await drained();
    for (const id of [1, 2]) {
      const own = events().filter((event) => JSON.stringify(event).includes(`"evse":{"id":${id},`));
      expect(own.map((event) => 'seqNo' in event && event.seqNo)).toEqual(own.map((_, index) => index));
      expect(own[0]).toMatchObject({ eventType: 'Started', idToken: { idToken: `CARD${id}` } });
      expect(own.at(-1)).toMatchObject({ eventType: 'Ended' });
    }
  });

  it('are stopped by a group that the CSMS told of later (case 59) [id_token_info_updated_in_tx_event]', async () => {
    const groupIdToken = { idToken: 'GROUP', type: 'Central' };
    const { csms, host, station } = await open({
      prepare: (central) => {
        central.answer('TransactionEvent', (event) =>
          'idToken' in event ? { idTokenInfo: { status: 'Accepted', groupIdToken } } : {},
        );
        central.answer('Authorize', (request) => ({
          idTokenInfo: { status: 'Accepted', ...(JSON.stringify(request).includes('CARD2') && { groupIdToken }) },
        }));
      },
    });
    await start();
    await expect.poll(() => station.transactionOn(1)?.groupId).toBe('GROUP');
    host.presentToken(1, 'CARD2');
    await expect.poll(() => events().at(-1)).toMatchObject({ eventType: 'Ended', idToken: { idToken: 'CARD2' } });
    expect(csms.violations).toEqual([]);
  });

  it('that only de-energise say so once, and keep the reason for their end', async () => {
    const { host } = await open({
      settings: { 'TxCtrlr.TxStopPoint': 'ParkingBayOccupancy', 'TxCtrlr.TxStartPoint': 'EVConnected' },
    });
    host.plug(1, { soc: 40 });
    host.presentToken(1, 'CARD1');
    await expect.poll(() => events().length).toBe(2);
    rig.clock.advance(2000);
    host.presentToken(1, 'CARD1');
    await expect.poll(() => events().length).toBe(4);
    expect(events()).toMatchObject([
      { eventType: 'Started', triggerReason: 'CablePluggedIn', transactionInfo: { chargingState: 'EVConnected' } },
      { eventType: 'Updated', triggerReason: 'Authorized', idToken: { idToken: 'CARD1' } },
      { eventType: 'Updated', transactionInfo: { chargingState: 'Charging' } },
      {
        eventType: 'Updated',
        triggerReason: 'StopAuthorized',
        idToken: { idToken: 'CARD1' },
        transactionInfo: { chargingState: 'EVConnected' },
      },
    ]);
    host.unplug(1);
    await expect
      .poll(() => events().at(-1))
      .toMatchObject({
        triggerReason: 'EVCommunicationLost',
        transactionInfo: { chargingState: 'Idle' },
      });
  });

  it('are suspended while the vehicle is away, and go on when it is back (E10)', async () => {
    const { host, clock } = await open({
      settings: { 'TxCtrlr.TxStopPoint': 'Authorized', 'TxCtrlr.StopTxOnEVSideDisconnect': 'false' },
    });
    await start();
    clock.advance(2000);
    host.unplug(1);
    host.plug(1, { soc: 50 });
    clock.advance(2000);
    host.presentToken(1, 'CARD1');
    await drained();
    expect(events()).toMatchObject([
      { eventType: 'Started' },
      { transactionInfo: { chargingState: 'Charging' } },
      { triggerReason: 'EVCommunicationLost', transactionInfo: { chargingState: 'Idle' } },
      { triggerReason: 'CablePluggedIn', transactionInfo: { chargingState: 'EVConnected' } },
      { triggerReason: 'ChargingStateChanged', transactionInfo: { chargingState: 'Charging' } },
      { eventType: 'Ended', triggerReason: 'StopAuthorized' },
    ]);
  });

  it('end when the vehicle leaves, whatever the stop points, where that is configured (E09)', async () => {
    const { host } = await open({ settings: { 'TxCtrlr.TxStopPoint': 'Authorized' } });
    await start();
    host.unplug(1);
    await drained();
    expect(events().at(-1)).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'EVCommunicationLost',
      transactionInfo: { stoppedReason: 'EVDisconnected', chargingState: 'Idle' },
    });
  });

  it('are given up when nobody plugs in', async () => {
    const { host, clock } = await open({
      settings: { 'TxCtrlr.TxStartPoint': 'Authorized', 'TxCtrlr.EVConnectionTimeOut': '30' },
    });
    host.presentToken(1, 'CARD1');
    await expect.poll(() => events().length).toBe(1);
    clock.advance(30_000);
    await drained();
    expect(events()).toMatchObject([
      { eventType: 'Started', transactionInfo: { chargingState: 'Idle' } },
      { eventType: 'Ended', triggerReason: 'EVConnectTimeout', transactionInfo: { stoppedReason: 'Timeout' } },
    ]);
  });

  it('tell how many phases are in use, when that changes', async () => {
    const { clock } = await open({ settings: { 'SampledDataCtrlr.TxUpdatedInterval': '30' } });
    await start();
    clock.advance(90_000);
    await drained();
    expect(events().flatMap((event) => ('numberOfPhasesUsed' in event ? [event.numberOfPhasesUsed] : []))).toEqual([3]);
  });
});

describe('OCPP 2.1 limits of a transaction (E16)', () => {
  it.each([
    [{ maxEnergy: 500 }, 'EnergyLimitReached', 'EnergyLimitReached'],
    [{ maxTime: 120 }, 'TimeLimitReached', 'TimeLimitReached'],
    [{ maxSoC: 41 }, 'SoCLimitReached', 'SOCLimitReached'],
    [{ maxCost: 0.1 }, 'CostLimitReached', 'LocalOutOfCredit'],
  ])('end it: %o', async (transactionLimit, triggerReason, stoppedReason) => {
    const { clock, csms } = await open(
      {
        settings: { 'SampledDataCtrlr.TxUpdatedInterval': '0' },
        prepare: (central) =>
          central.answer('TransactionEvent', (event) =>
            'eventType' in event && event.eventType === 'Started' ? { transactionLimit } : {},
          ),
      },
      '2.1',
    );
    const tariff = { tariffId: 'T', currency: 'EUR', energy: { prices: [{ priceKwh: 0.3 }] } };
    expect(await csms.call('CP1', 'SetDefaultTariff', { evseId: 0, tariff })).toEqual({ status: 'Accepted' });
    await start();
    await expect
      .poll(() => events().at(1))
      .toMatchObject({ triggerReason: 'LimitSet', transactionInfo: { transactionLimit } });
    clock.advance(1_200_000);
    await drained();
    expect(events().at(-1)).toMatchObject({ eventType: 'Ended', triggerReason, transactionInfo: { stoppedReason } });
  });

  it('can be set by the driver', async () => {
    const { station } = await open({}, '2.1');
    await start();
    expect(station.limitTransaction(1, { maxEnergy: 9000 })).toBe(true);
    expect(station.limitTransaction(7, { maxEnergy: 9000 })).toBe(false);
    await expect.poll(() => events().at(-1)).toMatchObject({ triggerReason: 'LimitSet' });
  });
});

describe('what an OCPP 2.1 step of a transaction carries', () => {
  it('is the cable once, and the battery’s temperature where the charger knows it', async () => {
    const told: { events?: HostEvents } = {};
    await open(
      { charger: { preconditioning: () => 'Preconditioning' }, listen: (events) => void (told.events = events) },
      '2.1',
    );
    told.events?.pluggedIn(1, 1, { maxCurrentA: 20 });
    rig.host.presentToken(1, 'CARD1');
    await expect.poll(() => events().length).toBe(1);
    rig.host.requestStop(1, 'EmergencyStop');
    await drained();
    expect(events()).toMatchObject([
      { cableMaxCurrent: 20, preconditioningStatus: 'Preconditioning' },
      { eventType: 'Ended', transactionInfo: { stoppedReason: 'EmergencyStop' } },
    ]);
    expect(events().at(-1)).not.toHaveProperty('cableMaxCurrent');
  });

  it('says after a power cut that it goes on, with the values before and after (E17)', async () => {
    const store = createMemoryStore();
    await open({ store }, '2.1');
    await start();
    rig.clock.advance(60_000);
    await expect.poll(() => rig.station.queuedMessages).toBe(0);
    await rig.close();
    await open({ store, charger: { resumes: () => true } }, '2.1');
    await expect
      .poll(() => events()[0])
      .toMatchObject({
        eventType: 'Updated',
        triggerReason: 'TxResumed',
        meterValue: [
          { sampledValue: [{ context: 'Interruption.Begin' }] },
          { sampledValue: expect.arrayContaining([expect.objectContaining({ context: 'Interruption.End' })]) },
        ],
      });
  });

  it.each([{ stops: 'true' }, { stops: 'false' }])(
    'says once that its token is refused, however often the CSMS does (E05.FR.09, StopTxOnInvalidId $stops)',
    async ({ stops }) => {
      const { csms, host, station } = await open({
        settings: {
          'TxCtrlr.StopTxOnInvalidId': stops,
          'TxCtrlr.MaxEnergyOnInvalidId': '0',
          'TxCtrlr.TxStopPoint': 'EVConnected',
        },
        prepare: ({ answer }) => answer('TransactionEvent', () => ({ idTokenInfo: { status: 'Invalid' } })),
      });
      const refusals = () =>
        events().filter((event) => 'triggerReason' in event && event.triggerReason === 'Deauthorized');
      await start();
      await expect.poll(() => refusals().length).toBeGreaterThan(0);
      await drained();
      expect(refusals()).toHaveLength(1);
      expect(station.transactionOn(1)).toBeDefined();
      host.unplug(1);
      await drained();
      expect(events().at(-1)).toMatchObject({ eventType: 'Ended' });
      expect(csms.violations).toEqual([]);
    },
  );

  it('charges on for the second token when only the first one is refused, which is gone (E05)', async () => {
    const { host, station, clock } = await open({
      settings: { 'TxCtrlr.TxStopPoint': 'EVConnected', 'AuthCtrlr.OfflineTxForUnknownIdEnabled': 'true' },
      prepare: ({ answer }) =>
        answer('TransactionEvent', (payload) => {
          const isFirst = JSON.stringify(payload).includes('FIRST');
          return isFirst ? { idTokenInfo: { status: 'Invalid', groupIdToken: { idToken: 'G', type: 'Central' } } } : {};
        }),
    });
    await goOffline();
    await start(1, 'FIRST');
    host.presentToken(1, 'FIRST');
    await expect.poll(() => station.statusOf(1)).not.toBe('Charging');
    host.presentToken(1, 'SECOND');
    await expect.poll(() => station.transactionOn(1)?.idToken?.idToken).toBe('SECOND');
    await advanceUntil(clock, once(station.events, 'accepted'));
    await drained();
    expect(station.transactionOn(1)).toMatchObject({ isAuthorized: true, groupId: undefined });
    expect(station.statusOf(1)).toBe('Charging');
  });

  it('charges no more with a refused token than MaxEnergyOnInvalidId, however often the CSMS refuses it (E05.FR.03)', async () => {
    const { station, clock, host } = await open({
      settings: {
        'TxCtrlr.StopTxOnInvalidId': 'false',
        'TxCtrlr.MaxEnergyOnInvalidId': '500',
        'SampledDataCtrlr.TxUpdatedInterval': '10',
      },
      prepare: ({ answer }) => answer('TransactionEvent', () => ({ idTokenInfo: { status: 'Invalid' } })),
    });
    await start();
    const beganWh = station.transactionOn(1)?.lastWh ?? Number.NaN;
    await advanceTo(clock, () => station.statusOf(1) === 'SuspendedEVSE', 1000);
    clock.advance(600_000);
    expect(station.statusOf(1)).toBe('SuspendedEVSE');
    expect(host.meter(1).energyWh - beganWh).toBeLessThan(600);
  });
});
