import { test } from 'vitest';
import { survivesPowerCuts } from './power-cut.ts';

test('200 stations charge through 20 power cuts, and every transaction is known once with its energy', () =>
  survivesPowerCuts({ stations: 200, cuts: 20 }));
