import type { Clock } from '../time/clock.ts';
import { errorOriginOf } from './errors.ts';
import { EverestHost } from './everest-host.ts';
import type { EverestPort } from './everest-port.ts';
import { routeEvseVariable } from './evse-variables.ts';
import type { ModuleConfig } from './handshake.ts';
import type { EverestErrorReport } from './module-errors.ts';
import type { EverestModule } from './module.ts';
import { capabilitiesSchema, evseSchema, type EvseEntry, type HardwareCapabilities } from './neighbour-types.ts';
import { matches } from './schema.ts';
import { toDescription } from './translations.ts';
import type { Implementation } from './wire.ts';

/** The variables of neighbours that {@link ModuleHost} reads. */
export const watchedVariables = {
  evse_manager: ['session_event', 'powermeter', 'ev_info', 'hw_capabilities', 'ready', 'waiting_for_external_ready'],
  system: ['firmware_update_status', 'log_status'],
  reservation: ['reservation_update'],
} as const;

export interface ModuleHostOptions {
  clock: Clock;
  /** How long the boards may take to tell what they can do, once all modules are ready. Default 5000 ms. */
  capabilitiesTimeoutMs: number;
  onProblem(problem: string): void;
}

/** The neighbours of a module as the host of a station. Made before the module starts: what they say first counts, too. */
export class ModuleHost {
  readonly #module: EverestModule;
  readonly #options: ModuleHostOptions;
  readonly #capabilities = new Map<string, HardwareCapabilities>();
  readonly #evseIds = new Map<string, number>();
  readonly #told = Promise.withResolvers<void>();
  #waiting: (() => void)[] = [];
  #managers: readonly Implementation[] = [];
  #host: EverestHost | undefined;

  constructor(module: EverestModule, options: ModuleHostOptions) {
    this.#module = module;
    this.#options = options;
    module.events.on('variable', ({ requirement, of, name, value }) => {
      if (name === 'hw_capabilities') this.#learn(of, value);
      else this.#later(() => this.#route({ requirement, of, name, value }));
    });
    module.events.on('errorRaised', (source) =>
      this.#later(() => this.#host?.errorRaised(this.#whereOf(source), source.error)),
    );
    module.events.on('errorCleared', (source) =>
      this.#later(() => this.#host?.errorCleared(this.#whereOf(source), source.error)),
    );
  }

  /** After `ready`. Rejects when an EVSE manager does not answer, or their ids are not 1, 2, … */
  async open(config: ModuleConfig): Promise<EverestHost> {
    this.#managers = config.connections.get('evse_manager') ?? [];
    const entries = await Promise.all(this.#managers.map((of) => this.#describe(of)));
    checkIds(entries.map(({ id }) => id));
    for (const [index, of] of this.#managers.entries()) this.#evseIds.set(keyOf(of), entries[index]?.id ?? 0);
    await this.#capabilitiesTold();
    const evses = this.#managers
      .map((of, index) => toDescription(entries[index] ?? { id: 0 }, this.#capabilities.get(keyOf(of))))
      .sort((a, b) => a.id - b.id);
    const { clock, onProblem } = this.#options;
    this.#host = new EverestHost({ port: this.#createPort(config), evses, clock, onProblem });
    for (const report of this.#waiting.splice(0)) report();
    return this.#host;
  }

  async #describe(of: Implementation): Promise<EvseEntry> {
    const entry = await this.#module.call(of, 'get_evse');
    if (matches(evseSchema, entry)) return entry;
    throw new TypeError(`${of.moduleId} says of its EVSE what cannot be read`);
  }

  #learn(of: Implementation, value: unknown): void {
    if (!matches(capabilitiesSchema, value)) return this.#options.onProblem(`${of.moduleId} hw_capabilities: not read`);
    this.#capabilities.set(keyOf(of), value);
    if (this.#isToldByAll()) this.#told.resolve();
  }

  #isToldByAll(): boolean {
    return this.#managers.length > 0 && this.#managers.every((of) => this.#capabilities.has(keyOf(of)));
  }

  async #capabilitiesTold(): Promise<void> {
    if (this.#isToldByAll()) return;
    const { clock, capabilitiesTimeoutMs, onProblem } = this.#options;
    const timer = clock.after(capabilitiesTimeoutMs, () => {
      onProblem('not every board has told what it can do: 3 × 32 A is taken for those that have not');
      this.#told.resolve();
    });
    await this.#told.promise;
    timer.cancel();
  }

  #route({ requirement, of, name, value }: { requirement: string; of: Implementation; name: string; value: unknown }) {
    const host = this.#host;
    if (!host) return;
    if (name === 'firmware_update_status') return host.jobs.firmwareStatus(value);
    if (name === 'log_status') return host.jobs.logStatus(value);
    if (requirement !== 'evse_manager') return;
    this.#at(of, (evseId) => {
      const problem = routeEvseVariable(host, { evseId, name, value });
      if (problem !== undefined) this.#options.onProblem(problem);
    });
  }

  #at(of: Implementation, act: (evseId: number) => void): void {
    const evseId = this.#evseIds.get(keyOf(of));
    if (evseId !== undefined) act(evseId);
  }

  /** The EVSE of its manager, or that its module is mapped to; else the station. */
  #whereOf({ of, error }: { of: Implementation; error: EverestErrorReport }): number {
    return this.#evseIds.get(keyOf(of)) ?? this.#module.config?.evseOf(of) ?? errorOriginOf(error).evseId ?? 0;
  }

  #later(report: () => void): void {
    if (this.#host) report();
    else this.#waiting.push(report);
  }

  #createPort(config: ModuleConfig): EverestPort {
    const module = this.#module;
    const managers = new Map(this.#managers.map((of) => [this.#evseIds.get(keyOf(of)), of]));
    const sinks = sinksOf(config, managers.size);
    const only = (requirement: string) => {
      const of = config.connections.get(requirement)?.[0];
      return of && ((name: string, args: Readonly<Record<string, unknown>>) => module.call(of, name, args));
    };
    const [system, reservation, auth] = [only('system'), only('reservation'), only('auth')];
    const dataTransfer = only('data_transfer');
    return {
      evse: async (evseId, { name, args }) => {
        const of = managers.get(evseId);
        if (!of) throw new RangeError(`EVSE ${evseId} has no manager`);
        return module.call(of, name, args);
      },
      setLimits: (evseId, value) => {
        const of = sinks.get(evseId);
        if (!of) return false;
        const failed = (error: unknown) => this.#options.onProblem(`limits of EVSE ${evseId}: ${String(error)}`);
        module.call(of, 'set_external_limits', { value }).catch(failed);
        return true;
      },
      provideToken: (token) => module.publish('auth_provider', 'provided_token', token),
      ...(system && { system }),
      ...(reservation && { reservation }),
      ...(auth && { auth }),
      ...(dataTransfer && { dataTransfer }),
    };
  }
}

/** Which place for limits is which EVSE's: as EVerest's configuration maps them, else in their order, the last the station's. */
function sinksOf(config: ModuleConfig, evses: number): ReadonlyMap<number, Implementation> {
  const sinks = config.connections.get('evse_energy_sink') ?? [];
  return new Map(sinks.map((of, index) => [config.evseOf(of) ?? (index < evses ? index + 1 : 0), of]));
}

function checkIds(ids: readonly number[]): void {
  const isGapless = ids.toSorted((a, b) => a - b).every((id, index) => id === index + 1);
  if (!isGapless || ids.length === 0)
    throw new RangeError(`EVSE ids must be 1, 2, … without gaps; EVerest has ${ids.join(', ') || 'none'}`);
}

const keyOf = ({ moduleId, implementationId }: Implementation) => `${moduleId} ${implementationId}`;
