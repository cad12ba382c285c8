import type { Core } from '../core.ts';
import type { BootReason } from '../protocol.ts';
import type { StationStore } from '../store/store.ts';

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

/** Longest wait for the host to say why it has started. */
const hostTimeoutMs = 10_000;

/** What the host says of its last start; undefined when it says nothing in time. */
export async function hostBootReason({ host, clock }: Core): Promise<BootReason | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = clock.after(hostTimeoutMs, () => resolve(undefined));
  const ask = async () => host.bootReason?.();
  const reason = await Promise.race([ask().catch(() => undefined), promise]);
  timer.cancel();
  return reason;
}

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
