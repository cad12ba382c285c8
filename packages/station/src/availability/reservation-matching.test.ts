import { describe, expect, it } from 'vitest';
import { canServeAll, type Offer, type Wish } from './reservation-matching.ts';

const type2: Offer = { id: 1, connectorTypes: ['sType2'] };
const ccs: Offer = { id: 2, connectorTypes: ['cCCS2'] };
const both: Offer = { id: 3, connectorTypes: ['sType2', 'cCCS2'] };

describe('whether every reservation can have an EVSE', () => {
  it.each<[string, Wish[], Offer[], boolean]>([
    ['nobody wants anything', [], [], true],
    ['nothing is there', [{}], [], false],
    ['one is for anybody', [{}], [ccs], true],
    ['two want the same', [{ evseId: 1 }, { evseId: 1 }], [type2, ccs], false],
    ['the only one that fits is wanted by type', [{ connectorType: 'cCCS2' }], [type2], false],
    ['the first taker has to move', [{ connectorType: 'cCCS2' }, { evseId: 2 }], [ccs, both], true],
    ['several have to move', [{}, { connectorType: 'sType2' }, { evseId: 1 }], [type2, both, ccs], true],
    ['one too many', [{}, {}, {}], [type2, ccs], false],
  ])('%s', (_title, wishes, offers, isPossible) => expect(canServeAll(wishes, offers)).toBe(isPossible));
});
