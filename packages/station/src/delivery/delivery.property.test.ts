import { OcppConnectionClosed, OcppError } from '@busbar/ocpp';
import { array, assert as assertProperty, asyncProperty, constantFrom } from 'fast-check';
import { expect, it } from 'vitest';
import { ManualClock } from '../time/clock.ts';
import { Delivery } from './delivery.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { OfflineQueue } from './offline-queue.ts';
import type { QueuedRecord, TransactionRecord } from './records.ts';
import type { StationStore } from '../store/store.ts';

const recordOf = (seqNo: number): TransactionRecord => ({
  kind: 'transaction',
  event: 'Updated',
  transactionId: 'T1',
  evseId: 1,
  connectorId: 1,
  at: '2026-01-01T00:00:00.000Z',
  seqNo,
  trigger: 'MeterValuePeriodic',
  isOffline: false,
  chargingState: 'Charging',
  meterWh: seqNo,
  values: [],
});

/** What may happen; the last five concern a message that is on its way. */
const happenings = [
  'record',
  'connect',
  'disconnect',
  'restart',
  'time passes',
  'answer',
  'answer late',
  'error',
  'lost before',
  'lost after',
] as const;

type Happening = (typeof happenings)[number];

interface InFlight {
  payload: string;
  resolve(consequences: () => void): void;
  reject(error: Error): void;
}

/** A station's delivery in its store, and the CSMS that its messages reach. */
class World {
  readonly seen: string[] = [];
  readonly recorded: number[] = [];
  readonly clock = new ManualClock();
  readonly #store: StationStore = createMemoryStore();
  #delivery = this.#boot();
  #inFlight: InFlight | undefined;
  /** Of connections that are gone: an answer may still come. */
  #stale: InFlight[] = [];

  async do(happening: Happening): Promise<void> {
    this.#act[happening]();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Everything works from now on. */
  async settle(): Promise<void> {
    await this.do('connect');
    for (let turn = 0; this.#delivery.size > 0 && turn < 500; turn++)
      await this.do(this.#inFlight ? 'answer' : 'time passes');
  }

  readonly #act: Record<Happening, () => void> = {
    record: () => {
      const seqNo = this.recorded.length;
      this.recorded.push(seqNo);
      this.#delivery.add(recordOf(seqNo));
    },
    connect: () => this.#delivery.open(),
    disconnect: () => this.#cut(true),
    restart: () => {
      this.#cut(true);
      this.#delivery = this.#boot();
    },
    'time passes': () => this.clock.advance(60_000),
    answer: () => this.#take()?.resolve(() => {}),
    'answer late': () => this.#stale.shift()?.resolve(() => {}),
    error: () => this.#take()?.reject(new OcppError('InternalError', 'no')),
    'lost before': () => this.#cut(false),
    'lost after': () => this.#cut(true),
  };

  #boot(): Delivery {
    const queue = new OfflineQueue(this.#store, () => 10_000);
    queue.load();
    return new Delivery({
      queue,
      clock: this.clock,
      rules: () => ({ attempts: 1e6, intervalMs: 1 }),
      send: (record) => this.#send(record),
      canSend: () => true,
      isFinal: () => false,
      onDiscard: () => expect.unreachable(),
      onFault: () => expect.unreachable(),
    });
  }

  #send(record: QueuedRecord): Promise<() => void> {
    const payload = JSON.stringify(record);
    this.seen.push(payload);
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    this.#inFlight = { payload, resolve, reject };
    return promise;
  }

  #take(): InFlight | undefined {
    const taken = this.#inFlight;
    this.#inFlight = undefined;
    return taken;
  }

  /** The connection is gone; what was written may have arrived or not. */
  #cut(wasWritten: boolean): void {
    this.#delivery.close();
    const lost = this.#take();
    if (!lost) return this.#delivery.markOffline();
    if (!wasWritten) this.seen.splice(this.seen.lastIndexOf(lost.payload), 1);
    this.#stale.push(lost);
    this.#delivery.markOffline();
    lost.reject(new OcppConnectionClosed('gone', wasWritten));
  }
}

it('brings every record to the CSMS in order, at least once, and never in two forms, whatever happens (7.1 write order)', async () => {
  await assertProperty(
    asyncProperty(array(constantFrom(...happenings), { maxLength: 40 }), async (list) => {
      const world = new World();
      for (const happening of list) await world.do(happening);
      await world.settle();
      const seen = world.seen.map((payload): { seqNo: number } => JSON.parse(payload));
      const first = [...new Set(seen.map(({ seqNo }) => seqNo))];
      expect(first).toEqual(world.recorded);
      const forms = new Map<number, Set<string>>();
      for (const [index, { seqNo }] of seen.entries())
        forms.set(seqNo, (forms.get(seqNo) ?? new Set()).add(world.seen[index] ?? ''));
      for (const form of forms.values()) expect(form.size).toBe(1);
      const order = seen.map(({ seqNo }) => seqNo);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }),
    { numRuns: 200 },
  );
});
