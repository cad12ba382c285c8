import type { Core } from '../core.ts';
import type { OfflineQueue } from '../delivery/offline-queue.ts';
import { ownSecurityEvent } from '../security/security-events.ts';
import type { StationStore, StoreError } from './store.ts';
import { surviving } from './surviving-store.ts';

/** The station goes on with a store that fails: it makes room, and says so once for each time that this begins. */
export function watched(store: StationStore, core: Core, queue: () => OfflineQueue): StationStore {
  let isFailing = false;
  return surviving(store, {
    onFailed(error: StoreError) {
      core.events.emit('storeFailed', error);
      if (isFailing) return;
      isFailing = true;
      if (error.code === 'full') queue().thin();
      ownSecurityEvent(core, { type: 'MemoryExhaustion', info: error.message });
    },
    onStored: () => (isFailing = false),
  });
}
