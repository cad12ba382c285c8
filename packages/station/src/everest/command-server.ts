import { CommandError, toCommandError } from './command-error.ts';
import type { MqttSession, Routes, TopicHandler } from './mqtt-session.ts';
import { decode, failureOf, resultOf, toCall, type Call, type Implementation, type Topics } from './wire.ts';

/** A command of ours: takes the named arguments, answers the result. Rejects with CommandError to say why not. */
export type CommandHandler = (args: unknown) => Promise<unknown>;

/** By implementation id, then by command name. */
export type CommandHandlers = Readonly<Record<string, Readonly<Record<string, CommandHandler>>>>;

export interface CommandServerOptions {
  moduleId: string;
  topics: Topics;
  handlers: CommandHandlers;
  /** Before, every command is answered NotReady. */
  isReady(): boolean;
  onProblem(problem: string): void;
}

/** How many served calls are remembered, to know a call that comes twice. */
const remembered = 256;

/** Answers what other modules call. */
export class CommandServer {
  readonly #options: CommandServerOptions;
  readonly #served = new Set<string>();

  constructor(options: CommandServerOptions) {
    this.#options = options;
  }

  /** What to subscribe to. */
  routes(session: MqttSession): Routes {
    const { moduleId, topics, handlers } = this.#options;
    const routes = new Map<string, TopicHandler>();
    for (const [implementationId, commands] of Object.entries(handlers)) {
      const of = { moduleId, implementationId };
      for (const [name, handler] of Object.entries(commands))
        routes.set(topics.command(of, name), (payload) => this.#receive({ session, of, name, handler }, payload));
    }
    return routes;
  }

  async #receive(served: Served, payload: string): Promise<void> {
    const { onProblem } = this.#options;
    const envelope = decode(payload);
    if ('problem' in envelope) return onProblem(`${served.name}: ${envelope.problem}`);
    if (envelope.type !== 'Cmd') return onProblem(`${served.name}: a ${envelope.type} is no call`);
    const call = toCall(envelope.data);
    if ('problem' in call) return onProblem(`${served.name}: ${call.problem}`);
    if (this.#isRepeated(call)) return onProblem(`${served.name}: the call ${call.id} came twice`);
    this.#answer(served, call, await this.#run(served, call));
  }

  async #run({ handler }: Served, { args = {} }: Call): Promise<Outcome> {
    if (!this.#options.isReady()) return { error: new CommandError('NotReady', 'not every module is ready yet') };
    try {
      return { value: await handler(args) };
    } catch (error) {
      return { error: toCommandError(error) };
    }
  }

  #answer({ session, of, name }: Served, { id, origin }: Call, outcome: Outcome): void {
    const { topics, moduleId } = this.#options;
    const payload = 'error' in outcome ? failureOf(id, outcome.error, moduleId) : resultOf(id, outcome.value, moduleId);
    session.publish(topics.response(of, name, origin), payload);
  }

  /** A command is never run twice for one call. */
  #isRepeated({ id, origin }: Call): boolean {
    const key = `${origin} ${id}`;
    if (this.#served.has(key)) return true;
    this.#served.add(key);
    const [oldest] = this.#served;
    if (this.#served.size > remembered && oldest !== undefined) this.#served.delete(oldest);
    return false;
  }
}

interface Served {
  session: MqttSession;
  of: Implementation;
  name: string;
  handler: CommandHandler;
}

type Outcome = { value: unknown } | { error: CommandError };
