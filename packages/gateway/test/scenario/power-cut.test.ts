import { test } from 'vitest';
import { survivesPowerCuts } from './power-cut.ts';

test(
  '20 stations charge through 2 power cuts, and every transaction is known once with its energy',
  { timeout: 60_000 },
  () => survivesPowerCuts({ stations: 20, cuts: 2 }),
);
