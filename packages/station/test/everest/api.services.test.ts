import { describe } from 'vitest';
import { apiContract } from './api.contract.ts';
import { hasMosquitto, openMosquitto } from './brokers.ts';

if (!hasMosquitto) console.log('api.services.test.ts: mosquitto is not installed, nothing is tested with it');

describe.skipIf(!hasMosquitto)('the attachment through the EVerest API at Mosquitto', () => {
  apiContract(openMosquitto);
});
