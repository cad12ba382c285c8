import { Type } from 'typebox';
import { defineService } from '../../ports/north.ts';
import { SessionLog } from './session-log.ts';

/** A service to copy: writes a line of CSV for every session that has ended. Not listed in `north/index.ts`. */
export const blueprint = defineService({
  name: 'blueprint',
  options: Type.Object({
    path: Type.String({ default: 'sessions.csv', minLength: 1, description: 'File the lines are appended to' }),
  }),
  create: (options, context) => new SessionLog(options, context),
});
