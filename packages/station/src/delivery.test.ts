import { OcppConnectionClosed, OcppError } from '@busbar/ocpp';
import { describe, expect, it } from 'vitest';
import { ManualClock } from './clock.ts';
import { Delivery } from './delivery.ts';
import { MemoryQueue, thinned, type TransactionMessage } from './offline-queue.ts';

const message = (n: number): TransactionMessage => ({
  action: 'MeterValues',
  payload: { connectorId: 1, transactionId: n, meterValue: [] },
});

const refused = new OcppError('InternalError', 'the database is away');
const cut = new OcppConnectionClosed('the socket closed', true);
const unsent = new OcppConnectionClosed('the socket closed', false);

/** A delivery to a CSMS that answers as it is told: an error, or well. */
function open(answers: (Error | undefined)[] = []) {
  const clock = new ManualClock();
  const sent: { n: number | undefined; at: number }[] = [];
  const discarded: unknown[] = [];
  const start = clock.now().getTime();
  const delivery = new Delivery({
    queue: new MemoryQueue(),
    clock,
    rules: () => ({ attempts: 3, intervalMs: 10_000 }),
    send(queued) {
      const n = queued.action === 'MeterValues' ? queued.payload.transactionId : undefined;
      sent.push({ n, at: (clock.now().getTime() - start) / 1000 });
      const error = answers.shift();
      return error ? Promise.reject(error) : Promise.resolve();
    },
    isFinal: () => false,
    onDiscard: (queued) => discarded.push(queued),
  });
  return { clock, sent, discarded, delivery };
}

/** Lets all promises settle that need nothing from outside. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Delivery', () => {
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
    expect(sent).toEqual([
      { n: 1, at: 0 },
      { n: 1, at: 10 },
      { n: 1, at: 30 },
      { n: 2, at: 30 },
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

  it('rewrites what was never sent, and leaves alone what may have arrived', async () => {
    const { delivery, sent } = open([cut, unsent]);
    const rename = () =>
      delivery.rewrite((queued) =>
        queued.action === 'MeterValues' && queued.payload.transactionId !== 9 ? message(9) : undefined,
      );
    delivery.add(message(1));
    delivery.add(message(2));
    delivery.open();
    await settle();
    rename();
    delivery.open();
    await settle();
    delivery.open();
    await settle();
    expect(sent.map(({ n }) => n)).toEqual([1, 1, 1, 9]);
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

describe('MemoryQueue', () => {
  it('drops every second intermediate message when it is full, and no start, no end, nothing sent', () => {
    const queue = new MemoryQueue(6);
    queue.append({
      action: 'StartTransaction',
      localId: -1,
      payload: { connectorId: 1, idTag: 'A', meterStart: 0, timestamp: '' },
    });
    for (const n of [1, 2, 3, 4]) queue.append(message(n));
    queue.append({ action: 'StopTransaction', payload: { meterStop: 1, timestamp: '', transactionId: 1 } });
    const first = queue.append(message(5));
    expect(Array.from(queue.all(), ({ id }) => id)).toEqual([1, 3, 5, 6, 7]);
    first.isSent = true;
    expect(thinned([...queue.all()]).map(({ id }) => id)).toEqual([1, 5, 6, 7]);
  });
});
