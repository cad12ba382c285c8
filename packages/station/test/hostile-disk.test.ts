import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore, StoreError, type StationStore } from '../src/index.ts';
import { openChargingScene, versions, type ChargingScene } from './charging-scene.ts';

let scene: ChargingScene;

afterEach(() => scene.close());

/** A store on a disk that can be full. */
function fillableStore(): { store: StationStore; disk: { isFull: boolean } } {
  const inner = createMemoryStore();
  const disk = { isFull: false };
  const store: StationStore = {
    ...inner,
    entries: (collection) => inner.entries(collection),
    get: (collection, key) => inner.get(collection, key),
    put(collection, key, value) {
      if (disk.isFull) throw new StoreError('full', 'no room');
      inner.put(collection, key, value);
    },
    remove: (collection, key) => inner.remove(collection, key),
    clear: (collection) => inner.clear(collection),
    atomically: (change) => inner.atomically(change),
    close: () => inner.close(),
  };
  return { store, disk };
}

describe.each(versions)('a vehicle charges on in OCPP %s', (version) => {
  it('when the disk is full, and the CSMS hears of that once (7.3 disk full)', async () => {
    const { store, disk } = fillableStore();
    scene = await openChargingScene(version, { store });
    disk.isFull = true;
    await scene.goesOn();
    await scene.goesOn();
    expect(scene.security.filter((type) => type === 'MemoryExhaustion')).toHaveLength(1);
    disk.isFull = false;
    await scene.goesOn();
  });
});
