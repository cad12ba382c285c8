import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contractRetention, describeStore } from '../../test/contract/store.contract.ts';
import { silentLog } from '../../test/contract/silent-log.ts';
import { openSqliteStore } from './index.ts';

describeStore('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-store-'));
  let now = new Date(0);
  return {
    open: async () => {
      const store = openSqliteStore({
        path: join(folder, 'busbar.db'),
        log: silentLog,
        clock: { now: () => now },
        retention: contractRetention,
      });
      await store.start();
      return store;
    },
    setNow: (time) => {
      now = time;
    },
    remove: () => rm(folder, { recursive: true }),
  };
});
