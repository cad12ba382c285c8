import type { TakenValues } from '../delivery/records.ts';

/**
 * Leaves out every second inner value, again and again, until the rest `fits`. The first, the last and signed values stay,
 * so that even the least result bills what was charged.
 */
export function thinned(
  values: readonly TakenValues[],
  fits: (values: readonly TakenValues[]) => boolean,
): readonly TakenValues[] {
  let kept = values;
  while (!fits(kept)) {
    const before = kept.length;
    kept = withoutEverySecond(kept);
    if (kept.length === before) break;
  }
  return kept;
}

function withoutEverySecond(values: readonly TakenValues[]): readonly TakenValues[] {
  let inner = 0;
  return values.filter((value, index) => {
    if (index === 0 || index === values.length - 1 || isSigned(value)) return true;
    return inner++ % 2 === 1;
  });
}

export const isSigned = ({ samples }: TakenValues): boolean => samples.some(({ signed }) => signed !== undefined);
