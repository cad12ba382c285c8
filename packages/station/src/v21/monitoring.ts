import type { Handlers } from '@busbar/ocpp';
import { setMonitoring } from '../v2/monitoring.ts';
import { monitoredOf } from '../v201/monitoring.ts';
import type { Station201 } from '../v201/station201.ts';

/** With the kinds of monitors that compare with a target. */
export const setMonitoring21 = (station: Station201): Handlers<'2.1'> => ({
  SetVariableMonitoring: (request) => setMonitoring(monitoredOf(station), request),
});
