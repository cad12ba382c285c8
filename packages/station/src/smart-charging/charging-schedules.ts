import type { RateUnit } from './charging-profile.ts';
import { toPublishedSchedule } from './composite-rendering.ts';
import { compositeOf } from './composite-of.ts';
import type { ChargingSchedules } from '../interface/ocpp-interface.ts';
import type { SmartChargingCore } from './smart-charging-core.ts';

/**
 * The schedules of the station (0) and of each EVSE from now on, as the `ocpp` interface of EVerest publishes them.
 * A default for transactions holds also where none runs. Default: 600 s, in A.
 */
export function chargingSchedulesOf(
  core: SmartChargingCore,
  { durationS = 600, unit = 'A' }: { durationS?: number | undefined; unit?: RateUnit | undefined } = {},
): ChargingSchedules {
  const ids = [0, ...core.evses.map(({ id }) => id)];
  return {
    schedules: ids.flatMap((evseId) => {
      const composite = compositeOf(core, { evseId, durationS, unit });
      return composite ? [toPublishedSchedule(composite)] : [];
    }),
  };
}
