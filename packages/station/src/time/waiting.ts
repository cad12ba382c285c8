import type { EventEmitter } from 'node:events';
import type { Clock } from './clock.ts';
import type { StationEvents } from '../events.ts';

/** Resolves after a time, or as soon as `signal` is aborted. */
export function waitMs(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Resolves when `isDone` is true after such an event, or as soon as `signal` is aborted. */
export function until(
  events: EventEmitter<StationEvents>,
  event: keyof StationEvents,
  { isDone, signal }: { isDone(): boolean; signal: AbortSignal },
): Promise<void> {
  if (isDone() || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const check = () => {
      if (!isDone() && !signal.aborted) return;
      events.off(event, check);
      signal.removeEventListener('abort', check);
      resolve();
    };
    events.on(event, check);
    signal.addEventListener('abort', check);
  });
}
