import type { Log } from '../ports/adapter.ts';

const nothing = () => {};

/** Says nothing; for tests and tools. */
export const silentLog: Log = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
};
