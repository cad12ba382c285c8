import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  createSimulatedHost,
  createStation,
  ManualClock,
  type SimulatedHost,
  type Station,
  type StationOptions,
  type StationStore,
  type StationVersion,
} from '../src/index.ts';
import { openCsms, type Csms } from './csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A charger whose power may be cut: what is left of it is its store, its clock and the cable. */
async function charger(
  version: StationVersion,
  settings: StationOptions['settings'] = {},
  store: StationStore = createMemoryStore(),
) {
  const central: Csms = await openCsms();
  closing.push(() => central.close());
  const clock = new ManualClock(new Date());
  const boot = async (host: SimulatedHost): Promise<Station> => {
    const station = createStation({
      identity: 'CP1',
      url: central.url,
      versions: [version],
      host,
      clock,
      store,
      random: () => 0.5,
      settings: { 'SampledDataCtrlr.TxUpdatedInterval': '60', ...settings },
    });
    closing.push(() => station.stop());
    const accepted = once(station.events, 'accepted');
    station.start();
    await accepted;
    return station;
  };
  const power = () => createSimulatedHost({ clock, random: () => 0.5 });
  return { central, store, clock, boot, power };
}

/** Looks at what a store holds after every single commit: what a power cut at that moment leaves. */
function lookedAt(inner: StationStore, look: () => void): StationStore {
  const state = { depth: 0 };
  const committed = <T>(write: () => T): T => {
    state.depth++;
    const result = write();
    if (--state.depth === 0) look();
    return result;
  };
  return {
    entries: (collection) => inner.entries(collection),
    get: (collection, key) => inner.get(collection, key),
    put: (collection, key, value) => committed(() => inner.put(collection, key, value)),
    remove: (collection, key) => committed(() => inner.remove(collection, key)),
    clear: (collection) => committed(() => inner.clear(collection)),
    atomically: (change) => committed(() => inner.atomically(change)),
    close: () => inner.close(),
  };
}

const holds = (store: StationStore, collection: string, text: string) =>
  JSON.stringify([...store.entries(collection)]).includes(text);

/** As when the power goes: nothing is told any more, and nothing is tidied up. */
async function cut(station: Station, host: SimulatedHost): Promise<void> {
  host.shutDown();
  await station.stop();
}

describe('a power cut in the middle of a transaction', () => {
  it('ends a 1.6 transaction with PowerLoss and the last meter value, and finishes with the vehicle (case 8) (7.1 running transaction) (7.1 boot recovery) (case 9) [stop_pending_transactions 1.6] [power_failure_boot_charge_point_stop_tx]', async () => {
    const { central, clock, boot, power } = await charger('1.6');
    const host = power();
    const station = await boot(host);
    host.plug(1, { soc: 40 });
    const confirmed = once(station.events, 'transactionConfirmed');
    host.presentToken(1, 'CARD1');
    await confirmed;
    for (let minute = 0; minute < 3; minute++) {
      clock.advance(60_000);
      await central.next('MeterValues');
    }
    const lastWh = Math.round(station.transactionOn(1)?.lastWh ?? 0);
    const lastAt = station.transactionOn(1)?.lastAt.toISOString();
    await cut(station, host);
    clock.advance(3_600_000);
    const after = power();
    after.plug(1);
    const again = await boot(after);
    expect(await central.next('StopTransaction')).toMatchObject({
      transactionId: 4711,
      reason: 'PowerLoss',
      meterStop: lastWh,
      timestamp: lastAt,
    });
    expect(again.statusOf(1)).toBe('Finishing');
    const finishing = central.received.findIndex(
      ({ payload }) => 'status' in payload && payload.status === 'Finishing',
    );
    expect(central.received[finishing]?.payload).toMatchObject({ connectorId: 1 });
    expect(finishing).toBeLessThan(central.received.findIndex(({ action }) => action === 'StopTransaction'));
    expect(central.received.filter(({ action }) => action === 'StopTransaction')).toHaveLength(1);
  });

  it('ends a 2.0.1 transaction with PowerLoss, without a gap in the numbers (case 60) (7.1 running transaction) (7.1 boot recovery) [stop_pending_transactions 2.0.1]', async () => {
    const { central, clock, boot, power } = await charger('2.0.1');
    const host = power();
    const station = await boot(host);
    host.plug(1, { soc: 40 });
    host.presentToken(1, 'CARD1');
    await central.next('TransactionEvent');
    clock.advance(60_000);
    await central.next('TransactionEvent');
    await expect.poll(() => station.queuedMessages).toBe(0);
    const seqNo = station.transactionOn(1)?.seqNo;
    await cut(station, host);
    await boot(power());
    const events = central.received.filter(({ action }) => action === 'TransactionEvent');
    await expect.poll(() => central.received.at(-1)?.payload).toMatchObject({ type: 'StartupOfTheDevice' });
    const end = central.received.findLast(({ action }) => action === 'TransactionEvent');
    expect(end?.payload).toMatchObject({
      eventType: 'Ended',
      seqNo,
      offline: true,
      triggerReason: 'AbnormalCondition',
      transactionInfo: { stoppedReason: 'PowerLoss' },
    });
    expect(events.length).toBeGreaterThan(1);
  });

  it('delivers what it had recorded offline before the cut, with the times of then, each once (7.1 queued messages)', async () => {
    const { central, clock, boot, power } = await charger('1.6');
    const host = power();
    const station = await boot(host);
    const gone = once(station.events, 'disconnected');
    await central.disconnect();
    await gone;
    host.plug(1, { soc: 40 });
    host.presentToken(1, 'CARD1');
    await once(station.events, 'transactionStarted');
    const startedAt = clock.now().toISOString();
    host.requestStop(1, 'Local');
    await cut(station, host);
    const again = await boot(power());
    await expect.poll(() => again.queuedMessages).toBe(0);
    const transactions = central.received.filter(({ action }) => action.endsWith('Transaction'));
    expect(transactions).toMatchObject([
      { action: 'StartTransaction', payload: { idTag: 'CARD1', timestamp: startedAt } },
      { action: 'StopTransaction', payload: { transactionId: 4711 } },
    ]);
  });

  it('tells the start that was recorded offline before the end with PowerLoss, both once (7.1 boot recovery)', async () => {
    const { central, clock, boot, power } = await charger('1.6', { 'SampledDataCtrlr.TxUpdatedInterval': '0' });
    const host = power();
    const station = await boot(host);
    const gone = once(station.events, 'disconnected');
    await central.disconnect();
    await gone;
    host.plug(1, { soc: 40 });
    host.presentToken(1, 'CARD1');
    await once(station.events, 'transactionStarted');
    const startedAt = clock.now().toISOString();
    await cut(station, host);
    const again = await boot(power());
    await expect.poll(() => again.queuedMessages).toBe(0);
    const transactions = central.received.filter(({ action }) => action.endsWith('Transaction'));
    expect(transactions).toMatchObject([
      { action: 'StartTransaction', payload: { idTag: 'CARD1', timestamp: startedAt } },
      { action: 'StopTransaction', payload: { transactionId: 4711, reason: 'PowerLoss' } },
    ]);
  });

  it('lets a transaction go on when the host says that the vehicle still charges (7.1 boot recovery)', async () => {
    const { central, clock, boot, power } = await charger('2.0.1');
    const host = power();
    const station = await boot(host);
    host.plug(1, { soc: 40 });
    host.presentToken(1, 'CARD1');
    await central.next('TransactionEvent');
    const id = station.transactionOn(1)?.id;
    await cut(station, host);
    const after = Object.assign(power(), { resumes: () => true });
    after.plug(1);
    const again = await boot(after);
    expect(again.transactionOn(1)?.id).toBe(id);
    after.unplug(1);
    await advanceUntil(clock, expect.poll(() => again.queuedMessages).toBe(0));
    const end = central.received.findLast(({ action }) => action === 'TransactionEvent');
    expect(end?.payload).toMatchObject({ eventType: 'Ended', transactionInfo: { transactionId: id } });
  });

  it('keeps a transaction whose meter cannot be read yet when the power is back (7.1 boot recovery)', async () => {
    const { central, boot, power } = await charger('2.0.1');
    let host = power();
    let station = await boot(host);
    host.plug(1, { soc: 40 });
    host.presentToken(1, 'CARD1');
    await central.next('TransactionEvent');
    const { id, lastWh } = station.transactionOn(1) ?? {};
    for (const _time of [1, 2]) {
      await cut(station, host);
      host = Object.assign(power(), { resumes: () => true });
      const reading = { ...host.meter(1), energyWh: Number.NaN };
      host.meter = () => reading;
      station = await boot(host);
      expect(station.transactionOn(1)).toMatchObject({ id, lastWh });
    }
  });

  it('gives no more to a refused token than what was left of its allowance', async () => {
    const { central, clock, boot, power } = await charger('1.6', {
      'TxCtrlr.StopTxOnInvalidId': 'false',
      'TxCtrlr.MaxEnergyOnInvalidId': '500',
    });
    central.answer('StartTransaction', () => ({ transactionId: 5, idTagInfo: { status: 'Invalid' } }));
    let host = power();
    const station = await boot(host);
    const confirmed = once(station.events, 'transactionConfirmed');
    host.plug(1, { soc: 40 });
    host.presentToken(1, 'CARD1');
    await confirmed;
    const allowedWh = station.transactionOn(1)?.allowedWh ?? 0;
    const resumed = async (before: Station) => {
      await cut(before, host);
      host = Object.assign(power(), { resumes: () => true });
      host.plug(1, { soc: 40 });
      return boot(host);
    };
    const again = await resumed(station);
    expect(again.transactionOn(1)?.allowedWh).toBe(allowedWh);
    clock.advance(600_000);
    expect(again.statusOf(1)).toBe('SuspendedEVSE');
    const last = await resumed(again);
    const before = host.meter(1).energyWh;
    clock.advance(600_000);
    expect(last.statusOf(1)).toBe('SuspendedEVSE');
    expect(host.meter(1).energyWh).toBe(before);
  });
});

describe('a power cut while an answer is taken in', () => {
  it.each([
    ['1.6', 'transactionIds', '4711'],
    ['2.0.1', 'transactions', 'allowedWh'],
    ['2.1', 'transactions', 'allowedWh'],
  ] as const)(
    'never leaves an OCPP %s start to be sent again whose answer is kept (7.1 write order)',
    async (version, collection, text) => {
      const inner = createMemoryStore();
      const moments: [isQueued: boolean, isAnswered: boolean][] = [];
      const store = lookedAt(inner, () =>
        moments.push([holds(inner, 'queue', '"Started"'), holds(inner, collection, text)]),
      );
      const refusing = { 'TxCtrlr.StopTxOnInvalidId': 'false', 'TxCtrlr.MaxEnergyOnInvalidId': '500' };
      const { central, boot, power } = await charger(version, refusing, store);
      central.answer('TransactionEvent', () => ({ idTokenInfo: { status: 'Invalid' } }));
      const host = power();
      const station = await boot(host);
      host.plug(1, { soc: 40 });
      host.presentToken(1, 'CARD1');
      await expect.poll(() => moments.at(-1)).toEqual([false, true]);
      expect(moments).toContainEqual([true, false]);
      expect(moments).not.toContainEqual([true, true]);
      await cut(station, host);
    },
  );
});
