import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InProcessBus } from './bus/in-process.ts';
import type { Config } from './config/schema.ts';
import { createCore } from './core/core.ts';
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
    this.#clock = options.clock ?? { now: () => new Date() };
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
    const store = await this.#openStore();
    const metrics = createMetrics(store);
    const clock = this.#clock;
    const bus = new InProcessBus(log, (await store.factRange()).last);
    const core = createCore({ store, bus, clock, log }, config);
    await this.#start(core.commands);
    await this.#makeFirstKey(store, core.gateway);
    const operations: Operations = { metricsText: () => metrics.text(), problems: () => problemsOf(store), version };
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

  async #openStore(): Promise<Store> {
    const { config, log } = this.#options;
    await mkdir(config.data, { recursive: true });
    const path = join(config.data, 'busbar.db');
    const store = openSqliteStore({ path, log, clock: this.#clock, retention: config.retention });
    await this.#start(store);
    return store;
  }

  async #makeFirstKey(store: Store, gateway: Gateway): Promise<void> {
    if ((await store.apiKeys()).length > 0) return;
    const { secret } = await gateway.createApiKey({ name: 'admin', scopes: ['*'] }, 'gateway');
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
