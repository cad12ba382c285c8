import { Type } from 'typebox';
import { defineDriver } from '../../ports/south.ts';
import { LineServer } from './line-server.ts';

/** Stations that send lines of JSON over TCP. Small enough to be read whole, and real enough to be copied. */
export const blueprint = defineDriver({
  name: 'blueprint',
  options: Type.Object({
    host: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
    port: Type.Integer({ default: 9100, minimum: 0, maximum: 65_535, description: 'TCP port stations connect to' }),
    answerTimeoutS: Type.Integer({ default: 10, minimum: 1, maximum: 600, description: 'How long a command may take' }),
  }),
  create: (options, context) => new LineServer(options, context),
});
