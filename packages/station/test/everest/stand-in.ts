import { connectAsync, type MqttClient } from 'mqtt';
import { messageTypes } from '../../src/everest/wire.ts';
import { ocppVariables } from '../../src/everest/ocpp-table.ts';
import { isRecord, problemIn } from '../../src/everest/schema.ts';

/** A message as EVerest's own modules would see it. */
export interface Seen {
  topic: string;
  type: string;
  data: unknown;
}

export interface StandInOptions {
  /** What the module asks for is answered with this; undefined answers nothing. Default: one EVSE manager and all else. */
  config?: () => unknown;
  /** Answers of neighbours, by `module command`. Undefined stays silent. */
  neighbours?: Readonly<Record<string, (args: Record<string, unknown>) => unknown>>;
  /** Tells that all are ready when the module is. Default true. */
  isEager?: boolean;
}

export const moduleId = 'ocpp';

/** The manager and the neighbours of one standalone module, validation switched on. */
export interface StandIn {
  readonly seen: readonly Seen[];
  /** Waits for the next message there that nobody has waited for yet. */
  next(topic: string): Promise<Seen>;
  publish(topic: string, type: string, data: unknown): Promise<void>;
  publishRaw(topic: string, payload: string): Promise<void>;
  /** A variable of a neighbour. */
  vary(from: string, name: string, value: unknown): Promise<void>;
  /** Calls a command as the module `caller` does; answers all of the answer's data. */
  call(command: string, args: unknown, caller?: string): Promise<Record<string, unknown>>;
  ready(): Promise<void>;
  /** Rejects when there were violations. */
  close(): Promise<void>;
}

export const everyNeighbour = {
  evse_manager: [{ module_id: 'evse1', implementation_id: 'evse' }],
  evse_energy_sink: [{ module_id: 'sink1', implementation_id: 'external_limits' }],
  auth: [{ module_id: 'auth', implementation_id: 'main' }],
  system: [{ module_id: 'system', implementation_id: 'main' }],
  reservation: [{ module_id: 'auth', implementation_id: 'reservation' }],
  data_transfer: [{ module_id: 'vendor', implementation_id: 'main' }],
};

export const configOf = (connections: unknown = everyNeighbour) => ({
  status: 'Ok',
  status_info: '',
  type: 'Get',
  response: {
    type: 'Module',
    data: {
      module_config: {
        standalone: true,
        module_name: 'BusbarOcpp',
        module_id: moduleId,
        configuration_parameters: {
          '!module': [
            { name: 'Identity', value: 'CP1', characteristics: { datatype: 'string', mutability: 'ReadOnly' } },
          ],
        },
        telemetry_enabled: false,
        connections,
        access: {},
      },
      mappings: { evse1: { module: { evse: 1 } }, sink1: { implementations: { external_limits: { evse: 1 } } } },
    },
  },
});

export async function openStandIn(port: number, options: StandInOptions = {}): Promise<StandIn> {
  const client = await connectAsync({
    protocol: 'mqtt',
    protocolVersion: 4,
    host: '127.0.0.1',
    port,
    reconnectPeriod: 0,
  });
  const standIn = new Manager(client, options);
  await client.subscribeAsync('everest/#', { qos: 2 });
  return standIn;
}

let callId = 0;

class Manager implements StandIn {
  readonly seen: Seen[] = [];
  /** What the module has sent that EVerest's modules would not take. */
  readonly violations: string[] = [];
  readonly #client: MqttClient;
  readonly #options: StandInOptions;
  readonly #taken = new Set<Seen>();
  readonly #waiting = new Map<string, ((seen: Seen) => void)[]>();
  readonly #own = new Set<string>();

  constructor(client: MqttClient, options: StandInOptions) {
    this.#client = client;
    this.#options = options;
    client.on('message', (topic, payload, { qos, retain }) => {
      if (this.#own.has(`${topic} ${payload.toString()}`)) return;
      if (qos !== 2 || retain) this.violations.push(`${topic} has QoS ${qos}${retain ? ' and is retained' : ''}`);
      this.#receive(topic, payload.toString());
    });
  }

  next(topic: string): Promise<Seen> {
    const seen = this.seen.find((message) => message.topic === topic && !this.#taken.has(message));
    if (seen) {
      this.#taken.add(seen);
      return Promise.resolve(seen);
    }
    return new Promise((resolve) => this.#waiting.set(topic, [...(this.#waiting.get(topic) ?? []), resolve]));
  }

  publish(topic: string, type: string, data: unknown): Promise<void> {
    return this.publishRaw(topic, JSON.stringify({ msg_type: type, data }));
  }

  async publishRaw(topic: string, payload: string): Promise<void> {
    this.#own.add(`${topic} ${payload}`);
    await this.#client.publishAsync(topic, payload, { qos: 2 });
  }

  vary(from: string, name: string, value: unknown): Promise<void> {
    return this.publish(`everest/modules/${from}/var/${name}`, 'Var', { data: value });
  }

  async call(command: string, args: unknown, caller = 'api1'): Promise<Record<string, unknown>> {
    const topic = `everest/modules/${moduleId}/impl/${command.replace(' ', '/cmd/')}`;
    const id = `call-${++callId}`;
    await this.publish(topic, 'Cmd', { id, args, origin: caller });
    const { type, data } = await this.next(`${topic}/response/${caller}`);
    const answer = isRecord(data) ? data['data'] : undefined;
    if (type !== 'CmdResult' || !isRecord(data) || data['type'] !== 'result' || !isRecord(answer))
      throw new Error('not an answer');
    if (answer['id'] !== id || answer['origin'] !== moduleId) throw new Error('an answer to another call');
    return answer;
  }

  ready(): Promise<void> {
    return this.publish('everest/ready', 'GlobalReady', true);
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
    if (this.violations.length > 0) throw new Error(`EVerest would not take: ${this.violations.join('; ')}`);
  }

  #receive(topic: string, payload: string): void {
    const value: unknown = JSON.parse(payload);
    if (!isRecord(value)) return void this.violations.push(`${topic}: no envelope`);
    const { msg_type: type, data, ...rest } = value;
    const isKnown = messageTypes.some((known) => known === type);
    if (!isKnown || Object.keys(rest).length > 0 || data === undefined)
      this.violations.push(`${topic}: not an envelope: ${payload}`);
    this.#validate(topic, data);
    const seen = { topic, type: String(type), data };
    this.seen.push(seen);
    const next = this.#waiting.get(topic)?.shift();
    if (next) {
      this.#taken.add(seen);
      next(seen);
    }
    this.#react(topic, data);
  }

  #validate(topic: string, data: unknown): void {
    const name = topic.startsWith(`everest/modules/${moduleId}/impl/ocpp_generic/var/`) && topic.split('/').at(-1);
    if (!name) return;
    const schema = Object.entries(ocppVariables).find(([known]) => known === name && known !== 'is_connected')?.[1];
    const problem = schema && isRecord(data) ? problemIn(schema, data['data']) : 'not a variable of the interface';
    if (problem) this.violations.push(`${topic}: ${problem}`);
  }

  #react(topic: string, data: unknown): void {
    if (topic === 'everest/config/request') {
      const answer = (this.#options.config ?? (() => configOf()))();
      if (answer !== undefined) this.#say(`everest/modules/${moduleId}/response`, 'ConfigurationResponse', answer);
    }
    if (topic === `everest/modules/${moduleId}/ready` && this.#options.isEager !== false)
      this.#say('everest/ready', 'GlobalReady', true);
    const [, from, implementation, command] =
      /^everest\/modules\/([^/]+)\/impl\/([^/]+)\/cmd\/([^/]+)$/.exec(topic) ?? [];
    if (from !== undefined && from !== moduleId && isRecord(data))
      this.#serve({ from, implementation, command, topic }, data);
  }

  #serve(
    {
      from,
      command,
      topic,
    }: { from: string; implementation?: string | undefined; command?: string | undefined; topic: string },
    { id, origin, args }: Record<string, unknown>,
  ): void {
    const handler = this.#options.neighbours?.[`${from} ${command}`];
    const retval = handler ? handler(isRecord(args) ? args : {}) : null;
    if (retval === undefined) return;
    const data = { type: 'result', data: { id, retval, origin: from } };
    this.#say(`${topic}/response/${String(origin)}`, 'CmdResult', data);
  }

  /** By itself; the broker may be gone by then. */
  #say(topic: string, type: string, data: unknown): void {
    this.publish(topic, type, data).catch(() => undefined);
  }
}
