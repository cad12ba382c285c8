import { systemClock, type Clock } from '../time/clock.ts';
import type { EvseDescription } from '../station-host.ts';
import type { ApiClient } from './api-client.ts';
import type { ApiModule, ApiType } from './api-wire.ts';
import type { OcppInterface } from '../interface/ocpp-interface.ts';
import type { Station } from '../station.ts';
import { errorOriginOf } from './errors.ts';
import { EverestHost } from './everest-host.ts';
import type { EverestPort, EvseCommand } from './everest-port.ts';
import { routeEvseVariable } from './evse-variables.ts';
import { errorSchema } from './module-errors.ts';
import {
  capabilitiesSchema,
  evseSchema,
  limitCapabilitiesSchema,
  providedTokenSchema,
  type EvseEntry,
  type HardwareCapabilities,
} from './neighbour-types.ts';
import { matches, problemIn } from './schema.ts';
import { costMessages } from './session-cost.ts';
import { validate } from './token-validation.ts';
import { toDescription, toIdToken, toValidationResult } from './translations.ts';
import { watchVerdicts } from './verdicts.ts';

export interface ApiHostOptions {
  clock?: Clock | undefined;
  /** Which EVSE an `external_energy_limits_consumer` limits, by module id; 0 is the whole station. Default: in their order. */
  limits?: Readonly<Record<string, number>>;
  /** Which EVSE the errors of a module of EVerest mean, by module id. Default: the one it is mapped to, the only one, or 0, the station. */
  errorOrigins?: Readonly<Record<string, number>>;
  /** The device's own `system`, which the API lets clients provide but not call: `reset`, `update_firmware`, `upload_logs` … */
  system?: EverestPort['system'];
  /** ISO 4217, for costs. Default EUR. */
  currency?: string;
}

type ApiStation = Pick<Station, 'authorize' | 'transactionOn' | 'events' | 'inside'>;

const variables = ['session_event', 'powermeter', 'ev_info'] as const;

/** EVerest through its API as the host of a station. Made before the client starts. */
export class ApiHost {
  readonly #client: ApiClient;
  readonly #options: ApiHostOptions;
  readonly #boards = new Map<string, HardwareCapabilities>();
  readonly #evseIds = new Map<string, number>();
  readonly #opened = Promise.withResolvers<EverestHost>();
  #waiting: (() => void)[] = [];
  #host: EverestHost | undefined;
  #station: ApiStation | undefined;
  #unwatch: (() => void)[] = [];

  constructor(client: ApiClient, options: ApiHostOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#opened.promise.catch(() => undefined);
    for (const name of variables)
      client.watch('evse_manager_consumer', name, (module, value) =>
        this.#later(() => this.#varied(module, { name, value })),
      );
    client.watch('evse_manager_consumer', 'hw_capabilities', ({ moduleId }, value) => {
      if (matches(capabilitiesSchema, value)) this.#boards.set(moduleId, value);
    });
    client.watch('error_history_consumer', 'error_raised', (_, value) =>
      this.#later(() => this.#error('raised', value)),
    );
    client.watch('error_history_consumer', 'error_cleared', (_, value) =>
      this.#later(() => this.#error('cleared', value)),
    );
    client.answer('auth_token_validator', 'validate_token', (_, payload) => this.#validate(payload));
    client.events.on('connected', () => void this.#connected());
  }

  /** The host of the station to be made; comes when every EVSE manager has answered. Rejects when their ids are not 1, 2, … */
  host(): Promise<EverestHost> {
    return this.#opened.promise;
  }

  /** The station that was made for the host; with its interface, costs are told to EVerest. */
  serve(station: ApiStation, ocpp?: OcppInterface): void {
    this.#station = station;
    this.#host?.serve(station);
    this.#watchNothing();
    const { currency = 'EUR' } = this.#options;
    const listener = (response: unknown) => {
      for (const { name, value } of costMessages(response, currency)) this.#sendAll('session_cost', name, value);
    };
    ocpp?.events.on('ocpp_transaction_event_response', listener);
    this.#unwatch = [
      () => ocpp?.events.off('ocpp_transaction_event_response', listener),
      watchVerdicts(station.events, (update) =>
        this.#sendAll('auth_token_validator', 'validate_result_update', update),
      ),
    ];
  }

  /** Hears of nothing more. The client has its own end. */
  stop(): void {
    this.#watchNothing();
    this.#opened.reject(new Error('the host stops'));
  }

  async #connected(): Promise<void> {
    if (this.#host) return this.#host.announce();
    try {
      const host = await this.#open();
      this.#host = host;
      for (const report of this.#waiting.splice(0)) report();
      this.#opened.resolve(host);
    } catch (error) {
      this.#problem(error);
      if (error instanceof RangeError) this.#opened.reject(error);
    }
  }

  async #open(): Promise<EverestHost> {
    const managers = this.#client.modulesOf('evse_manager_consumer');
    const entries = await Promise.all(managers.map((module) => this.#describe(module)));
    const ids = entries.map(({ id }) => id).sort((a, b) => a - b);
    if (ids.length === 0 || ids.some((id, index) => id !== index + 1))
      throw new RangeError(`EVSE ids must be 1, 2, … without gaps; EVerest’s API has ${ids.join(', ') || 'none'}`);
    for (const [index, { moduleId }] of managers.entries()) this.#evseIds.set(moduleId, entries[index]?.id ?? 0);
    const sinks = this.#sinks(managers.length);
    const evses = await Promise.all(
      managers.map((module, index) => this.#descriptionOf(module, entries[index] ?? { id: 0 }, sinks)),
    );
    return new EverestHost({
      port: this.#createPort(sinks),
      evses: evses.sort((a, b) => a.id - b.id),
      clock: this.#options.clock ?? systemClock,
      onProblem: (problem) => this.#problem(problem),
    });
  }

  async #describe(module: ApiModule): Promise<EvseEntry> {
    const entry = await this.#client.request(module, 'get_evse');
    if (matches(evseSchema, entry)) return entry;
    throw new TypeError(`${module.moduleId} get_evse: ${problemIn(evseSchema, entry)}`);
  }

  /** The board tells once, perhaps before this client came; the place for limits can be asked. */
  async #descriptionOf(
    { moduleId }: ApiModule,
    entry: EvseEntry,
    sinks: ReadonlyMap<number, ApiModule>,
  ): Promise<EvseDescription> {
    const description = toDescription(entry, this.#boards.get(moduleId));
    const sink = sinks.get(entry.id);
    if (!sink || this.#boards.has(moduleId)) return description;
    const node = await this.#client.latest(sink, 'capabilities').catch((error: unknown) => this.#problem(error));
    if (!matches(limitCapabilitiesSchema, node)) return description;
    return {
      ...description,
      phases: node.max_phase_count >= 2 ? 3 : 1,
      maxCurrentA: node.max_current_A,
      voltageV: node.nominal_voltage_V,
    };
  }

  #sinks(evses: number): ReadonlyMap<number, ApiModule> {
    const modules = this.#client.modulesOf('external_energy_limits_consumer');
    const { limits = {} } = this.#options;
    return new Map(
      modules.map((module, index) => [limits[module.moduleId] ?? (index < evses ? index + 1 : 0), module]),
    );
  }

  #createPort(sinks: ReadonlyMap<number, ApiModule>): EverestPort {
    const client = this.#client;
    const managers = client.modulesOf('evse_manager_consumer');
    const { system } = this.#options;
    return {
      evse: async (evseId, command) => {
        const module = managers.find(({ moduleId }) => this.#evseIds.get(moduleId) === evseId);
        if (!module) throw new RangeError(`EVSE ${evseId} has no API module`);
        const request = toApiRequest(command);
        return request && client.request(module, command.name, request.payload);
      },
      setLimits: (evseId, limits) => {
        const sink = sinks.get(evseId);
        if (sink) client.send(sink, 'set_external_limits', limits);
        return sink !== undefined;
      },
      provideToken: (token) => this.#sendAll('auth_token_provider', 'provided_token', token),
      ...(system && { system }),
    };
  }

  #sendAll(type: ApiType, name: string, value: unknown): void {
    for (const module of this.#client.modulesOf(type)) this.#client.send(module, name, value);
  }

  #watchNothing(): void {
    for (const end of this.#unwatch.splice(0)) end();
  }

  #varied({ moduleId }: ApiModule, { name, value }: { name: string; value: unknown }): void {
    const evseId = this.#evseIds.get(moduleId);
    if (!this.#host || evseId === undefined) return;
    const problem = routeEvseVariable(this.#host, { evseId, name, value });
    if (problem !== undefined) this.#problem(problem);
  }

  #error(change: 'raised' | 'cleared', value: unknown): void {
    if (!this.#host || !matches(errorSchema, value)) return;
    const { errorOrigins = {} } = this.#options;
    const origin = errorOriginOf(value);
    const evseId = errorOrigins[origin.moduleId] ?? origin.evseId ?? (this.#evseIds.size === 1 ? 1 : 0);
    if (change === 'raised') this.#host.errorRaised(evseId, value);
    else this.#host.errorCleared(evseId, value);
  }

  async #validate(payload: unknown): Promise<unknown> {
    if (!matches(providedTokenSchema, payload)) return toValidationResult({ status: 'Invalid' });
    return validate(this.#station, toIdToken(payload));
  }

  #later(report: () => void): void {
    if (this.#host) report();
    else this.#waiting.push(report);
  }

  #problem(error: unknown): undefined {
    this.#client.events.emit('problem', error instanceof Error ? error.message : String(error));
  }
}

/** As the API wants the arguments; undefined for what it does not offer. */
function toApiRequest(command: EvseCommand): { payload?: unknown } | undefined {
  switch (command.name) {
    case 'enable_disable':
      return { payload: { connector_id: command.args.connector_id, source: command.args.cmd_source } };
    case 'stop_transaction':
      return { payload: command.args.request };
    case 'force_unlock':
      return { payload: command.args.connector_id };
    case 'pause_charging':
    case 'resume_charging':
      return {};
    case 'external_ready_to_start_charging':
      return undefined;
  }
}
