import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/gateway.ts';
import { prepareDatabase } from './open.ts';
import { WriterThread } from './writer-thread.ts';

/** A thread on a new database, and what it says when it is lost. */
async function openThread() {
  const path = join(await temporaryFolder(), 'busbar.db');
  await prepareDatabase(path, new Date());
  const lost: Error[] = [];
  const thread = new WriterThread({ path, busyTimeoutMs: 100 }, (error) => lost.push(error));
  const made = once(process, 'worker');
  await thread.start();
  const [worker] = await made;
  if (!(worker instanceof Worker)) throw new TypeError('no thread was made');
  return { thread, worker, lost };
}

test('a thread that ends by itself refuses what it was writing, and says that it is lost', async () => {
  const { thread, worker, lost } = await openThread();
  const ended = worker.terminate();
  const [written] = await Promise.allSettled([thread.send({ kind: 'run', sql: 'select 1', parameters: [] }), ended]);
  expect(written).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
  expect(lost.map(({ message }) => message)).toEqual(['The thread that writes the database has ended.']);
});

test('a thread that is stopped is not lost', async () => {
  const { thread, lost } = await openThread();
  await thread.stop();
  expect(lost).toEqual([]);
});
