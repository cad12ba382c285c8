import type { ChargingProfile } from '../src/smart-charging/charging-profile.ts';
import { compositeSchedule } from '../src/smart-charging/composite-schedule.ts';

// `node packages/station/bench/composite-schedule.ts`: the longest composite schedules that can be asked for.

const start = new Date('2026-01-01T00:00:00Z');
const periods = Array.from({ length: 1440 }, (_, i) => ({ startPeriod: i * 60, limit: 10 + (i % 2) }));

const daily = (i: number, changes: Partial<ChargingProfile> = {}): ChargingProfile => ({
  id: i,
  evseId: 1,
  stackLevel: i,
  purpose: 'TxDefaultProfile',
  kind: 'Recurring',
  recurrency: 'Daily',
  schedules: [{ id: 1, unit: 'A', start: new Date(start.getTime() - i * 1000), durationS: 86_400 - i, periods }],
  ...changes,
});

const ceiling = daily(1000, {
  evseId: 0,
  purpose: 'ChargingStationMaxProfile',
  kind: 'Absolute',
  schedules: [{ id: 1, unit: 'A', start, periods: [{ startPeriod: 0, limit: 5 }] }],
});
const many = Array.from({ length: 500 }, (_, i) => daily(i));
/** The higher ones are only silent: all are looked at before one speaks. */
const silent = many.map((profile, i) => ({
  ...profile,
  ...(i > 0 && { validFrom: new Date(start.getTime() + 4e10) }),
}));

const cases: Record<string, { profiles: ChargingProfile[]; evseId: number; evses: number }> = {
  '500 profiles, visible': { profiles: many, evseId: 1, evses: 2 },
  '500 profiles under a maximum': { profiles: [...many, ceiling], evseId: 1, evses: 2 },
  '500 profiles, station of 2': { profiles: [...many, ceiling], evseId: 0, evses: 2 },
  '500 profiles, station of 100': {
    profiles: [...many.map((each) => ({ ...each, evseId: 0 })), ceiling],
    evseId: 0,
    evses: 100,
  },
  '499 silent profiles above one': { profiles: [...silent, ceiling], evseId: 1, evses: 2 },
};

for (const [name, { profiles, evseId, evses }] of Object.entries(cases)) {
  const query = {
    profiles,
    evseId,
    from: start,
    durationS: 31_536_000,
    unit: 'A' as const,
    evses: Array.from({ length: evses }, (_, i) => ({ id: i + 1 })),
    defaults: { limitA: 48, limitW: 33_120, phases: 3, voltageV: 230 },
  };
  const times = Array.from({ length: 5 }, () => {
    const begin = performance.now();
    compositeSchedule(query);
    return performance.now() - begin;
  });
  const { durationS, periods: result } = compositeSchedule(query);
  const median = times.toSorted((a, b) => a - b)[2] ?? 0;
  console.log(
    `${name.padEnd(32)} ${median.toFixed(0).padStart(5)} ms, ${result.length} periods over ${(durationS / 86_400).toFixed(1)} d`,
  );
}
