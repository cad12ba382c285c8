import { expect, it } from 'vitest';
import { isDirectCurrent } from './connector.ts';

it.each([
  ['cCCS2', true],
  ['cG105', true],
  ['cMCS', true],
  ['cNACS-CCS2', true],
  ['cUltraChaoJi', true],
  ['Pan', true],
  ['cNACS', false],
  ['cType2', false],
  ['sType2', false],
])('knows whether %s carries direct current: %s', (type, isDirect) => {
  expect(isDirectCurrent(type)).toBe(isDirect);
});
