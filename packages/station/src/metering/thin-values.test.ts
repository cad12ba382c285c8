import { describe, expect, it } from 'vitest';
import type { TakenValues } from '../delivery/records.ts';
import { thinned } from './thin-values.ts';

const signature = { data: 'x', signingMethod: '', encodingMethod: 'OCMF', publicKey: '' };

const value = (n: number, isSigned = false): TakenValues => ({
  at: String(n),
  context: 'Sample.Periodic',
  samples: [
    { measurand: 'Energy.Active.Import.Register', value: n, unit: 'Wh', ...(isSigned && { signed: signature }) },
  ],
});

const values = Array.from({ length: 100 }, (_, n) => value(n, n === 40));

const left = (most: number) => thinned(values, ({ length }) => length <= most).map(({ at }) => Number(at));

describe('thinned', () => {
  it('leaves what fits as it is', () => {
    expect(left(100)).toHaveLength(100);
  });

  it.each([50, 20, 5, 3])('keeps the first, the last and the signed one of %i, in order (7.3 many samples)', (most) => {
    const kept = left(most);
    expect(kept.length).toBeLessThanOrEqual(most);
    expect(kept).toEqual(expect.arrayContaining([0, 40, 99]));
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  });

  it('gives up when nothing more can go', () => {
    expect(left(1)).toEqual([0, 40, 99]);
  });
});
