import type { Log } from '../ports/adapter.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Gateway } from '../ports/north.ts';
import type { StationIntake } from '../ports/south.ts';
import type { Store } from '../ports/store.ts';
import { Access } from './access.ts';
import { Authorization } from './authorization.ts';
import { Commands } from './commands.ts';
import { CoreGateway } from './gateway.ts';
import { Intake } from './intake.ts';
import { Links } from './links.ts';
import { Recorder } from './record.ts';
import { Stations } from './stations.ts';
import { Watch } from './watch.ts';

export interface CoreOptions {
  /** What becomes of a station nobody has admitted. */
  unknownStations: 'hold' | 'accept' | 'refuse';
  /** s */
  heartbeatIntervalS: number;
}

/** The core: the way in for drivers, what services are given, and what must be started and stopped around them. */
export interface Core {
  intake: StationIntake;
  gateway: Gateway;
  /** Started before the drivers, stopped after them. */
  commands: Commands;
  /** Started after the drivers, stopped before them. */
  watch: Watch;
}

export function createCore(
  outside: { store: Store; bus: EventBus; clock: Clock; log: Log },
  { unknownStations, heartbeatIntervalS }: CoreOptions,
): Core {
  const { store, bus, clock, log } = outside;
  const recorder = new Recorder(store, bus);
  const stations = new Stations(store, recorder);
  const links = new Links(log);
  const parts = {
    ...outside,
    recorder,
    stations,
    links,
    authorization: new Authorization(store, recorder, clock),
    access: new Access(store, recorder, clock),
    commands: new Commands({ store, stations, links, clock, log }),
  };
  const intake = new Intake({ unknownStations, heartbeatInterval: heartbeatIntervalS }, parts);
  const watch = new Watch({ silentAfterS: 3 * heartbeatIntervalS }, { ...parts, intake });
  return { intake, gateway: new CoreGateway(parts), commands: parts.commands, watch };
}
