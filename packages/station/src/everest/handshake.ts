import type { Clock } from '../time/clock.ts';
import type { MqttSession } from './mqtt-session.ts';
import { isRecord } from './schema.ts';
import {
  configRequestOf,
  decode,
  toConfigAnswer,
  toConnections,
  toParameters,
  type ConfigAnswer,
  type Implementation,
  type Topics,
} from './wire.ts';

/** What the manager tells a module of itself. */
export interface ModuleConfig {
  /** By requirement. */
  connections: ReadonlyMap<string, readonly Implementation[]>;
  /** The module's own parameters, as they stand in EVerest's configuration file. */
  parameters: ReadonlyMap<string, unknown>;
  /** The EVSE that a neighbour is mapped to, where the configuration says so; 0 is the whole station. */
  evseOf(of: Implementation): number | undefined;
}

/** The manager did not answer, or not as the release this module is made for. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  readonly code = 'HandshakeFailed';
}

interface Question {
  moduleId: string;
  topics: Topics;
  timeoutMs: number;
  clock: Clock;
}

const attempts = 2;

/** Asks for the configuration, twice at most. Rejects with {@link HandshakeError}. */
export async function askConfig(session: MqttSession, question: Question): Promise<ModuleConfig> {
  const { moduleId, topics, timeoutMs } = question;
  const { promise, resolve, reject } = Promise.withResolvers<ConfigAnswer>();
  promise.catch(() => undefined);
  const receive = (payload: string) => {
    const envelope = decode(payload);
    const answer = 'problem' in envelope ? envelope : toConfigAnswer(envelope.data);
    if ('problem' in answer) reject(new HandshakeError(answer.problem));
    else resolve(answer);
  };
  await session.subscribe(new Map([[topics.configResponse(moduleId), receive]]));
  const lost = () => reject(new HandshakeError('the connection to the broker is lost'));
  session.signal.addEventListener('abort', lost, { once: true });
  for (let attempt = 0; attempt < attempts; attempt++) {
    session.publish(topics.configRequest, configRequestOf(moduleId));
    const answer = await within(promise, question);
    if (answer) return toModuleConfig(answer);
  }
  throw new HandshakeError(
    `the manager gives module ${moduleId} no configuration within ${attempts} × ${timeoutMs} ms: does EVerest run, and does its configuration list the module as standalone?`,
  );
}

/** The answer, or undefined when the time is over. */
async function within<T>(promise: Promise<T>, { clock, timeoutMs }: Question): Promise<T | undefined> {
  const { promise: elapsed, resolve } = Promise.withResolvers<undefined>();
  const timer = clock.after(timeoutMs, () => resolve(undefined));
  try {
    return await Promise.race([promise, elapsed]);
  } finally {
    timer.cancel();
  }
}

function toModuleConfig({ response: { data } }: ConfigAnswer): ModuleConfig {
  return {
    connections: toConnections(data.module_config.connections),
    parameters: toParameters(data.module_config.configuration_parameters),
    evseOf: (of) => evseIn(data.mappings, of),
  };
}

/** What an implementation is mapped to, else what its module is. */
function evseIn(mappings: unknown, { moduleId, implementationId }: Implementation): number | undefined {
  const tiers = memberOf(mappings, moduleId);
  const mapping = memberOf(memberOf(tiers, 'implementations'), implementationId) ?? memberOf(tiers, 'module');
  const evse = memberOf(mapping, 'evse');
  return typeof evse === 'number' ? evse : undefined;
}

const memberOf = (value: unknown, name: string): unknown =>
  isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
