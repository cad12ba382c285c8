import { defineDriver } from '../../ports/south.ts';
import { examine } from './examine.ts';
import { options } from './options.ts';
import { OcppServer } from './server.ts';

/** Charging stations that speak OCPP 1.6, 2.0.1 or 2.1 over WebSocket. */
export const ocpp = defineDriver({
  name: 'ocpp',
  options,
  create: (given, context) => new OcppServer(given, context),
  examine,
});
