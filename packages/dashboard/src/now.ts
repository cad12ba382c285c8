import { signal } from '@preact/signals';

/** The time, ms, once a second: ages and durations follow it. */
export const now = signal(Date.now());

setInterval(() => (now.value = Date.now()), 1000);
