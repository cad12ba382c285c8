import { describe } from 'vitest';
import { openAedes } from './brokers.ts';
import { moduleContract } from './module.contract.ts';

describe('a standalone module', () => {
  moduleContract(openAedes);
});
