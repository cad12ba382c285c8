import type { Core } from './core.ts';
import type { OfflineQueue } from './delivery/offline-queue.ts';
import { hostEvents } from './host-events.ts';
import { tellSettings } from './device-model/host-settings.ts';
import { recoverTransactions } from './transactions/recovery.ts';

/** What an earlier run has left in the store, then what the host says is so. */
export function takeUp(core: Core, queue: OfflineQueue): void {
  queue.load();
  core.securityLog.load();
  core.tokens.load();
  core.availability.load();
  core.reservations.load();
  core.webPayments.load();
  core.tariffs.load();
  recoverTransactions(core);
  core.smartCharging.restore();
  core.displays.load();
  core.host.attach(hostEvents(core));
  for (const evse of core.evses) evse.attached();
  core.availability.start();
  tellSettings(core);
}
