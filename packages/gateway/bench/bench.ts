import { Fleet } from './fleet.ts';
import type { Version } from './frames.ts';
import type { Section } from './report.ts';
import type { Plan } from './scenarios.ts';
import { launch } from './servers.ts';
import type { LaunchOptions, Server, ServerName } from './servers.ts';
import { checkStored } from './stored.ts';

/** What a suite works with. */
export interface Bench {
  plan: Plan;
  /** The servers of this run, peers first. */
  serverNames: readonly ServerName[];
  launchOptions: LaunchOptions;
  /** Says what is going on, on a terminal. */
  progress: (sentence: string) => void;
}

export interface Suite {
  name: string;
  /** For `--help`. */
  summary: string;
  run: (bench: Bench) => Promise<Section>;
}

let fleetNumber = 0;

/** Starts the servers, hands them to `use`, and stops them whatever happens. */
export async function withServers<T>(
  bench: Bench,
  names: readonly ServerName[],
  use: (servers: readonly Server[]) => Promise<T>,
): Promise<T> {
  const servers: Server[] = [];
  try {
    for (const name of names) servers.push(await launch(name, bench.launchOptions));
    return await use(servers);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/**
 * Hands a fleet of new stations to `use`, and closes it whatever happens.
 * @throws Error when something went wrong on its connections, or when the server has not stored what it acknowledged
 */
export async function withFleet<T>(
  server: Server,
  { version, count }: { version: Version; count: number },
  use: (fleet: Fleet) => Promise<T>,
): Promise<T> {
  fleetNumber += 1;
  const fleet = new Fleet({ url: server.url, version, count, prefix: `BENCH-${fleetNumber}-` });
  try {
    const result = await use(fleet);
    const { errors, lost, first } = fleet.trouble;
    if (first !== undefined) {
      throw new Error(`${server.name}: ${errors} calls were refused and ${lost} connections lost. The first: ${first}`);
    }
    if (server.database !== undefined) await checkStored(server.database, fleet);
    return result;
  } finally {
    fleet.close();
  }
}
