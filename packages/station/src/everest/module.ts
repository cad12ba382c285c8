import { EventEmitter } from 'node:events';
import { systemClock, type Clock } from '../time/clock.ts';
import { CommandError } from './command-error.ts';
import { CommandServer, type CommandHandlers } from './command-server.ts';
import { askConfig, type ModuleConfig } from './handshake.ts';
import type { ModuleManifest } from './manifest.ts';
import { ModuleErrors, type EverestErrorReport, type RaisedError } from './module-errors.ts';
import { MqttLink, type MqttLinkOptions } from './mqtt-link.ts';
import type { MqttSession, Routes } from './mqtt-session.ts';
import { neighbourRoutes } from './neighbours.ts';
import { PendingCalls } from './pending-calls.ts';
import { checkRelease } from './releases.ts';
import {
  createCall,
  createTopics,
  decode,
  encode,
  setResponseOf,
  toSetRequest,
  variableOf,
  type Implementation,
  type SetStatus,
  type Topics,
} from './wire.ts';

export interface EverestModuleOptions extends MqttLinkOptions {
  /** As in EVerest's configuration file. */
  moduleId: string;
  /** The folder of the manifest among EVerest's modules. */
  moduleName: string;
  manifest: ModuleManifest;
  /** The EVerest that runs, as `2026.08`; one whose wire is not known here is refused. */
  release: string;
  /** Default `everest/`. */
  everestPrefix?: string;
  /** Must have every command of what the manifest provides. */
  commands: CommandHandlers;
  /** Of each requirement, the variables to be told of. */
  watch?: Readonly<Record<string, readonly string[]>>;
  /** Of the calls of neighbours. Default 300,000 ms, as everywhere in EVerest. */
  callTimeoutMs?: number;
  /** Of the question for the configuration, which is repeated once. Default 5000 ms. */
  configTimeoutMs?: number;
  /** Sets a parameter while the module runs. Without it, all is Rejected. */
  onSetConfig?: (name: string, value: string) => SetStatus;
}

export interface EverestModuleEvents {
  /** The manager has told the configuration; nothing may be called yet. */
  configured: [ModuleConfig];
  /** Every module is ready: the time to call and publish. Once for each connection to the broker. */
  ready: [ModuleConfig];
  /** The broker is lost; a new handshake follows. */
  lost: [];
  /** EVerest ends. The process should, too. */
  shutdown: [];
  variable: [{ requirement: string; of: Implementation; name: string; value: unknown }];
  errorRaised: [{ of: Implementation; error: EverestErrorReport }];
  errorCleared: [{ of: Implementation; error: EverestErrorReport }];
  /** Something could not be read or handled. It was left out. */
  problem: [string];
}

/** A standalone module of EVerest on the framework's own MQTT. */
export class EverestModule {
  readonly events = new EventEmitter<EverestModuleEvents>();
  readonly #options: EverestModuleOptions;
  readonly #topics: Topics;
  readonly #link: MqttLink;
  readonly #calls: PendingCalls;
  readonly #errors: ModuleErrors;
  readonly #server: CommandServer;
  #session: MqttSession | undefined;
  #config: ModuleConfig | undefined;
  #isReady = false;

  /** Throws UnknownReleaseError for a release whose wire is not known. */
  constructor(options: EverestModuleOptions) {
    checkRelease(options.release);
    const clock: Clock = options.clock ?? systemClock;
    this.#options = options;
    this.#topics = createTopics(options.everestPrefix ?? 'everest/');
    this.#link = new MqttLink({ ...options, onProblem: (problem) => this.#report(problem) });
    this.#calls = new PendingCalls(clock);
    this.#errors = new ModuleErrors(options.moduleId, clock);
    this.#server = new CommandServer({
      moduleId: options.moduleId,
      topics: this.#topics,
      handlers: options.commands,
      isReady: () => this.#isReady,
      onProblem: (problem) => this.#report(problem),
    });
  }

  /** Every module of EVerest is ready, and so is this one. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** What the manager told last. */
  get config(): ModuleConfig | undefined {
    return this.#config;
  }

  start(): void {
    this.#link.start((session) => this.#open(session));
  }

  /** Resolves when no callback can fire any more. */
  async stop(): Promise<void> {
    this.#isReady = false;
    this.#calls.fail('the module stops');
    await this.#link.stop();
  }

  /** Calls a neighbour. Rejects with {@link CommandError}. */
  async call(of: Implementation, name: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const { moduleId, callTimeoutMs = 300_000 } = this.#options;
    if (!this.#session || !this.#isReady) throw new CommandError('NotReady', `${name}: not every module is ready yet`);
    const { id, payload } = createCall(args, moduleId);
    const answer = this.#calls.wait(id, callTimeoutMs, `${of.moduleId} ${name}`);
    this.#session.publish(this.#topics.command(of, name), payload);
    return answer;
  }

  /** Publishes a variable of ours. Nobody gets it before every module is ready. */
  publish(implementationId: string, name: string, value: unknown): void {
    const of = { moduleId: this.#options.moduleId, implementationId };
    if (this.#isReady) this.#session?.publish(this.#topics.variable(of, name), variableOf(value));
  }

  raise(error: RaisedError): void {
    this.#publishError(error, this.#errors.raise(error));
  }

  clear(error: Pick<RaisedError, 'implementationId' | 'type' | 'subType'>): void {
    this.#publishError(error, this.#errors.clear(error));
  }

  async #open(session: MqttSession): Promise<void> {
    const { moduleId, moduleName, manifest, configTimeoutMs = 5000, clock = systemClock } = this.#options;
    session.signal.addEventListener('abort', () => this.#lost(), { once: true });
    const config = await askConfig(session, { moduleId, topics: this.#topics, timeoutMs: configTimeoutMs, clock });
    this.#config = config;
    this.#session = session;
    this.events.emit('configured', config);
    // Before `ready` is published: what comes then must not be missed.
    await session.subscribe(this.#routes(session, config));
    const provides = Object.entries(manifest.provides).map(([id, { interface: name }]) => [id, { interface: name }]);
    const metadata = { module: moduleName, provides: Object.fromEntries(provides) };
    session.publish(this.#topics.metadata(moduleId), encode('ConfigurationResponse', metadata));
    session.publish(this.#topics.moduleReady(moduleId), encode('ModuleReady', true));
  }

  #routes(session: MqttSession, config: ModuleConfig): Routes {
    const { moduleId, watch = {}, onSetConfig = () => 'Rejected' } = this.#options;
    const topics = this.#topics;
    return new Map([
      ...this.#server.routes(session),
      ...neighbourRoutes({ moduleId, topics, config, watch, events: this.events, calls: this.#calls }),
      [topics.configSetRequest(moduleId), (payload) => this.#setConfig(session, payload, onSetConfig)],
      [topics.shutdown, () => this.#shutDown()],
      [topics.globalReady, (payload) => this.#allReady(config, payload)],
    ]);
  }

  #allReady(config: ModuleConfig, payload: string): void {
    const envelope = decode(payload);
    if ('problem' in envelope) return this.#report(`ready: ${envelope.problem}`);
    if (envelope.type !== 'GlobalReady' || this.#isReady) return;
    this.#isReady = true;
    for (const { error, payload: message } of this.#errors.messages()) this.#publishError(error, message);
    this.events.emit('ready', config);
  }

  #setConfig(session: MqttSession, payload: string, set: (name: string, value: string) => SetStatus): void {
    const envelope = decode(payload);
    const request = 'problem' in envelope ? envelope : toSetRequest(envelope.data);
    if ('problem' in request) return this.#report(`setting the configuration: ${request.problem}`);
    const status = set(request.name, request.value);
    session.publish(this.#topics.configSetResponse(this.#options.moduleId), setResponseOf(status, ''));
  }

  #publishError({ implementationId, type }: { implementationId: string; type: string }, message?: string): void {
    const of = { moduleId: this.#options.moduleId, implementationId };
    if (message !== undefined && this.#isReady) this.#session?.publish(this.#topics.error(of, type), message);
  }

  #shutDown(): void {
    this.#isReady = false;
    this.#calls.fail('EVerest shuts down');
    this.events.emit('shutdown');
  }

  #lost(): void {
    this.#isReady = false;
    this.#session = undefined;
    this.#calls.fail('the connection to the broker is lost');
    this.events.emit('lost');
  }

  #report(problem: string): void {
    this.events.emit('problem', problem);
  }
}
