import type { OcppCommandName, OcppInterface, OcppVariableName } from '../interface/ocpp-interface.ts';
import { systemClock, type Clock, type Timer } from '../time/clock.ts';
import { toRequest, type ApiRequest } from './api-wire.ts';
import { toCommandError, type CommandError } from './command-error.ts';
import { MqttLink, type MqttLinkOptions } from './mqtt-link.ts';
import type { MqttSession, TopicHandler } from './mqtt-session.ts';
import { watchVariables } from './ocpp-provider.ts';
import { ocppCommands, ocppVariables } from './ocpp-table.ts';
import { isRecord } from './schema.ts';

export interface OcppApiOptions extends MqttLinkOptions {
  ocpp: OcppInterface;
  /** Of the station: one level of the topics. */
  identity: string;
  /** Before the identity. Default `busbar/ocpp`. */
  root?: string;
  /** Default 1000 ms, 0 for none. */
  heartbeatMs?: number;
  onProblem?: (problem: string) => void;
}

/**
 * Interface `ocpp` for any MQTT client, in the manner of the EVerest API: `{root}/{identity}/m2e/{command}` takes requests,
 * `…/e2m/{variable}` has what is published, `…/m2e/{variable}/get` asks for the last of it.
 */
export class OcppApi {
  readonly #options: OcppApiOptions;
  readonly #clock: Clock;
  readonly #link: MqttLink;
  readonly #base: string;
  readonly #latest = new Map<OcppVariableName, unknown>();
  #session: MqttSession | undefined;
  #unwatch: (() => void) | undefined;
  #heartbeat: Timer | undefined;
  #beats = 0;

  /** Throws RangeError for an identity that cannot be a level of a topic. */
  constructor(options: OcppApiOptions) {
    if (options.identity === '' || /[/+#\0]/.test(options.identity))
      throw new RangeError(`identity ${JSON.stringify(options.identity)} cannot be a level of a topic`);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#base = `${options.root ?? 'busbar/ocpp'}/${options.identity}`;
    this.#link = new MqttLink(options);
  }

  start(): void {
    this.#unwatch ??= watchVariables(this.#options.ocpp, (name, value) => this.#publish(name, value));
    this.#link.start((session) => this.#open(session));
  }

  /** Resolves when no callback can fire any more. */
  async stop(): Promise<void> {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#heartbeat?.cancel();
    await this.#link.stop();
    this.#session = undefined;
  }

  async #open(session: MqttSession): Promise<void> {
    session.signal.addEventListener('abort', () => this.#lost(), { once: true });
    const routes = new Map<string, TopicHandler>();
    for (const name of Object.keys(shapes))
      if (isCommand(name))
        routes.set(`${this.#base}/m2e/${name}`, (message) =>
          this.#serve(session, message, ({ payload }) => this.#command(name, payload)),
        );
    for (const name of Object.keys(ocppVariables))
      routes.set(`${this.#base}/m2e/${name}/get`, (message) =>
        this.#serve(session, message, async () => [...this.#latest].find(([known]) => known === name)?.[1]),
      );
    await session.subscribe(routes);
    this.#session = session;
    this.#beat();
  }

  #publish(name: OcppVariableName, value: unknown): void {
    this.#latest.set(name, value);
    this.#session?.publish(`${this.#base}/e2m/${name}`, JSON.stringify(value));
  }

  async #serve(
    session: MqttSession,
    message: string,
    answer: (request: ApiRequest) => Promise<unknown>,
  ): Promise<void> {
    const request = toRequest(message);
    if ('problem' in request) return this.#options.onProblem?.(request.problem);
    const reply = await answer(request).catch((error: unknown) => this.#failed(toCommandError(error)));
    if (request.replyTo !== undefined) session.publish(request.replyTo, JSON.stringify(reply ?? null));
  }

  async #command(name: OcppCommandName, payload: unknown): Promise<unknown> {
    const { toArgs, toReply } = shapes[name];
    return toReply(await ocppCommands[name].call(this.#options.ocpp, toArgs(payload)));
  }

  /** The EVerest API has no form for a failure; without one a script would wait in vain. */
  #failed({ type, message }: CommandError): unknown {
    this.#options.onProblem?.(message);
    return { error: { type, message } };
  }

  #beat(): void {
    const { heartbeatMs = 1000 } = this.#options;
    if (heartbeatMs <= 0 || !this.#session) return;
    this.#session.publish(`${this.#base}/e2m/heartbeat`, String(this.#beats++), 0);
    this.#heartbeat = this.#clock.after(heartbeatMs, () => this.#beat());
  }

  #lost(): void {
    this.#session = undefined;
    this.#heartbeat?.cancel();
  }
}

/** How a payload of the API becomes the named arguments of the interface, and a result a reply. */
interface Shape {
  toArgs(payload: unknown): unknown;
  toReply(result: unknown): unknown;
}

const same = (value: unknown) => value;
const memberOf = (payload: unknown, name: string) => (isRecord(payload) ? payload[name] : undefined);
const asItems = (result: unknown) => ({ items: result });

/** As EVerest's ocpp_consumer API has them; stop and restart, which it has not, take nothing and answer a boolean. */
const shapes: Readonly<Record<OcppCommandName, Shape>> = {
  stop: { toArgs: () => ({}), toReply: same },
  restart: { toArgs: () => ({}), toReply: same },
  security_event: { toArgs: (event) => ({ event }), toReply: same },
  get_variables: { toArgs: (payload) => ({ requests: memberOf(payload, 'items') }), toReply: asItems },
  set_variables: {
    toArgs: (payload) => ({
      requests: memberOf(memberOf(payload, 'variables'), 'items'),
      source: memberOf(payload, 'source'),
    }),
    toReply: asItems,
  },
  change_availability: { toArgs: (request) => ({ request }), toReply: same },
  monitor_variables: { toArgs: (payload) => ({ component_variables: memberOf(payload, 'items') }), toReply: same },
};

const isCommand = (name: string): name is OcppCommandName => Object.hasOwn(shapes, name);
