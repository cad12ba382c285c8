import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { stopSignals } from './stop-signals.ts';

function setUp() {
  const source = new EventEmitter();
  let at = 0;
  const signals = stopSignals(source, () => at);
  let isImpatient = false;
  void signals.second.then(() => (isImpatient = true));
  const signal = async (name: string, ms: number) => {
    at = ms;
    source.emit(name);
    await Promise.resolve();
    return isImpatient;
  };
  return { source, signals, signal };
}

test('one Ctrl-C that arrives by several ways counts once', async () => {
  const { signals, signal } = setUp();
  expect(await signal('SIGINT', 0)).toBe(false);
  await signals.first;
  expect(await signal('SIGINT', 3)).toBe(false);
  expect(await signal('SIGTERM', 400)).toBe(false);
});

test('a second one later is impatience', async () => {
  const { signal } = setUp();
  await signal('SIGINT', 0);
  expect(await signal('SIGINT', 900)).toBe(true);
});

test('listens no more once disposed', () => {
  const { source, signals } = setUp();
  signals.dispose();
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0);
});
