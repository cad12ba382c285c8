import { defineService } from '../../ports/north.ts';
import { examine } from './examine.ts';
import { apiOptions } from './options.ts';
import { ApiServer } from './server.ts';

/** The public API: REST in eDRV's shape, events, OpenAPI. */
export const api = defineService({
  name: 'api',
  options: apiOptions,
  create: (options, context) => new ApiServer(options, context),
  examine,
});
