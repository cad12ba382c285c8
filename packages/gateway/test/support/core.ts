import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { InProcessBus } from '../../src/bus/in-process.ts';
import { createCore, type Core, type CoreOptions } from '../../src/core/core.ts';
import { UnavailableError } from '../../src/domain/errors.ts';
import type { StoredFact } from '../../src/domain/facts.ts';
import { silentLog } from '../../src/lib/silent-log.ts';
import type { Change, Store } from '../../src/ports/store.ts';
import { openSqliteStore } from '../../src/storage/index.ts';
import { HandClock } from './clock.ts';
import { temporaryFolder } from './gateway.ts';

export interface TestCore extends Core {
  store: Store;
  clock: HandClock;
  /** Which commits fail, as if the disk were full; none until it is set. */
  refuse: (change: Change) => boolean;
  /** Every fact published so far. */
  facts: StoredFact[];
  /** Resolves with the first fact of that type, published before or after. */
  fact(type: StoredFact['type']): Promise<StoredFact>;
}

/** The core over a real database, with a clock moved by hand and no driver or service. */
export async function startCore(options: Partial<CoreOptions> & { folder?: string } = {}): Promise<TestCore> {
  const clock = new HandClock();
  const path = join(options.folder ?? (await temporaryFolder()), 'busbar.db');
  const store = openSqliteStore({ path, log: silentLog, clock, retention: {} });
  await store.start();
  const bus = new InProcessBus(silentLog, (await store.factRange()).last);
  const troubled: Pick<TestCore, 'refuse'> = { refuse: () => false };
  const core = createCore(
    { store: troubledStore(store, (change) => troubled.refuse(change)), bus, clock, log: silentLog },
    { unknownStations: 'hold', heartbeatIntervalS: 300, ...options },
  );
  await core.commands.start();
  onTestFinished(async () => {
    await core.commands.stop();
    await store.stop();
  });
  return Object.assign(troubled, { ...core, store, clock, ...follow(bus) });
}

function troubledStore(store: Store, refuse: (change: Change) => boolean): Store {
  const commit: Store['commit'] = (change) =>
    refuse(change) ? Promise.reject(new UnavailableError('the disk is full')) : store.commit(change);
  return { ...store, commit };
}

function follow(bus: InProcessBus): Pick<TestCore, 'facts' | 'fact'> {
  const facts: StoredFact[] = [];
  const waiting = new Map<string, PromiseWithResolvers<StoredFact>>();
  bus.subscribe((fact) => {
    facts.push(fact);
    waiting.get(fact.type)?.resolve(fact);
  });
  return {
    facts,
    fact: (type) => {
      const known = facts.find((fact) => fact.type === type);
      const awaited = waiting.get(type) ?? Promise.withResolvers<StoredFact>();
      waiting.set(type, awaited);
      return known === undefined ? awaited.promise : Promise.resolve(known);
    },
  };
}
