import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Page, PageRequest, Position } from '../../src/ports/store.ts';
import { at, bareStation, bareTransaction, command, frame, reservation, token } from './store.samples.ts';
import type { ContractContext } from './store.contract.ts';

type List = (request: PageRequest) => Promise<Page<unknown>>;

/** Lists that are read in pages, each filled with one item for each of the given times. */
export function describePages({ store, commit, reopen }: ContractContext): void {
  const lists: Record<string, { fill: (times: readonly number[]) => Promise<unknown>; list: List }> = {
    stations: {
      fill: (times) =>
        Promise.all(
          times.map((ms, index) =>
            commit({
              station: { before: undefined, after: { ...bareStation(`CP${index}`, ms), online: ms % 2 === 0 } },
            }),
          ),
        ),
      list: (request) => store().stations(request),
    },
    transactions: {
      fill: (times) => {
        const transactions = times.map((ms, index) => bareTransaction('CP1', `T${index}`, ms));
        return commit({ station: { before: undefined, after: { ...bareStation('CP1'), transactions } } });
      },
      list: (request) => store().transactions({ ...request, stationId: 'CP1' }),
    },
    tokens: {
      fill: (times) => commit({ tokens: times.map((ms, index) => token(`t${index}`, ms)) }),
      list: (request) => store().tokens(request),
    },
    commands: {
      fill: (times) => commit({ commands: times.map((ms, index) => command(`c${index}`, 'CP1', ms)) }),
      list: (request) => store().commands(request),
    },
    reservations: {
      fill: (times) => {
        const reservations = times.map((ms, index) => reservation(index, ms));
        return commit({ station: { before: undefined, after: { ...bareStation('CP1'), reservations } } });
      },
      list: (request) => store().reservations(request),
    },
    messages: {
      fill: async (times) => {
        store().logMessages(times.map((ms) => frame('CP1', ms)));
        await reopen();
      },
      list: (request) => store().messages({ ...request, stationId: 'CP1' }),
    },
    audit: {
      fill: (times) =>
        commit({ audit: times.map((ms) => ({ at: at(ms), actor: 'a', operation: 'o', detail: { ms } })) }),
      list: (request) => store().audit(request),
    },
  };

  for (const [name, { fill, list }] of Object.entries(lists)) {
    it(`of ${name} make the whole list, forwards and backwards, with times that are equal`, async () => {
      const [times = []] = fc.sample(fc.array(fc.nat(5), { minLength: 23, maxLength: 23 }), { numRuns: 1, seed: 7 });
      await fill(times);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.constantFrom('asc', 'desc'), async (limit, order) => {
          const whole = await list({ limit: 1000, order });
          expect(whole.items).toHaveLength(times.length);
          expect(whole.positions.map((one) => one.at)).toStrictEqual(
            whole.positions
              .map((one) => one.at)
              .toSorted((one, other) => (order === 'asc' ? one - other : other - one)),
          );
          const forwards = await walk(list, { limit, order, towards: 'next' });
          expect(forwards).toStrictEqual(whole.items);
          const backwards = await walk(list, { limit, order, towards: 'previous' });
          expect(backwards).toStrictEqual(whole.items);
        }),
        { numRuns: 8, seed: 11 },
      );
    });
  }

  it('say at each place whether there is more on either side', async () => {
    await lists['stations']?.fill([2, 2, 2, 4, 4, 6, 6, 6]);
    const whole = await store().stations({ limit: 100 });
    for (const [index, from] of whole.positions.entries()) {
      const next = await store().stations({ limit: 3, from });
      expect(next.items).toStrictEqual(whole.items.slice(index + 1, index + 4));
      expect([next.hasPrevious, next.hasNext]).toStrictEqual([true, index + 4 < whole.items.length]);
      const previous = await store().stations({ limit: 3, from, towards: 'previous' });
      expect(previous.items).toStrictEqual(whole.items.slice(Math.max(index - 3, 0), index));
      expect([previous.hasPrevious, previous.hasNext]).toStrictEqual([index > 3, true]);
      const none = await store().stations({ limit: 3, from, online: false });
      expect(none).toStrictEqual({ items: [], positions: [], hasNext: false, hasPrevious: false });
    }
  });

  it('stay in place when items come and go in between', async () => {
    await commit({ tokens: [token('a', 1), token('b', 2), token('c', 3)] });
    const first = await store().tokens({ limit: 2, order: 'asc' });
    const from = first.positions[1];
    await commit({ deletedTokens: ['b'], tokens: [token('d', 0), token('e', 4)] });
    const second = await store().tokens({ limit: 2, order: 'asc', ...(from && { from }) });
    expect(second.items.map((one) => one.tokenId)).toStrictEqual(['c', 'e']);
    expect([second.hasPrevious, second.hasNext]).toStrictEqual([true, false]);
  });
}

/** All items of a list, read page by page from one end to the other. */
async function walk(list: List, request: PageRequest): Promise<unknown[]> {
  const forwards = request.towards === 'next';
  const pages: (readonly unknown[])[] = [];
  let from: Position | undefined;
  for (let count = 0; count < 1000; count++) {
    const page = await list({ ...request, ...(from && { from }) });
    expect(page.positions).toHaveLength(page.items.length);
    expect(forwards ? page.hasPrevious : page.hasNext).toBe(from !== undefined);
    pages.push(page.items);
    from = forwards ? page.positions.at(-1) : page.positions[0];
    if (!(forwards ? page.hasNext : page.hasPrevious)) return (forwards ? pages : pages.toReversed()).flat();
  }
  throw new Error('The list has no end.');
}
