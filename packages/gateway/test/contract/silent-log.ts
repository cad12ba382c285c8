import type { Log } from '../../src/ports/adapter.ts';

/** A log that nobody reads. */
export const silentLog: Log = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};
