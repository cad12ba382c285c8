import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { systemClock, type Clock, type Timer } from '../time/clock.ts';
import {
  apiTypes,
  discoverTopic,
  fromEverest,
  readyBeaconTopic,
  requestOf,
  toDiscovered,
  toEverest,
  toJson,
  toRequest,
  type ApiModule,
  type ApiType,
} from './api-wire.ts';
import { CommandError } from './command-error.ts';
import { Heartbeats } from './heartbeats.ts';
import { MqttLink, type MqttLinkOptions } from './mqtt-link.ts';
import type { MqttSession, TopicHandler } from './mqtt-session.ts';
import { PendingCalls } from './pending-calls.ts';

export interface ApiClientOptions extends MqttLinkOptions {
  /** Ids of the API modules in EVerest's configuration, by kind. Without it EVerest is asked, and asked again when it starts. */
  modules?: Partial<Record<ApiType, readonly string[]>>;
  /** How often EVerest is told that this client lives; it expects it within 5 s. Default 2000 ms, 0 never. */
  checkIntervalMs?: number;
  /** After how long without a heartbeat a module counts as silent. Default 5000 ms, 0 never. */
  silenceMs?: number;
  /** Of the replies. Default 10,000 ms. */
  requestTimeoutMs?: number;
  /** How long answers to a discovery are collected. Default 1000 ms. */
  discoveryMs?: number;
}

export interface ApiClientEvents {
  /** Subscribed to everything; for every connection. */
  connected: [readonly ApiModule[]];
  /** API modules that were not known before; more may come while EVerest starts. */
  found: [readonly ApiModule[]];
  lost: [];
  /** No heartbeat has come for a while; that of a module EVerest has stopped, or of EVerest itself. */
  silent: [ApiModule];
  /** A heartbeat has come after all. */
  heard: [ApiModule];
  problem: [string];
}

export type ApiVariableHandler = (module: ApiModule, value: unknown) => void;
export type ApiRequestHandler = (module: ApiModule, payload: unknown) => Promise<unknown>;

/** A client of the EVerest API over MQTT. */
export class ApiClient {
  readonly events = new EventEmitter<ApiClientEvents>();
  readonly #options: ApiClientOptions;
  readonly #clock: Clock;
  readonly #link: MqttLink;
  readonly #calls: PendingCalls;
  readonly #heartbeats: Heartbeats;
  readonly #replyRoot = `busbar/replies/${randomUUID()}`;
  readonly #variables = new Map<string, ApiVariableHandler>();
  readonly #requests = new Map<string, ApiRequestHandler>();
  #modules: ApiModule[] = [];
  #session: MqttSession | undefined;
  #check: Timer | undefined;

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#link = new MqttLink({ ...options, onProblem: (problem) => this.#report(problem) });
    this.#calls = new PendingCalls(this.#clock);
    this.#heartbeats = new Heartbeats({
      clock: this.#clock,
      silenceMs: options.silenceMs ?? 5000,
      onSilent: (module) => this.events.emit('silent', module),
      onHeard: (module) => this.events.emit('heard', module),
    });
  }

  /** The API modules of a kind, in the order they were given or found. */
  modulesOf(type: ApiType): readonly ApiModule[] {
    return this.#modules.filter((module) => module.type === type);
  }

  /** To be told of a variable. Before `start`. */
  watch(type: ApiType, name: string, handler: ApiVariableHandler): void {
    this.#variables.set(`${type} ${name}`, handler);
  }

  /** To answer what EVerest asks. Before `start`. */
  answer(type: ApiType, name: string, handler: ApiRequestHandler): void {
    this.#requests.set(`${type} ${name}`, handler);
  }

  start(): void {
    this.#link.start((session) => this.#open(session));
  }

  /** Tells EVerest that this end is meant. Resolves when no callback can fire any more. */
  async stop(): Promise<void> {
    this.#check?.cancel();
    if (this.#isChecking) for (const module of this.#modules) this.send(module, 'communication_check', false);
    this.#heartbeats.stop();
    this.#calls.fail('the client stops');
    await this.#link.stop();
  }

  /** Asks and awaits the reply. Rejects with {@link CommandError}. */
  async request(module: ApiModule, name: string, payload?: unknown): Promise<unknown> {
    if (!this.#session) throw new CommandError('NotReady', `${name}: there is no connection to EVerest`);
    const id = randomUUID();
    const reply = this.#calls.wait(id, this.#options.requestTimeoutMs ?? 10_000, `${module.moduleId} ${name}`);
    this.#session.publish(toEverest(module, name), requestOf(`${this.#replyRoot}/${id}`, payload));
    return reply;
  }

  /** The value published last; null when there is none, or EVerest does not keep it. */
  latest(module: ApiModule, name: string): Promise<unknown> {
    return this.request(module, `${name}/get`);
  }

  /** Sends and expects nothing. */
  send(module: ApiModule, name: string, value: unknown): void {
    this.#session?.publish(toEverest(module, name), JSON.stringify(value));
  }

  get #isChecking(): boolean {
    return (this.#options.checkIntervalMs ?? 2000) > 0;
  }

  async #open(session: MqttSession): Promise<void> {
    session.signal.addEventListener('abort', () => this.#lost(), { once: true });
    await session.subscribe(
      new Map<string, TopicHandler>([
        [`${this.#replyRoot}/+`, (payload, topic) => this.#replied(payload, topic)],
        [`${this.#replyRoot}/discovery`, (payload) => this.#found(session, toDiscovered(payload))],
        [readyBeaconTopic, () => this.#discover(session)],
      ]),
    );
    const { modules } = this.#options;
    this.#modules = [];
    if (modules) {
      const listed = apiTypes.flatMap((type) => (modules[type] ?? []).map((moduleId) => ({ type, moduleId })));
      await this.#found(session, listed);
    } else await this.#discovered(session);
    if (session.signal.aborted) return;
    this.#session = session;
    this.#tellAlive();
    this.events.emit('connected', this.#modules);
  }

  #discover(session: MqttSession): void {
    if (!this.#options.modules) session.publish(discoverTopic, requestOf(`${this.#replyRoot}/discovery`));
  }

  /** EVerest does not say how many answers there will be. */
  async #discovered(session: MqttSession): Promise<void> {
    this.#discover(session);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(this.#options.discoveryMs ?? 1000, resolve);
    session.signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    timer.cancel();
  }

  async #found(session: MqttSession, modules: readonly ApiModule[]): Promise<void> {
    const added = modules.filter((module) => !this.#modules.some((known) => isSame(known, module)));
    this.#modules.push(...added);
    const routes = added.flatMap((module) => this.#routesOf(session, module));
    await session.subscribe(new Map(routes));
    for (const module of added) this.#heartbeats.expect(module);
    if (added.length > 0) this.events.emit('found', added);
  }

  #routesOf(session: MqttSession, module: ApiModule): [string, TopicHandler][] {
    const routes: [string, TopicHandler][] = [[fromEverest(module, 'heartbeat'), () => this.#heartbeats.heard(module)]];
    for (const [key, handler] of this.#variables) {
      const [type, name = ''] = key.split(' ');
      if (type === module.type)
        routes.push([fromEverest(module, name), (payload) => this.#varied(module, { name, handler }, payload)]);
    }
    for (const [key, handler] of this.#requests) {
      const [type, name = ''] = key.split(' ');
      if (type === module.type)
        routes.push([fromEverest(module, name), (payload) => this.#asked(session, { module, name, handler }, payload)]);
    }
    return routes;
  }

  #varied(module: ApiModule, { name, handler }: { name: string; handler: ApiVariableHandler }, payload: string): void {
    const value = toJson(payload);
    if (value === undefined) this.#report(`${module.moduleId} ${name} is not JSON`);
    else handler(module, value);
  }

  async #asked(
    session: MqttSession,
    { module, name, handler }: { module: ApiModule; name: string; handler: ApiRequestHandler },
    message: string,
  ): Promise<void> {
    const request = toRequest(message);
    if ('problem' in request) return this.#report(`${module.moduleId} ${name}: ${request.problem}`);
    const reply = await handler(module, request.payload);
    if (request.replyTo !== undefined) session.publish(request.replyTo, JSON.stringify(reply ?? null));
  }

  #replied(payload: string, topic: string): void {
    const value = toJson(payload);
    const id = topic.slice(topic.lastIndexOf('/') + 1);
    const error = value === undefined ? new CommandError('MessageParsingError', 'the reply is not JSON') : undefined;
    if (!this.#calls.settle(id, { value, error })) this.#report(`nothing waits for the reply ${id}`);
  }

  #tellAlive(): void {
    if (!this.#isChecking) return;
    for (const module of this.#modules) this.send(module, 'communication_check', true);
    this.#check = this.#clock.after(this.#options.checkIntervalMs ?? 2000, () => this.#tellAlive());
  }

  #lost(): void {
    this.#session = undefined;
    this.#check?.cancel();
    this.#heartbeats.stop();
    this.#calls.fail('the connection to the broker is lost');
    this.events.emit('lost');
  }

  #report(problem: string): void {
    this.events.emit('problem', problem);
  }
}

const isSame = (one: ApiModule, other: ApiModule) => one.type === other.type && one.moduleId === other.moduleId;
