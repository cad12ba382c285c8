import { describe } from 'vitest';
import { apiContract } from './api.contract.ts';
import { openAedes } from './brokers.ts';

describe('the attachment through the EVerest API', () => {
  apiContract(openAedes);
});
