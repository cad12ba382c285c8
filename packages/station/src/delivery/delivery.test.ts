import { OcppConnectionClosed, OcppError, OcppQueueFull } from '@busbar/ocpp';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../time/clock.ts';
import { Delivery } from './delivery.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { noStore } from '../store/no-store.ts';
import { OfflineQueue } from './offline-queue.ts';
import type { QueuedRecord, TransactionRecord } from './records.ts';

const message = (seqNo: number, event: TransactionRecord['event'] = 'Updated'): TransactionRecord => ({
  kind: 'transaction',
  event,
  transactionId: 'T1',
  evseId: 1,
  connectorId: 1,
  at: '2026-01-01T00:00:00.000Z',
  seqNo,
  trigger: 'MeterValuePeriodic',
  isOffline: false,
  chargingState: 'Charging',
  meterWh: 0,
  values: [],
});

const notice = (eventId: number): QueuedRecord => ({
  kind: 'notice',
  payload: { generatedAt: '2026-01-01T00:00:00.000Z', seqNo: eventId, eventData: [] },
});

const swap = (requestId: number): QueuedRecord => ({
  kind: 'grid',
  action: 'BatterySwap',
  payload: { requestId, eventType: 'BatteryIn', idToken: { idToken: 'CARD1', type: 'Central' }, batteryData: [] },
});

const alarm: QueuedRecord = {
  kind: 'grid',
  action: 'NotifyDERAlarm',
  payload: { controlType: 'HVMustTrip', timestamp: '2026-01-01T00:00:00.000Z' },
};

const refused = new OcppError('InternalError', 'the database is away');
const cut = new OcppConnectionClosed('the socket closed', true);
const unsent = new OcppConnectionClosed('the socket closed', false);

const crowded = new OcppQueueFull('100 calls already wait');

const any = (_record: QueuedRecord): boolean => true;

/** A delivery to a CSMS that answers as it is told: an error, or well. */
function open(answers: (Error | undefined)[] = [], { store = noStore, consequences = () => {}, canSend = any } = {}) {
  const clock = new ManualClock();
  const faults: unknown[] = [];
  const sent: { n: number; isOffline: boolean; at: number }[] = [];
  const discarded: unknown[] = [];
  const start = clock.now().getTime();
  const delivery = new Delivery({
    queue: new OfflineQueue(store, () => 1000),
    clock,
    rules: () => ({ attempts: 3, intervalMs: 10_000 }),
    send(queued) {
      const { seqNo: n, isOffline } = queued.kind === 'transaction' ? queued : message(0);
      sent.push({ n, isOffline, at: (clock.now().getTime() - start) / 1000 });
      const error = answers.shift();
      return error ? Promise.reject(error) : Promise.resolve(consequences);
    },
    canSend,
    isFinal: () => false,
    onDiscard: (queued) => discarded.push(queued),
    onFault: (_queued, error) => faults.push(error),
  });
  return { clock, sent, discarded, faults, delivery };
}

/** Lets all promises settle that need nothing from outside. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Delivery', () => {
  it('sends nothing before the change that it is a part of is kept', async () => {
    const { delivery, sent } = open();
    delivery.open();
    const store = createMemoryStore();
    store.atomically(() => {
      delivery.add(message(1));
      expect(sent).toEqual([]);
    });
    await settle();
    expect(sent).toMatchObject([{ n: 1 }]);
  });

  it('keeps everything while closed, and sends it in order once open', async () => {
    const { delivery, sent } = open();
    for (const n of [1, 2, 3]) delivery.add(message(n));
    await settle();
    expect(sent).toEqual([]);
    delivery.open();
    await delivery.drained();
    expect(sent.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(delivery.size).toBe(0);
  });

  it('waits the interval times the failures so far, then gives up and goes on', async () => {
    const { delivery, sent, clock, discarded } = open([refused, refused, refused]);
    delivery.open();
    delivery.add(message(1));
    delivery.add(message(2));
    for (let second = 0; second < 40; second++) {
      await settle();
      clock.advance(1000);
    }
    expect(sent.map(({ n, at }) => [n, at])).toEqual([
      [1, 0],
      [1, 10],
      [1, 30],
      [2, 30],
    ]);
    expect(discarded).toEqual([message(1)]);
  });

  it('does not count a lost connection, and sends the same message first when it is back', async () => {
    const { delivery, sent, discarded } = open([cut, cut, cut, cut]);
    delivery.add(message(1));
    delivery.add(message(2));
    for (let time = 0; time < 5; time++) {
      delivery.open();
      await settle();
    }
    expect(sent.map(({ n }) => n)).toEqual([1, 1, 1, 1, 1, 2]);
    expect(discarded).toEqual([]);
  });

  it('does not count what never went out because others wait, and tries it again after the interval', async () => {
    const { delivery, sent, clock, discarded } = open([crowded, crowded, crowded, crowded]);
    delivery.open();
    delivery.add(message(1));
    for (let second = 0; second < 50; second++) {
      await settle();
      clock.advance(1000);
    }
    expect(sent.map(({ at }) => at)).toEqual([0, 10, 20, 30, 40]);
    expect([discarded, delivery.size]).toEqual([[], 0]);
  });

  it('marks as offline what was never sent, and leaves alone what may have arrived (E11.FR.07)', async () => {
    const { delivery, sent } = open([cut, unsent]);
    delivery.add(message(1));
    delivery.add(message(2));
    delivery.open();
    await settle();
    delivery.markOffline();
    delivery.open();
    await settle();
    delivery.open();
    await settle();
    expect(sent.map(({ n, isOffline }) => [n, isOffline])).toEqual([
      [1, false],
      [1, false],
      [1, false],
      [2, true],
    ]);
  });

  it('repeats unchanged what was sent once, whatever attempts follow, and after a restart too (E11.FR.07)', async () => {
    const store = createMemoryStore();
    const { delivery, sent } = open([cut, unsent], { store });
    delivery.add(message(1));
    delivery.open();
    await settle();
    delivery.open();
    await settle();
    delivery.markOffline();
    const after = new OfflineQueue(store, () => 1000);
    after.load();
    expect(after.first(any)).toMatchObject({ isSent: true, record: { isOffline: false } });
    delivery.open();
    await delivery.drained();
    expect(sent.map(({ isOffline }) => isOffline)).toEqual([false, false, false]);
  });

  it('tells as offline what a lost connection kept from being sent at all (E11.FR.07)', async () => {
    const store = createMemoryStore();
    const { delivery, sent } = open([unsent], { store });
    delivery.add(message(1));
    delivery.open();
    delivery.markOffline();
    await settle();
    const after = new OfflineQueue(store, () => 1000);
    after.load();
    expect(after.first(any)).toMatchObject({ isSent: false, record: { isOffline: true } });
    delivery.open();
    await delivery.drained();
    expect(sent.map(({ isOffline }) => isOffline)).toEqual([false, true]);
  });

  it('does not send again what was answered, when the answer cannot be processed', async () => {
    const oops = new Error('nobody thought of that');
    const consequences = () => {
      throw oops;
    };
    const { delivery, sent, faults, discarded } = open([], { consequences });
    delivery.add(message(1));
    delivery.add(message(2));
    delivery.open();
    await delivery.drained();
    expect(sent.map(({ n }) => n)).toEqual([1, 2]);
    expect(faults).toEqual([oops, oops]);
    expect(discarded).toEqual([]);
  });

  it('lets wait what the version spoken has no word for, until one has', async () => {
    let isKnown = false;
    const { delivery, sent } = open([], { canSend: ({ kind }: QueuedRecord) => kind !== 'notice' || isKnown });
    delivery.add(notice(7));
    delivery.add(message(1));
    delivery.open();
    await delivery.drained();
    expect(sent.map(({ n }) => n)).toEqual([1]);
    expect(delivery.size).toBe(1);
    isKnown = true;
    delivery.open();
    await delivery.drained();
    expect(sent).toHaveLength(2);
    expect(delivery.size).toBe(0);
  });

  it('is drained when it is closed, whatever waits', async () => {
    const { delivery } = open([refused]);
    delivery.open();
    delivery.add(message(1));
    await settle();
    const drained = delivery.drained();
    delivery.close();
    await drained;
    expect(delivery.size).toBe(1);
  });
});

describe('OfflineQueue', () => {
  it('drops every second intermediate message when it is full, and no start, no end, nothing sent (E04.FR.08)', () => {
    const queue = new OfflineQueue(noStore, () => 6);
    queue.append(message(0, 'Started'));
    for (const n of [1, 2, 3, 4]) queue.append(message(n));
    queue.append(message(5, 'Ended'));
    const last = queue.append(message(6));
    expect(Array.from(queue.all(), ({ id }) => id)).toEqual([1, 3, 5, 6, 7]);
    last.isSent = true;
    queue.thin();
    expect(Array.from(queue.all(), ({ id }) => id)).toEqual([1, 5, 6, 7]);
  });

  it('drops notices before samples of transactions, and battery swaps last (E04.FR.08)', () => {
    const queue = new OfflineQueue(noStore, () => 100);
    for (const n of [0, 1, 2]) queue.append(message(n, n === 0 ? 'Started' : 'Updated'));
    queue.append(swap(1));
    for (const n of [1, 2]) queue.append(notice(n));
    queue.append(alarm);
    queue.append({ kind: 'security', type: 'StartupOfTheDevice', at: '2026-01-01T00:00:00.000Z' });
    const left = () => Array.from(queue.all(), ({ id }) => id);
    const steps = Array.from({ length: 6 }, () => {
      queue.thin();
      return left();
    });
    expect(steps).toEqual([
      [1, 2, 3, 4, 6, 8],
      [1, 2, 3, 4, 8],
      [1, 3, 4, 8],
      [1, 4, 8],
      [1, 8],
      [1, 8],
    ]);
  });

  it('takes up what an earlier run has left, in order, and throws away what it cannot read (7.1 queued messages)', () => {
    const store = createMemoryStore();
    const before = new OfflineQueue(store, () => 100);
    for (let n = 0; n < 12; n++) before.append(message(n));
    const first = before.first(any);
    if (first) before.update({ ...first, attempts: 2, isSent: true });
    before.remove(5);
    store.put('queue', '000000000000003', { record: { kind: 'nonsense' } });
    const queue = new OfflineQueue(store, () => 100);
    queue.load();
    expect(queue.first(any)).toEqual({ id: 1, record: message(0), attempts: 2, isSent: true });
    expect(Array.from(queue.all(), ({ id }) => id)).toEqual([1, 2, 4, 6, 7, 8, 9, 10, 11, 12]);
    expect(queue.append(message(99)).id).toBe(13);
    expect([...store.entries('queue')]).toHaveLength(11);
  });
});
