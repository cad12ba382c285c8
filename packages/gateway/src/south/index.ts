import type { Driver } from '../ports/south.ts';
import { ocpp } from './ocpp/index.ts';

/** The ways of reaching stations. `_blueprint` is there to be copied, not to be run. */
export const drivers: readonly Driver[] = [ocpp];
