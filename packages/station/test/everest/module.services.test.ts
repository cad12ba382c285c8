import { describe } from 'vitest';
import { hasMosquitto, openMosquitto } from './brokers.ts';
import { moduleContract } from './module.contract.ts';

if (!hasMosquitto) console.log('module.services.test.ts: mosquitto is not installed, nothing is tested with it');

describe.skipIf(!hasMosquitto)('a standalone module at Mosquitto', () => {
  moduleContract(openMosquitto);
});
