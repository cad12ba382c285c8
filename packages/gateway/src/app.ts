import { join } from 'node:path';
import { InProcessBus } from './bus/in-process.ts';
import type { Config } from './config/schema.ts';
import { createCore } from './core/core.ts';
import { UnavailableError } from './domain/errors.ts';
import { makeFolder } from './lib/make-folder.ts';
import { PrometheusMetrics } from './lib/metrics.ts';
import { services } from './north/index.ts';
import type { Adapter, Lifecycle, Log } from './ports/adapter.ts';
import type { Clock } from './ports/clock.ts';
import type { Gateway, Operations } from './ports/north.ts';
import type { Store } from './ports/store.ts';
import { drivers } from './south/index.ts';
import { openSqliteStore } from './storage/index.ts';
import { version } from './version.ts';

export interface AppOptions {
  config: Config;
  log: Log;
  clock?: Clock;
  /** Adds simulated chargers. */
  demo?: boolean;
}

const systemClock: Clock = { now: () => new Date() };
const adminKey = { name: 'admin', scopes: ['*'] };

/** The whole gateway. Everything is made here and nowhere else. */
export class App implements Lifecycle {
  readonly #options: AppOptions;
  readonly #clock: Clock;
  /** In the order they were started. */
  #running: Lifecycle[] = [];
  readonly #adapters = new Map<string, Adapter>();
  #firstAdminKey: string | undefined;

  constructor(options: AppOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Where a driver or service listens: `addressOf('api')`. `undefined` when it is off. */
  addressOf(adapter: string): string | undefined {
    return this.#adapters.get(adapter)?.address;
  }

  /** The secret of the key that was made because there was none yet. Shown once, kept nowhere. */
  get firstAdminKey(): string | undefined {
    return this.#firstAdminKey;
  }

  async start(): Promise<void> {
    try {
      await this.#startAll();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = [];
    for (const part of running.toReversed()) await part.stop();
  }

  async #startAll(): Promise<void> {
    const { config, log } = this.#options;
    const store = await openStore(this.#options, this.#clock);
    await this.#start(store);
    const metrics = createMetrics(store);
    const clock = this.#clock;
    const bus = new InProcessBus(log, (await store.factRange()).last);
    const core = createCore({ store, bus, clock, log }, config);
    await this.#start(core.commands);
    await this.#makeFirstKey(store, core.gateway);
    const operations: Operations = {
      metricsText: () => metrics.text(),
      problems: () => problemsOf(store),
      addressOf: (name) => this.addressOf(name),
      version,
    };
    for (const service of services) {
      const context = { gateway: core.gateway, log: log.child({ service: service.name }), metrics, clock, operations };
      await this.#run(service.name, config.north[service.name], (options) => service.create(options, context));
    }
    for (const driver of drivers) {
      const context = { intake: core.intake, log: log.child({ driver: driver.name }), metrics, clock };
      await this.#run(driver.name, config.south[driver.name], (options) => driver.create(options, context));
    }
    await this.#start(core.watch);
    await this.#startDemo(core.gateway);
  }

  async #startDemo(gateway: Gateway): Promise<void> {
    const address = this.addressOf('ocpp');
    if (this.#options.demo !== true || address === undefined) return;
    const { Demo } = await import('./demo.ts');
    await this.#start(new Demo(gateway, address));
  }

  async #makeFirstKey(store: Store, gateway: Gateway): Promise<void> {
    if ((await store.apiKeys()).length > 0) return;
    const { secret } = await gateway.createApiKey(adminKey, 'gateway');
    this.#firstAdminKey = secret;
  }

  async #run<O>(name: string, options: O | false | undefined, create: (options: O) => Adapter): Promise<void> {
    if (options === false || options === undefined) return;
    const adapter = create(options);
    this.#adapters.set(name, adapter);
    await this.#start(adapter);
  }

  async #start(part: Lifecycle): Promise<void> {
    this.#running.push(part);
    await part.start();
  }
}

/**
 * A new admin key for whoever has lost the last one, made while no gateway runs.
 * @throws ConflictError when one has the database open
 */
export async function makeAdminKey(options: AppOptions): Promise<string> {
  const clock = options.clock ?? systemClock;
  const store = await openStore(options, clock);
  await store.start();
  try {
    const core = createCore({ store, bus: new InProcessBus(options.log, 0), clock, log: options.log }, options.config);
    const { secret } = await core.gateway.createApiKey(adminKey, 'keys reset');
    return secret;
  } finally {
    await store.stop();
  }
}

/** Makes the data folder if it is not there. */
async function openStore({ config, log }: AppOptions, clock: Clock): Promise<Store> {
  try {
    await makeFolder(config.data);
  } catch (error) {
    throw new UnavailableError(`${config.data} is no folder and cannot be made one: choose another with --data.`, {
      cause: error,
    });
  }
  return openSqliteStore({ path: join(config.data, 'busbar.db'), log, clock, retention: config.retention });
}

function createMetrics(store: Store): PrometheusMetrics {
  const metrics = new PrometheusMetrics();
  metrics.collectProcess();
  metrics.gauge('store_ready', '1 while the database takes changes', () => (problemsOf(store).length === 0 ? 1 : 0));
  return metrics;
}

function problemsOf(store: Store): string[] {
  const problem = store.problem();
  return problem === undefined ? [] : [problem];
}
