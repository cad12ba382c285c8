import { describe } from 'vitest';
import { describeStore } from '../../test/store.contract.ts';
import { createMemoryStore } from './memory-store.ts';

describe('a store in memory', () => {
  describeStore(createMemoryStore);
});
