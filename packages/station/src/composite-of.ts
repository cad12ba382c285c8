import { compositeSchedule } from './composite-schedule.ts';
import type { Core } from './core.ts';
import { rounded } from './samples.ts';

export interface Composite {
  start: Date;
  durationS: number;
  periods: { startPeriod: number; limit: number; numberPhases: number }[];
}

/** The composite schedule of an EVSE, or of the station with id 0; undefined for an EVSE that does not exist. */
export function compositeOf(
  core: Core,
  { evseId, durationS, unit }: { evseId: number; durationS: number; unit: 'A' | 'W' },
): Composite | undefined {
  const description = core.evse(evseId === 0 ? 1 : evseId)?.description;
  if (!description) return undefined;
  const from = core.clock.now();
  const periods = compositeSchedule({
    profiles: core.profiles.all,
    evseId,
    from,
    durationS,
    evses: core.evses.map(({ id, transaction }) => ({ id, transactionStart: transaction?.begin.at })),
    unlimited: core.unlimited,
    voltageV: description.voltageV,
  });
  const factor = (phases: number) => (unit === 'A' ? 1 : description.voltageV * phases);
  return {
    start: from,
    durationS,
    periods: periods.slice(0, core.profileRules.maxPeriods).map(({ startS, currentA, phases }) => ({
      startPeriod: Math.round(startS),
      limit: rounded(currentA * factor(phases), 1),
      numberPhases: phases,
    })),
  };
}
