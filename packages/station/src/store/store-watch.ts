import type { Core } from '../core.ts';
import type { OfflineQueue } from '../delivery/offline-queue.ts';
import { ownSecurityEvent } from '../security/security-events.ts';
import type { StationStore, StoreError } from './store.ts';
import { SurvivingStore } from './surviving-store.ts';

/** The station goes on with a store that fails: it makes room, and says so once for each time that this begins. */
export function watched(store: StationStore, core: Core, queue: () => OfflineQueue): StationStore {
  let isFailing = false;
  const surviving = new SurvivingStore(store, {
    clock: core.clock,
    onFailed(error: StoreError) {
      core.events.emit('storeFailed', error);
      if (isFailing) return;
      isFailing = true;
      if (error.code === 'full') queue().thin();
      ownSecurityEvent(core, { type: 'MemoryExhaustion', info: error.message });
    },
    onStored: () => (isFailing = false),
  });
  core.events.on('started', () => surviving.start());
  core.events.on('stopped', () => surviving.stop());
  return surviving;
}
