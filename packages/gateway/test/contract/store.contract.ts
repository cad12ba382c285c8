import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Store } from '../../src/ports/store.ts';
import { objectIdOf } from '../../src/lib/object-id.ts';
import { describePages } from './store-pages.contract.ts';
import {
  apiKey,
  at,
  bareStation,
  bareTransaction,
  command,
  everyFact,
  fact,
  frame,
  fullCommand,
  fullStation,
  fullTransaction,
  measurementsAt,
  reading,
  token,
} from './store.samples.ts';

/** How long things are kept in the stores that are tested, days. */
export const contractRetention = {
  factsDays: 2,
  messagesDays: 1,
  measurementsDays: 3,
  commandsDays: 4,
  auditDays: 5,
  maxMessageRows: 2000,
};

/** One place for a store. What is opened there again finds what was stored. */
export interface StorePlace {
  open(): Promise<Store>;
  /** What clocks show, from the next read on. */
  setNow(now: Date): void;
  remove(): Promise<void>;
}

/** What every adapter of the `Store` port must do. */
export function describeStore(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`${name} as a store`, () => {
    let place: StorePlace;
    let store: Store;
    beforeEach(async () => {
      place = await newPlace();
      place.setNow(at(0));
      store = await place.open();
    });
    afterEach(async () => {
      await store.stop();
      await place.remove();
    });
    const commit = (change: Partial<Change>) => store.commit({ facts: [], ...change });
    const reopen = async () => {
      await store.stop();
      store = await place.open();
    };
    const context: ContractContext = { store: () => store, commit, reopen, setNow: (now) => place.setNow(now) };
    describe('stations', () => {
      describeStations(context);
    });
    describe('transactions and readings', () => {
      describeTransactions(context);
    });
    describe('facts', () => {
      describeFacts(context);
    });
    describe('records', () => {
      describeRecords(context);
    });
    describe('logs', () => {
      describeLogs(context);
    });
    describe('retention', () => {
      describeRetention(context);
    });
    describe('pages', () => {
      describePages(context);
    });
    describe('lifecycle', () => {
      describeLifecycle(context);
    });
  });
}

export interface ContractContext {
  store: () => Store;
  commit: (change: Partial<Change>) => ReturnType<Store['commit']>;
  reopen: () => Promise<void>;
  setNow: (now: Date) => void;
}

function describeStations({ store, commit, reopen }: ContractContext): void {
  it('gives back a station with all it can have, also after a restart', async () => {
    const station = fullStation('CP 1/ä');
    await commit({ station: { before: undefined, after: station } });
    expect(await store().station('CP 1/ä')).toStrictEqual(station);
    await reopen();
    expect(await store().station('CP 1/ä')).toStrictEqual(station);
    expect((await store().stations({ limit: 10 })).items).toStrictEqual([station]);
  });

  it('gives back a station with nothing that may be absent', async () => {
    const station = bareStation('CP2');
    await commit({ station: { before: undefined, after: station } });
    expect(await store().station('CP2')).toStrictEqual(station);
    expect(await store().station('cp2')).toBeUndefined();
  });

  it('writes what differs: fields that become absent, EVSEs and connectors that go', async () => {
    const before = fullStation('CP1');
    await commit({ station: { before: undefined, after: before } });
    const { label: _label, errorCode: _errorCode, ...rest } = before;
    const [first, second] = before.evses;
    if (first === undefined || second === undefined) throw new Error('The sample has two EVSEs.');
    const { currentLimit: _limit, ...unlimited } = second;
    const after = {
      ...rest,
      info: { vendor: 'Other' },
      lastSeenAt: at(99),
      evses: [{ ...unlimited, connectors: second.connectors.slice(1) }],
      reservations: before.reservations.map((one) => ({ ...one, status: 'Expired' as const, updatedAt: at(50) })),
    };
    await commit({ station: { before, after } });
    expect(await store().station('CP1')).toStrictEqual(after);
    const seen = { ...after, lastSeenAt: at(100) };
    await commit({ station: { before: after, after: seen } });
    expect(await store().station('CP1')).toStrictEqual(seen);
  });

  it('does not look at parts that are the same object', async () => {
    const before = fullStation('CP1');
    await commit({ station: { before: undefined, after: before } });
    const changed = { ...before, label: 'new' };
    await commit({ station: { before, after: { ...changed, evses: before.evses } } });
    await commit({ station: { before: changed, after: changed } });
    expect(await store().station('CP1')).toStrictEqual(changed);
  });

  it('finds stations and connectors by their 24-hex ids', async () => {
    await commit({ station: { before: undefined, after: fullStation('CP1') } });
    expect(await store().stationIdOf(objectIdOf('station', 'CP1'))).toBe('CP1');
    expect(await store().stationIdOf(objectIdOf('station', 'CP2'))).toBeUndefined();
    expect(await store().connectorAddressOf(objectIdOf('connector', 'CP1', 2, 1))).toStrictEqual({
      stationId: 'CP1',
      evseId: 2,
      connectorId: 1,
    });
    expect(await store().connectorAddressOf(objectIdOf('connector', 'CP1', 2, 3))).toBeUndefined();
  });

  it('loads open transactions and only the newest of those that ended', async () => {
    const before = bareStation('CP1');
    await commit({ station: { before: undefined, after: before } });
    const ended = [1, 2, 3, 4, 5, 6].map((number) => fullTransaction('CP1', `E${number}`, number));
    const open = bareTransaction('CP1', 'open', 0);
    const full = { ...before, transactions: [open, ...ended] };
    await commit({ station: { before, after: full } });
    await commit({ station: { before: full, after: { ...full, transactions: [open, ...ended.slice(2)] } } });
    const loaded = (await store().station('CP1'))?.transactions.map((one) => one.transactionId);
    expect(loaded).toStrictEqual(['open', 'E3', 'E4', 'E5', 'E6']);
    const listed = (await store().stations({ limit: 1 })).items[0]?.transactions.map((one) => one.transactionId);
    expect(listed).toStrictEqual(loaded);
    expect(await store().transaction('CP1', 'E1')).toStrictEqual(ended[0]);
  });

  it('removes a station with everything of it but the facts', async () => {
    const change = { station: { before: undefined, after: fullStation('CP1') }, facts: everyFact('CP1') };
    await commit({ ...change, commands: [command('c1', 'CP1')] });
    await commit({ station: { before: undefined, after: fullStation('CP2') }, facts: [reading('CP2', 3)] });
    await commit({ credentials: [{ stationId: 'CP1', passwordHash: 'a:b', updatedAt: at(0) }] });
    const before = await store().factRange();
    await commit({ deletedStation: 'CP1', facts: [{ type: 'station.deleted', stationId: 'CP1', at: at(9) }] });
    expect(await store().station('CP1')).toBeUndefined();
    expect(await store().stationIdOf(objectIdOf('station', 'CP1'))).toBeUndefined();
    expect((await store().transactions({ limit: 10, stationId: 'CP1' })).items).toStrictEqual([]);
    expect(await store().measurements({ stationId: 'CP1' })).toStrictEqual([]);
    expect(await store().variables('CP1')).toStrictEqual([]);
    expect(await store().command('c1')).toBeUndefined();
    expect(await store().credential('CP1')).toBeUndefined();
    expect((await store().reservations({ limit: 10, stationId: 'CP1' })).items).toStrictEqual([]);
    expect(await store().factRange()).toStrictEqual({ first: before.first, last: before.last + 1 });
    expect(await store().station('CP2')).toStrictEqual(fullStation('CP2'));
    expect(await store().measurements({ stationId: 'CP2' })).toStrictEqual(measurementsAt(at(3)));
    await commit({ station: { before: undefined, after: bareStation('CP1') } });
    expect(await store().station('CP1')).toStrictEqual(bareStation('CP1'));
  });

  it('counts stations, those online, those held, and open transactions', async () => {
    expect(await store().counts()).toStrictEqual({ stations: 0, online: 0, held: 0, activeTransactions: 0 });
    await commit({ station: { before: undefined, after: fullStation('CP1') } });
    await commit({ station: { before: undefined, after: bareStation('CP2') } });
    expect(await store().counts()).toStrictEqual({ stations: 2, online: 1, held: 1, activeTransactions: 1 });
  });

  it('narrows the list of stations', async () => {
    await commit({ station: { before: undefined, after: fullStation('CP1') } });
    await commit({ station: { before: undefined, after: bareStation('CP2', 1000) } });
    const found = async (query: object) =>
      (await store().stations({ limit: 10, ...query })).items.map((one) => one.stationId);
    expect(await found({ online: true })).toStrictEqual(['CP1']);
    expect(await found({ online: false })).toStrictEqual(['CP2']);
    expect(await found({ admission: 'held' })).toStrictEqual(['CP2']);
    expect(await found({ vendor: 'Völt & Co', model: 'M_1%', protocol: 'ocpp2.0.1' })).toStrictEqual(['CP1']);
    expect(await found({ search: 'park' })).toStrictEqual(['CP1']);
    expect(await found({ search: 'm_1%' })).toStrictEqual(['CP1']);
    expect(await found({ search: '_' })).toStrictEqual(['CP1']);
    expect(await found({ search: 'cp' })).toStrictEqual(['CP2', 'CP1']);
    expect(await found({ created: { since: at(1) } })).toStrictEqual(['CP2']);
    expect(await found({ created: { until: at(1000) } })).toStrictEqual(['CP1']);
  });

  it('lists reservations of all stations, oldest state replaced', async () => {
    const station = fullStation('CP1');
    await commit({ station: { before: undefined, after: station } });
    const { items } = await store().reservations({ limit: 10, order: 'asc' });
    expect(items).toStrictEqual(station.reservations.map((one) => ({ ...one, stationId: 'CP1' })));
    const active = await store().reservations({ limit: 10, status: 'Active', stationId: 'CP1' });
    expect(active.items.map((one) => one.reservationId)).toStrictEqual([2]);
  });
}

function describeTransactions({ store, commit }: ContractContext): void {
  it('finds a transaction by its id, its start key and its 24-hex id', async () => {
    const station = fullStation('CP1');
    const [ended, open] = station.transactions;
    await commit({ station: { before: undefined, after: station } });
    expect(await store().transaction('CP1', 'T1')).toStrictEqual(ended);
    expect(await store().transaction('CP1', 'T2')).toStrictEqual(open);
    expect(await store().transaction('CP2', 'T1')).toBeUndefined();
    expect(await store().transactionByStartKey('CP1', ended?.startKey ?? '')).toStrictEqual(ended);
    expect(await store().transactionByStartKey('CP1', 'none')).toBeUndefined();
    expect(await store().transactionByObjectId(objectIdOf('transaction', 'CP1', 'T2'))).toStrictEqual(open);
  });

  it('keeps what changes in a transaction, whatever it is', async () => {
    const open = bareTransaction('CP1', 'T1');
    const before = { ...bareStation('CP1'), transactions: [open] };
    await commit({ station: { before: undefined, after: before } });
    const running = { ...open, energy: 5, meterLast: 5, meterLastAt: at(5), soc: 3, updatedAt: at(5) };
    const middle = { ...before, transactions: [running] };
    await commit({ station: { before, after: middle } });
    expect(await store().transaction('CP1', 'T1')).toStrictEqual(running);
    const ended = fullTransaction('CP1', 'T1', 7);
    await commit({ station: { before: middle, after: { ...middle, transactions: [ended] } } });
    expect(await store().transaction('CP1', 'T1')).toStrictEqual(ended);
  });

  it('narrows the list of transactions', async () => {
    await commit({ station: { before: undefined, after: fullStation('CP1') } });
    const other = { ...bareStation('CP2'), transactions: [bareTransaction('CP2', 'T1', 15)] };
    await commit({ station: { before: undefined, after: other } });
    const found = async (query: object) =>
      (await store().transactions({ limit: 10, ...query })).items.map((one) => `${one.stationId} ${one.transactionId}`);
    expect(await found({})).toStrictEqual(['CP1 T2', 'CP2 T1', 'CP1 T1']);
    expect(await found({ stationId: 'CP1', order: 'asc' })).toStrictEqual(['CP1 T1', 'CP1 T2']);
    expect(await found({ idToken: 'ABC-Ä' })).toStrictEqual(['CP1 T1']);
    expect(await found({ state: 'active', evseId: 1, connectorId: 1 })).toStrictEqual(['CP1 T2', 'CP2 T1']);
    expect(await found({ started: { since: at(15), until: at(20) } })).toStrictEqual(['CP2 T1']);
    expect(await found({ updated: { until: at(15) } })).toStrictEqual(['CP1 T1']);
  });

  it('keeps readings by station, EVSE, time and transaction', async () => {
    const station = { ...bareStation('CP1'), transactions: [bareTransaction('CP1', 'T1')] };
    await commit({ station: { before: undefined, after: station }, facts: [reading('CP1', 30, 'T1')] });
    await commit({ facts: [reading('CP1', 10, 'T1'), reading('CP1', 20), reading('CP2', 10)] });
    const mains = measurementsAt(at(25), 0);
    await commit({ facts: [{ type: 'measurements.taken', stationId: 'CP1', at: at(25), measurements: mains }] });
    const expected = (...times: number[]) => times.flatMap((ms) => measurementsAt(at(ms)));
    const read = (query: object) => store().measurements({ stationId: 'CP1', ...query });
    expect(await read({ evseId: 1 })).toStrictEqual(expected(10, 20, 30));
    expect(await read({ transactionId: 'T1' })).toStrictEqual(expected(10, 30));
    expect(await read({ transactionId: 'none' })).toStrictEqual([]);
    expect(await read({ evseId: 0 })).toStrictEqual(mains);
    expect(await read({ evseId: 1, taken: { since: at(20), until: at(30) } })).toStrictEqual(expected(20));
    expect(await read({ limit: 4 })).toStrictEqual(expected(10, 20).slice(0, 4));
  });

  it('finds the readings of a transaction that changes with each of them', async () => {
    let before = { ...bareStation('CP1'), transactions: [bareTransaction('CP1', 'T1')] };
    await commit({ station: { before: undefined, after: before } });
    for (const ms of [50, 20, 70]) {
      const after = { ...before, transactions: [{ ...bareTransaction('CP1', 'T1'), energy: ms, updatedAt: at(ms) }] };
      await commit({ station: { before, after }, facts: [reading('CP1', ms, 'T1')] });
      before = after;
    }
    const times = (await store().measurements({ stationId: 'CP1', transactionId: 'T1' })).map((one) => one.takenAt);
    expect(times).toStrictEqual([20, 20, 20, 50, 50, 50, 70, 70, 70].map(at));
    expect((await store().transaction('CP1', 'T1'))?.energy).toBe(70);
  });

  it('tells which of these readings are not stored', async () => {
    await commit({ facts: [reading('CP1', 10), reading('CP1', 20)] });
    const stored = measurementsAt(at(10));
    const unstored = (measurements: typeof stored, evseId = 1) =>
      store().unstoredMeasurements('CP1', evseId, measurements);
    const others = stored.map((one) => ({ ...one, value: one.value + 1 }));
    expect(await unstored(stored)).toEqual([]);
    expect(await unstored([...stored, ...measurementsAt(at(20))])).toEqual([]);
    expect(await unstored(stored.slice(1))).toEqual([]);
    expect(await unstored(stored.toReversed())).toEqual([]);
    expect(await unstored([...others, ...stored])).toEqual(others);
    expect(await unstored(stored, 2)).toEqual(stored);
    expect(await unstored([...measurementsAt(at(30)), ...stored])).toEqual(measurementsAt(at(30)));
    expect(await store().unstoredMeasurements('CP2', 1, stored)).toEqual(stored);
  });
}

function describeFacts({ store, commit, reopen }: ContractContext): void {
  it('gives back a fact of every kind as it was', async () => {
    const facts = everyFact('CP1');
    const stored = await commit({ facts });
    expect(stored).toStrictEqual(facts.map((one, index) => ({ ...one, seq: index + 1 })));
    expect(await store().facts({ afterSeq: 0, limit: 1000 })).toStrictEqual(stored);
  });

  it('numbers facts without gaps however many commit at once, in the order of each change', async () => {
    const changes = Array.from({ length: 200 }, (_, index) => {
      const facts = Array.from({ length: index % 4 }, (_unused, part) => fact(`CP${index}`, part));
      return commit({ facts });
    });
    const stored = (await Promise.all(changes)).flatMap((facts) => facts.map((one) => one.seq));
    expect(stored.toSorted((one, other) => one - other)).toStrictEqual(stored.map((_, index) => index + 1));
    const log = await store().facts({ afterSeq: 0, limit: 1000 });
    expect(log.map((one) => one.seq)).toStrictEqual(stored.map((_, index) => index + 1));
    for (const [index, facts] of (await Promise.all(changes)).entries()) {
      expect(facts.map((one) => one.at)).toStrictEqual(facts.map((_, part) => at(part)));
      expect(facts).toHaveLength(index % 4);
    }
  });

  it('stores nothing of a change that fails, and leaves no gap', async () => {
    await commit({ tokens: [token('t1')], facts: [fact('CP1', 1)] });
    const twin = { ...token('t2'), idToken: 'TAG-T1' };
    const good = [commit({ facts: [fact('CP1', 2)] }), commit({ facts: [fact('CP1', 4)], tokens: [token('t3')] })];
    const bad = commit({
      facts: [fact('CP1', 3), reading('CP1', 3)],
      station: { before: undefined, after: fullStation('CP1') },
      audit: [{ at: at(0), actor: 'a', operation: 'o', detail: {} }],
      tokens: [twin],
    });
    await expect(bad).rejects.toMatchObject({ code: 'conflict' });
    await Promise.all(good);
    await commit({ facts: [fact('CP1', 5)] });
    const facts = await store().facts({ afterSeq: 0, limit: 10 });
    expect(facts.map((one) => [one.seq, one.at.getTime()])).toStrictEqual(
      [1, 2, 4, 5].map((ms, index) => [index + 1, at(ms).getTime()]),
    );
    expect(await store().station('CP1')).toBeUndefined();
    expect(await store().measurements({ stationId: 'CP1' })).toStrictEqual([]);
    expect((await store().audit({ limit: 10 })).items).toStrictEqual([]);
    expect(await store().tokenById('t3')).toStrictEqual(token('t3'));
  });

  it('stores nothing of a change that cannot be written down', async () => {
    const never = new Date(Number.NaN);
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const undated = {
      type: 'measurements.taken',
      stationId: 'CP1',
      at: at(1),
      measurements: measurementsAt(never),
    } as const;
    await expect(commit({ facts: [undated] })).rejects.toThrow(/time|date/i);
    await expect(
      commit({ facts: [fact('CP1')], audit: [{ at: at(0), actor: 'a', operation: 'o', detail: cyclic }] }),
    ).rejects.toThrow(/circular|cyclic/i);
    expect(await commit({ facts: [fact('CP1', 1)] })).toMatchObject([{ seq: 1 }]);
    expect(await store().factRange()).toStrictEqual({ first: 1, last: 1 });
  });

  it('refuses to change what was never stored', async () => {
    const transaction = bareTransaction('CP1', 'T1');
    const before = { ...bareStation('CP1'), transactions: [transaction] };
    const seen = { ...before, lastSeenAt: at(1) };
    const running = { ...before, transactions: [{ ...transaction, energy: 1 }] };
    await expect(commit({ station: { before, after: seen }, facts: [fact('CP1')] })).rejects.toThrow(/never stored/);
    await expect(commit({ station: { before, after: running }, facts: [fact('CP1')] })).rejects.toThrow(/never stored/);
    expect(await store().factRange()).toStrictEqual({ first: 0, last: 0 });
  });

  it('changes nothing but the log when a change comes twice', async () => {
    const change = {
      station: { before: undefined, after: fullStation('CP1') },
      tokens: [token('t1')],
      commands: [fullCommand('c1', 'CP1')],
      facts: [fact('CP1')],
    };
    await commit(change);
    await commit(change);
    expect(await store().station('CP1')).toStrictEqual(fullStation('CP1'));
    expect((await store().transactions({ limit: 10 })).items).toHaveLength(2);
    expect((await store().tokens({ limit: 10 })).items).toHaveLength(1);
    expect(await store().factRange()).toStrictEqual({ first: 1, last: 2 });
  });

  it('goes on with the next number after a restart', async () => {
    expect(await store().factRange()).toStrictEqual({ first: 0, last: 0 });
    await commit({ facts: [fact('CP1', 1), fact('CP1', 2)] });
    await reopen();
    expect(await commit({ facts: [fact('CP1', 3)] })).toMatchObject([{ seq: 3 }]);
    expect(await store().factRange()).toStrictEqual({ first: 1, last: 3 });
  });

  it('reads on from a number, of some types, of some stations', async () => {
    await commit({ facts: [fact('CP1', 1), reading('CP1', 2), fact('CP2', 3), reading('CP2', 4), fact('CP1', 5)] });
    await commit({ facts: [{ type: 'token.deleted', at: at(6), token: token('t') }] });
    const read = async (query: object) =>
      (await store().facts({ afterSeq: 0, limit: 100, ...query })).map((one) => one.seq);
    expect(await read({ afterSeq: 2 })).toStrictEqual([3, 4, 5, 6]);
    expect(await read({ afterSeq: 1, limit: 2 })).toStrictEqual([2, 3]);
    expect(await read({ types: ['measurements.taken'] })).toStrictEqual([2, 4]);
    expect(await read({ types: ['measurements.taken'], stationIds: ['CP2'] })).toStrictEqual([4]);
    expect(await read({ types: ['station.disconnected', 'token.deleted'], limit: 3 })).toStrictEqual([1, 3, 5]);
    expect(await read({ stationIds: ['CP1'] })).toStrictEqual([1, 2, 5]);
    expect(await read({ types: ['station.disconnected'], stationIds: ['CP1'], afterSeq: 1 })).toStrictEqual([5]);
    expect(await read({ stationIds: [] })).toStrictEqual([]);
    expect(await read({ types: [] })).toStrictEqual([]);
    expect(await read({ afterSeq: 100 })).toStrictEqual([]);
  });
}

function describeRecords({ store, commit, setNow }: ContractContext): void {
  it('keeps tokens, found without regard to case', async () => {
    const full = { ...token('t1'), expiresAt: at(9), groupId: 'g', label: 'Ann', blocked: true };
    await commit({ tokens: [full, token('t2', 1)] });
    expect(await store().token('tag-T1')).toStrictEqual(full);
    expect(await store().tokenById('t2')).toStrictEqual(token('t2', 1));
    expect(await store().token('unknown')).toBeUndefined();
    expect((await store().tokens({ limit: 10, search: 'ann' })).items).toStrictEqual([full]);
    await commit({ tokens: [token('t1')] });
    expect(await store().tokenById('t1')).toStrictEqual(token('t1'));
    await commit({ deletedTokens: ['t1'], tokens: [{ ...token('t3'), idToken: 'tag-t1' }] });
    expect(await store().tokenById('t1')).toBeUndefined();
    expect((await store().token('Tag-t1'))?.tokenId).toBe('t3');
  });

  it('keeps commands with payloads and answers as they were', async () => {
    const call = {
      ...command('c1', 'CP1', 2),
      command: { type: 'call', action: 'X', payload: { z: 1, a: [null] } },
    } as const;
    await commit({ commands: [call, fullCommand('c2', 'CP2', 1), { ...command('c3', 'CP1'), status: 'sent' }] });
    expect(await store().command('c1')).toStrictEqual(call);
    const payload = (await store().command('c1'))?.command;
    expect(JSON.stringify(payload)).toBe(JSON.stringify(call.command));
    expect(await store().command('c2')).toStrictEqual(fullCommand('c2', 'CP2', 1));
    expect((await store().openCommands()).map((one) => one.commandId)).toStrictEqual(['c3', 'c1']);
    const found = async (query: object) =>
      (await store().commands({ limit: 10, ...query })).items.map((one) => one.commandId);
    expect(await found({})).toStrictEqual(['c1', 'c2', 'c3']);
    expect(await found({ stationId: 'CP1' })).toStrictEqual(['c1', 'c3']);
    expect(await found({ type: 'reset' })).toStrictEqual(['c3']);
    expect(await found({ status: 'failed' })).toStrictEqual(['c2']);
    const settled = { ...fullCommand('c1', 'CP1', 2), command: call.command, updatedAt: at(99) };
    await commit({ commands: [settled] });
    expect(await store().command('c1')).toStrictEqual(settled);
  });

  it('keeps API keys and finds them by hash', async () => {
    const full = { ...apiKey('k2', 1), expiresAt: at(5), revokedAt: at(4) };
    await commit({ apiKeys: [apiKey('k1'), full] });
    expect(await store().apiKeys()).toStrictEqual([apiKey('k1'), full]);
    expect(await store().apiKeyByHash('hash-k2')).toStrictEqual(full);
    expect(await store().apiKeyByHash('none')).toBeUndefined();
  });

  it('keeps the credential of a station until it is removed', async () => {
    const credential = { stationId: 'CP1', passwordHash: 'salt:hash', updatedAt: at(1) };
    await commit({ credentials: [credential] });
    expect(await store().credential('CP1')).toStrictEqual(credential);
    await commit({ credentials: [{ stationId: 'CP1', updatedAt: at(2) }] });
    expect(await store().credential('CP1')).toBeUndefined();
  });

  it('keeps the state of services by prefix until it expires', async () => {
    const entry = (key: string, value: unknown) => ({ service: 's', key, value });
    const passing = { ...entry('a/2', [1]), expiresAt: at(10) };
    await commit({
      state: [entry('a/1', { x: null }), passing, entry('b', 0), { ...entry('a/3', 1), service: 'other' }],
    });
    expect(await store().state('s', 'a/', 10)).toStrictEqual([entry('a/1', { x: null }), passing]);
    expect(await store().state('s', '', 2)).toStrictEqual([entry('a/1', { x: null }), passing]);
    setNow(at(10));
    expect((await store().state('s', '', 10)).map((one) => one.key)).toStrictEqual(['a/1', 'b']);
    await commit({ state: [{ service: 's', key: 'a/1' }, entry('b', null)] });
    expect(await store().state('s', '', 10)).toStrictEqual([entry('b', null)]);
  });

  it('keeps variables as last reported, by name', async () => {
    const base = { component: { name: 'Ctrlr' }, variable: { name: 'Interval' } };
    const full = {
      component: { name: 'EVSE', instance: 'x', evseId: 1, connectorId: 2 },
      variable: { name: 'Power', instance: 'i' },
      attribute: 'Target',
      value: '11',
      writable: true,
      dataType: 'decimal',
      unit: 'kW',
    } as const;
    const report = (variables: (typeof base | typeof full)[], ms: number) =>
      commit({
        facts: [{ type: 'variables.reported', stationId: 'CP1', at: at(ms), toBeContinued: false, variables }],
      });
    await report([full, base], 1);
    expect(await store().variables('CP1')).toStrictEqual([
      { ...base, reportedAt: at(1) },
      { ...full, reportedAt: at(1) },
    ]);
    const variable = { component: full.component, variable: full.variable, attribute: full.attribute, value: '7' };
    await commit({ facts: [{ type: 'variable.changed', stationId: 'CP1', at: at(2), variable }] });
    expect(await store().variables('CP1', { name: 'evse;X' })).toStrictEqual([
      { ...full, value: '7', reportedAt: at(2) },
    ]);
    expect(await store().variables('CP1', { limit: 1 })).toHaveLength(1);
    expect(await store().variables('CP1', { name: 'nterval' })).toStrictEqual([]);
    expect(await store().variables('CP2')).toStrictEqual([]);
  });

  it('tells variables apart whose names read alike', async () => {
    const variable = { name: 'V' };
    const variables = [
      { component: { name: 'A', instance: '1' }, variable, value: 'instance' },
      { component: { name: 'A', evseId: 1 }, variable, value: 'evse' },
    ];
    await commit({
      facts: [{ type: 'variables.reported', stationId: 'S', at: at(0), toBeContinued: false, variables }],
    });
    expect(new Set((await store().variables('S')).map((one) => one.value))).toStrictEqual(
      new Set(['evse', 'instance']),
    );
  });

  it('keeps the audit log', async () => {
    const entry = { at: at(1), actor: 'key', operation: 'token.put', detail: { a: [1] } };
    await commit({ audit: [entry, { ...entry, stationId: 'CP1' }] });
    expect((await store().audit({ limit: 10 })).items).toStrictEqual([
      { ...entry, stationId: 'CP1', auditId: 2 },
      { ...entry, auditId: 1 },
    ]);
    expect((await store().audit({ limit: 10, stationId: 'CP1' })).items).toHaveLength(1);
  });
}

function describeLogs({ store, commit, reopen }: ContractContext): void {
  it('keeps frames in order of arrival', async () => {
    const full = {
      ...frame('CP1', 2),
      direction: 'out' as const,
      messageId: 'm1',
      action: 'Reset',
      notes: ['said "late"', 'x'],
      errorCode: 'InternalError',
      text: '[2,"50%_"]',
    };
    store().logMessages([frame('CP1', 1), full]);
    store().logMessages([frame('CP2', 0)]);
    await reopen();
    const { items } = await store().messages({ limit: 10 });
    expect(items).toStrictEqual([
      { ...frame('CP2', 0), messageNumber: 3 },
      { ...full, messageNumber: 2 },
      { ...frame('CP1', 1), messageNumber: 1 },
    ]);
    const found = async (query: object) =>
      (await store().messages({ limit: 10, ...query })).items.map((one) => one.messageNumber);
    expect(await found({ stationId: 'CP1', order: 'asc' })).toStrictEqual([1, 2]);
    expect(await found({ direction: 'out' })).toStrictEqual([2]);
    expect(await found({ action: 'Reset', messageId: 'm1' })).toStrictEqual([2]);
    expect(await found({ search: '0%_"' })).toStrictEqual([2]);
    expect(await found({ taken: { since: at(1), until: at(2) } })).toStrictEqual([1]);
  });

  it('writes frames by itself within a second or so', async () => {
    store().logMessages([frame('CP1', 1)]);
    const until = Date.now() + 5000;
    while ((await store().messages({ limit: 1 })).items.length === 0) {
      if (Date.now() > until) throw new Error('The frame was not written within 5 s.');
      await commit({});
    }
    expect((await store().messages({ limit: 1 })).items).toStrictEqual([{ ...frame('CP1', 1), messageNumber: 1 }]);
  });
}

const dayMs = 86_400_000;

function describeRetention({ store, commit, reopen }: ContractContext): void {
  it('removes what is older than the retention, and nothing else', async () => {
    const station = { ...bareStation('CP1'), transactions: [fullTransaction('CP1', 'T1')] };
    const old = { at: at(0), actor: 'a', operation: 'o', detail: {} };
    const young = at(10 * dayMs);
    await commit({
      station: { before: undefined, after: station },
      facts: Array.from({ length: 1200 }, (_, index) => reading('CP1', index)),
      commands: [fullCommand('c1', 'CP1'), command('c2', 'CP1'), fullCommand('c3', 'CP1', 10 * dayMs)],
      audit: [old, { ...old, at: young }],
      state: [{ service: 's', key: 'k', value: 1, expiresAt: at(5) }],
    });
    const kept = await commit({ facts: [{ ...fact('CP1'), at: young }, reading('CP1', 10 * dayMs)] });
    store().logMessages([frame('CP1', 0)]);
    await store().messages({ limit: 1 });
    store().logMessages([frame('CP1', 10 * dayMs)]);
    await reopen();
    const removed = await store().prune(at(10 * dayMs + 1));
    const readingsInOneRow = 1;
    expect(removed).toBe(1200 + readingsInOneRow + 1 + 1 + 1 + 1);
    expect(await store().facts({ afterSeq: 0, limit: 10 })).toStrictEqual(kept);
    expect(await store().factRange()).toStrictEqual({ first: 1201, last: 1202 });
    expect(await store().measurements({ stationId: 'CP1' })).toStrictEqual(measurementsAt(young));
    expect((await store().commands({ limit: 10 })).items.map((one) => one.commandId)).toStrictEqual(['c3', 'c2']);
    expect((await store().audit({ limit: 10 })).items.map((one) => one.at)).toStrictEqual([young]);
    expect((await store().messages({ limit: 10 })).items.map((one) => one.at)).toStrictEqual([young]);
    expect(await store().transaction('CP1', 'T1')).toStrictEqual(station.transactions[0]);
    expect(await store().prune(at(10 * dayMs + 1))).toBe(0);
  });

  it('never gives a number twice, even when everything is old', async () => {
    await commit({ facts: [fact('CP1', 1), fact('CP1', 2)] });
    store().logMessages([frame('CP1', 1)]);
    await store().prune(at(1000 * dayMs));
    await reopen();
    expect(await commit({ facts: [fact('CP1', 3)] })).toMatchObject([{ seq: 3 }]);
  });

  it('keeps the newest frames when there are too many', async () => {
    for (let hundred = 0; hundred < 31; hundred += 1) {
      store().logMessages(Array.from({ length: 100 }, (_, index) => frame('CP1', hundred * 100 + index)));
      await store().messages({ limit: 1 });
    }
    expect(await store().prune(at(0))).toBeGreaterThan(0);
    const { items } = await store().messages({ limit: 1, order: 'asc' });
    expect(items.map((one) => one.messageNumber)).toStrictEqual([1101]);
  });

  it('lets commits through while it removes', async () => {
    await commit({ facts: Array.from({ length: 5000 }, (_, index) => fact('CP1', index)) });
    const order: string[] = [];
    const pruning = store()
      .prune(at(10 * dayMs))
      .then(() => order.push('pruned'));
    await commit({ facts: [fact('CP1', 9)] }).then(() => order.push('committed'));
    await pruning;
    expect(order).toStrictEqual(['committed', 'pruned']);
  });
}

function describeLifecycle({ store, commit, reopen }: ContractContext): void {
  it('stores what was committed before a stop, and takes nothing after it', async () => {
    const commits = Array.from({ length: 50 }, (_, index) => commit({ facts: [fact('CP1', index)] }));
    const stopped = store();
    const stopping = stopped.stop();
    await Promise.all(commits);
    await stopping;
    await stopped.stop();
    await expect(stopped.commit({ facts: [fact('CP1')] })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(stopped.station('CP1')).rejects.toMatchObject({ code: 'unavailable' });
    stopped.logMessages([frame('CP1')]);
    await reopen();
    expect(await store().factRange()).toStrictEqual({ first: 1, last: 50 });
  });

  it('has no problem when all is well', async () => {
    await commit({ facts: [fact('CP1')] });
    expect(store().problem()).toBeUndefined();
  });
}
