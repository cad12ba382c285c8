import { expect, test } from 'vitest';
import { Serial } from './serial.ts';

test('runs tasks one after the other in the order they were given', async () => {
  const serial = new Serial();
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const slow = serial.run(async () => {
    await first.promise;
    done.push('slow');
  });
  const fast = serial.run(async () => {
    done.push('fast');
  });
  first.resolve();
  await Promise.all([slow, fast]);
  expect(done).toEqual(['slow', 'fast']);
});

test('a task that fails does not stop the next', async () => {
  const serial = new Serial();
  const failing = serial.run(() => Promise.reject(new Error('no')));
  const next = serial.run(async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
});

test('is idle once the last task is done', async () => {
  const serial = new Serial();
  expect(serial.idle).toBe(true);
  const task = serial.run(async () => {});
  expect(serial.idle).toBe(false);
  await task;
  await Promise.resolve();
  expect(serial.idle).toBe(true);
});
