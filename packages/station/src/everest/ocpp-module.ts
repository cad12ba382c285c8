import { OcppConnectionClosed } from '@busbar/ocpp';
import { systemClock } from '../time/clock.ts';
import type { DataTransferResponse, OcppInterface, OcppVariableName } from '../interface/ocpp-interface.ts';
import type { Station } from '../station.ts';
import { CommandError } from './command-error.ts';
import type { CommandHandlers } from './command-server.ts';
import type { EverestHost } from './everest-host.ts';
import type { ModuleConfig } from './handshake.ts';
import { ocppManifest } from './manifest.ts';
import { EverestModule, type EverestModuleOptions } from './module.ts';
import { ModuleHost, watchedVariables } from './module-host.ts';
import { providedTokenSchema } from './neighbour-types.ts';
import { ocppHandlers, watchVariables } from './ocpp-provider.ts';
import { defineCommand } from './ocpp-table.ts';
import { ocppTypes } from './ocpp-types.ts';
import { any } from './schema.ts';
import { costMessages } from './session-cost.ts';
import { validate } from './token-validation.ts';
import { toIdToken } from './translations.ts';
import { watchVerdicts } from './verdicts.ts';

export interface OcppModuleOptions extends Omit<
  EverestModuleOptions,
  'moduleName' | 'manifest' | 'commands' | 'watch'
> {
  /** The folder of the manifest among EVerest's modules. Default `BusbarOcpp`. */
  moduleName?: string;
  /** ISO 4217, for costs. Default EUR. */
  currency?: string;
  /** How long the boards may take to tell what they can do. Default 5000 ms. */
  capabilitiesTimeoutMs?: number;
}

/** What is behind the module once there is a station. */
export interface Served {
  station: Pick<Station, 'authorize' | 'transactionOn' | 'events' | 'dataTransfer' | 'inside'>;
  /** Without it the commands of interface `ocpp` are answered NotReady. */
  ocpp?: OcppInterface;
}

/** EVerest's OCPP module, played by this process: what {@link ocppManifest} provides and requires, over the internal MQTT. */
export class OcppModule {
  readonly module: EverestModule;
  readonly #options: OcppModuleOptions;
  readonly #neighbours: ModuleHost;
  readonly #opened = Promise.withResolvers<EverestHost>();
  readonly #latest = new Map<OcppVariableName, unknown>();
  #host: EverestHost | undefined;
  #served: Served | undefined;
  #unwatch: (() => void) | undefined;
  #unlearn: (() => void) | undefined;

  /** Throws UnknownReleaseError. */
  constructor(options: OcppModuleOptions) {
    this.#options = options;
    this.module = new EverestModule({
      ...options,
      moduleName: options.moduleName ?? 'BusbarOcpp',
      manifest: ocppManifest,
      commands: this.#commands(),
      watch: watchedVariables,
    });
    this.#neighbours = new ModuleHost(this.module, {
      clock: options.clock ?? systemClock,
      capabilitiesTimeoutMs: options.capabilitiesTimeoutMs ?? 5000,
      onProblem: (problem) => this.module.events.emit('problem', problem),
    });
    this.#opened.promise.catch(() => undefined);
    this.module.events.on('ready', (config) => void this.#ready(config));
  }

  start(): void {
    this.module.start();
  }

  /** The host of the station to be made; comes when every module of EVerest is ready. Rejects when EVerest's EVSEs cannot be one. */
  host(): Promise<EverestHost> {
    return this.#opened.promise;
  }

  /** The station that was made for the host, and its interface. From now on commands are answered. */
  serve(served: Served): void {
    this.#served = served;
    this.#host?.serve(served.station);
    this.#unwatch?.();
    this.#unwatch = served.ocpp && watchVariables(served.ocpp, (name, value) => this.#publish(name, value));
    this.#unlearn?.();
    this.#unlearn = watchVerdicts(served.station.events, (update) =>
      this.module.publish('auth_validator', 'validate_result_update', update),
    );
  }

  /** Resolves when no callback can fire any more. The station has its own end. */
  async stop(): Promise<void> {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#unlearn?.();
    this.#unlearn = undefined;
    this.#opened.reject(new Error('the module stops'));
    await this.module.stop();
  }

  async #ready(config: ModuleConfig): Promise<void> {
    if (this.#host) {
      this.#host.announce();
      for (const [name, value] of this.#latest) this.module.publish('ocpp_generic', name, value);
      return;
    }
    try {
      this.#host = await this.#neighbours.open(config);
      this.#opened.resolve(this.#host);
    } catch (error) {
      this.module.events.emit('problem', error instanceof Error ? error.message : String(error));
      // What a neighbour has not answered it may answer after the next start of EVerest; wrong ids stay wrong.
      if (!(error instanceof CommandError)) this.#opened.reject(error);
    }
  }

  /** EVerest of today has no `is_connected`; a module that publishes what its interface lacks is at fault. */
  #publish(name: OcppVariableName, value: unknown): void {
    if (name === 'is_connected') return;
    if (isState(name)) this.#latest.set(name, value);
    this.module.publish('ocpp_generic', name, value);
    if (name !== 'ocpp_transaction_event_response') return;
    const { currency = 'EUR' } = this.#options;
    for (const message of costMessages(value, currency))
      this.module.publish('session_cost', message.name, message.value);
  }

  #commands(): CommandHandlers {
    const validateToken = defineCommand({ provided_token: providedTokenSchema }, any, (_, { provided_token }) =>
      validate(this.#served?.station, toIdToken(provided_token)),
    );
    const transfer = defineCommand(
      { request: ocppTypes.DataTransferRequest },
      ocppTypes.DataTransferResponse,
      (_, { request: { vendor_id, message_id, data } }) =>
        this.#transfer({ vendorId: vendor_id, messageId: message_id, data }),
    );
    return {
      ocpp_generic: ocppHandlers(() => this.#served?.ocpp),
      auth_validator: { validate_token: (args) => validateToken.call(undefined, args) },
      auth_provider: {},
      data_transfer: { data_transfer: (args) => transfer.call(undefined, args) },
      session_cost: {},
    };
  }

  async #transfer(message: Parameters<Station['dataTransfer']>[0]): Promise<DataTransferResponse> {
    try {
      const answer = await this.#served?.station.dataTransfer(message);
      return answer ? toDataTransferResponse(answer) : { status: 'Offline' };
    } catch (error) {
      return { status: error instanceof OcppConnectionClosed ? 'Offline' : 'Rejected' };
    }
  }
}

/** What holds until the next of its kind; the rest are events. */
const isState = (name: OcppVariableName) => name === 'connection_status' || name === 'charging_schedules';

const statuses = ['Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId'] as const;

export function toDataTransferResponse({ status, data }: { status: string; data?: unknown }): DataTransferResponse {
  return {
    status: statuses.find((known) => known === status) ?? 'Rejected',
    ...(data !== undefined && { data: typeof data === 'string' ? data : JSON.stringify(data) }),
  };
}
