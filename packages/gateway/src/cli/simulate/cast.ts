import { createFleet, runScenario, seeded } from '@busbar/station';
import type { FleetFailureKind, FleetMeter, Scenario, ScenarioFailure, SimulatedHost, Station } from '@busbar/station';
import type { FleetOptions } from '@busbar/station';

/** Whoever plays at the gateway: a fleet or a scenario. */
export interface Cast {
  readonly identities: readonly string[];
  members(): readonly { station: Station; host: SimulatedHost }[];
  start(): void;
  /** Resolves when there is nothing left to do, with what went wrong; a fleet has never done. */
  finished(): Promise<readonly ScenarioFailure[]>;
  stop(): Promise<void>;
  /** What was made to go wrong. */
  readonly struck: ReadonlyMap<FleetFailureKind, number>;
}

interface Common {
  url: string;
  meter: FleetMeter;
  password: string | undefined;
  seed: number | undefined;
}

export function fleetCast(options: Omit<FleetOptions, 'url'>, { url, meter, password, seed }: Common): Cast {
  const struck = new Map<FleetFailureKind, number>();
  const fleet = createFleet({
    ...options,
    url,
    settings: { 'SampledDataCtrlr.TxUpdatedInterval': '30' },
    onStation: (station) => meter.watch(station),
    onFailure: (kind) => void struck.set(kind, (struck.get(kind) ?? 0) + 1),
    ...(seed !== undefined && { random: seeded(seed) }),
    ...(password !== undefined && { password }),
  });
  return {
    identities: fleet.members.map(({ identity }) => identity),
    members: () => fleet.members,
    start: () => fleet.start(),
    finished: () => new Promise(() => {}),
    stop: () => fleet.stop(),
    struck,
  };
}

export function scenarioCast(
  scenario: Scenario,
  { url, meter, password, seed }: Common,
  tell: (line: string) => void,
): Cast {
  let run: ReturnType<typeof runScenario> | undefined;
  return {
    identities: scenario.stations.flatMap(({ id, count }) =>
      count === undefined ? [id] : Array.from({ length: count }, (_, index) => `${id}-${index + 1}`),
    ),
    members: () => run?.chargers ?? [],
    start() {
      run = runScenario(
        { ...scenario, ...(seed !== undefined && { seed }) },
        {
          url,
          onStation: (station) => meter.watch(station),
          onStep: ({ index, identity, action }) =>
            tell(`step ${index + 1} of ${scenario.steps.length}: ${identity} ${action}`),
          ...(password !== undefined && { password }),
        },
      );
    },
    finished: () => run?.done ?? Promise.resolve([]),
    async stop() {
      await run?.stop();
    },
    struck: new Map(),
  };
}
