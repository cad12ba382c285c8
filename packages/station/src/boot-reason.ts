import type { BootReason } from './protocol.ts';
import type { StationStore } from './store.ts';

const collection = 'boot';
const key = 'reason';

const reasons: readonly BootReason[] = [
  'ApplicationReset',
  'FirmwareUpdate',
  'LocalReset',
  'PowerUp',
  'RemoteReset',
  'ScheduledReset',
  'Triggered',
  'Unknown',
  'Watchdog',
];

/** Why the station is about to restart: after it, nobody else knows. */
export function keepBootReason(store: StationStore, reason: BootReason): void {
  store.put(collection, key, reason);
}

/** Why it has restarted; undefined when nobody meant it to. */
export function keptBootReason(store: StationStore): BootReason | undefined {
  const kept = store.get(collection, key);
  return reasons.find((reason) => reason === kept);
}

/** The CSMS knows it now. */
export function forgetBootReason(store: StationStore): void {
  if (store.get(collection, key) !== undefined) store.remove(collection, key);
}
