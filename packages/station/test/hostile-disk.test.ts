import { once } from 'node:events';
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

  it('when the disk was full for a while, and what happened meanwhile outlives a power cut (7.1 queued messages)', async () => {
    const { store, disk } = fillableStore();
    scene = await openChargingScene(version, { store });
    disk.isFull = true;
    const gone = once(scene.station.events, 'disconnected');
    await scene.csms.hangUp(1006);
    await gone;
    scene.csms.door = 503;
    await scene.pass(120);
    const id = scene.station.transactionOn(1)?.id ?? '';
    const kept = () => [...store.entries('queue')].length;
    expect(kept()).toBe(0);
    disk.isFull = false;
    await scene.pass(60);
    expect(kept()).toBe(scene.station.queuedMessages);
    expect(store.get('transactions', id)).toMatchObject({ seqNo: scene.station.transactionOn(1)?.seqNo });
  });
});
