import { expect, test } from 'vitest';
import { breaches, layers } from '../../../scripts/layers.ts';

test('every import is one the layer table allows', () => {
  expect(breaches()).toEqual([]);
});

test('the domain may import nothing but itself', () => {
  expect(layers['domain']?.may).toEqual([]);
});
