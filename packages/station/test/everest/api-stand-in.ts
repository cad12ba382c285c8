import { connectAsync } from 'mqtt';
import { isRecord } from '../../src/everest/schema.ts';

/** EVerest's API modules, as a client sees them. Topics are below `everest_api/1/`. */
export interface ApiStandIn {
  /** Waits for the next message there that nobody has waited for yet. */
  next(topic: string): Promise<unknown>;
  publish(topic: string, value: unknown): Promise<void>;
  publishRaw(topic: string, payload: string): Promise<void>;
  /** Asks the client, as EVerest asks a provider. */
  ask(module: string, name: string, payload: unknown): Promise<unknown>;
  close(): Promise<void>;
}

const root = 'everest_api/1/';

/** Replies by topic. */
const replies: Readonly<Record<string, unknown>> = {
  'evse_manager_consumer/evse_api/m2e/get_evse': { id: 1, connectors: [{ id: 1, type: 'cCCS2' }] },
  'evse_manager_consumer/evse_api/m2e/force_unlock': true,
  'evse_manager_consumer/evse_api/m2e/enable_disable': true,
  'evse_manager_consumer/evse_api/m2e/stop_transaction': true,
  'external_energy_limits_consumer/limits_api/m2e/capabilities/get': {
    max_current_A: 20,
    max_phase_count: 1,
    nominal_voltage_V: 240,
    total_power_W: 4800,
  },
};

const discovered = [
  { apis: [{ module_id: 'evse_api', type: 'evse_manager_consumer', version: 1 }] },
  {
    apis: [
      { module_id: 'limits_api', type: 'external_energy_limits_consumer', version: 1, extra: true },
      { module_id: 'slac_api', type: 'slac', version: 1 },
      { module_id: 'provider_api', type: 'auth_token_provider', version: 2 },
    ],
  },
];

export async function openApi(port: number): Promise<ApiStandIn> {
  const client = await connectAsync({
    protocol: 'mqtt',
    protocolVersion: 4,
    host: '127.0.0.1',
    port,
    reconnectPeriod: 0,
  });
  const unread: { topic: string; value: unknown }[] = [];
  const waiting: { topic: string; resolve: (value: unknown) => void }[] = [];
  const send = (topic: string, payload: string) => client.publishAsync(topic, payload, { qos: 2 });

  client.on('message', (topic, payload) => {
    const value: unknown = JSON.parse(payload.toString());
    const index = waiting.findIndex((entry) => entry.topic === topic);
    if (index < 0) unread.push({ topic, value });
    else waiting.splice(index, 1)[0]?.resolve(value);
    const replyTo = isRecord(value) && isRecord(value['headers']) ? value['headers']['replyTo'] : undefined;
    if (typeof replyTo !== 'string') return;
    if (topic === 'everest_api/discover') for (const answer of discovered) void send(replyTo, JSON.stringify(answer));
    const reply = replies[topic.slice(root.length)];
    if (reply !== undefined) void send(replyTo, JSON.stringify(reply));
  });
  await client.subscribeAsync(['everest_api/+/+/+/m2e/#', 'everest_api/discover', 'everest/replies/#'], { qos: 2 });

  const take = (topic: string): Promise<unknown> => {
    const index = unread.findIndex((entry) => entry.topic === topic);
    if (index >= 0) return Promise.resolve(unread.splice(index, 1)[0]?.value);
    return new Promise((resolve) => waiting.push({ topic, resolve }));
  };
  const publishRaw = async (topic: string, payload: string) => void (await send(root + topic, payload));
  return {
    next: (topic) => take(root + topic),
    publish: (topic, value) => publishRaw(topic, JSON.stringify(value)),
    publishRaw,
    async ask(module, name, payload) {
      const reply = take('everest/replies/1');
      await publishRaw(`${module}/e2m/${name}`, JSON.stringify({ headers: { replyTo: 'everest/replies/1' }, payload }));
      return reply;
    },
    close: () => client.endAsync(true),
  };
}
