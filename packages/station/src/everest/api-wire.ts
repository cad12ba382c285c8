import { any, integer, isRecord, listOf, matches, object, text, type Static } from './schema.ts';
import type { Unreadable } from './wire.ts';

/** The wire of the EVerest API, version 1: bare JSON, and for requests the topic that the reply is wanted on. */

/** Kinds of API modules that are used here. */
export const apiTypes = [
  'evse_manager_consumer',
  'external_energy_limits_consumer',
  'auth_token_validator',
  'auth_token_provider',
  'error_history_consumer',
  'session_cost',
] as const;

export type ApiType = (typeof apiTypes)[number];

/** One API module in EVerest's configuration. */
export interface ApiModule {
  type: ApiType;
  moduleId: string;
}

export const discoverTopic = 'everest_api/discover';
export const readyBeaconTopic = 'everest_api/ready_beacon';

/** From EVerest. */
export const fromEverest = ({ type, moduleId }: ApiModule, name: string) =>
  `everest_api/1/${type}/${moduleId}/e2m/${name}`;

/** To EVerest. */
export const toEverest = ({ type, moduleId }: ApiModule, name: string) =>
  `everest_api/1/${type}/${moduleId}/m2e/${name}`;

/** A request; a reply comes bare on `replyTo`. */
export function requestOf(replyTo: string, payload?: unknown): string {
  return JSON.stringify({ headers: { replyTo }, ...(payload !== undefined && { payload }) });
}

export interface ApiRequest {
  /** Absent: nobody waits for a reply, or where it shall go is no topic. */
  replyTo: string | undefined;
  payload: unknown;
}

const headers = object({ replyTo: text });

/** What has neither headers nor payload is the payload itself, as requests without reply are sent. */
export function toRequest(message: string): ApiRequest | Unreadable {
  const value = toJson(message);
  if (value === undefined) return { problem: 'the request is not JSON' };
  const isWrapped = isRecord(value) && (Object.hasOwn(value, 'headers') || Object.hasOwn(value, 'payload'));
  if (!isWrapped) return { replyTo: undefined, payload: value };
  const { headers: head, payload } = value;
  const isAddressed = matches(headers, head) && isTopic(head.replyTo);
  return { replyTo: isAddressed ? head.replyTo : undefined, payload };
}

/** Undefined for what is not JSON; an empty message is null, as plain clients send it. */
export function toJson(message: string): unknown {
  if (message.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(message);
    return value;
  } catch {
    return undefined;
  }
}

/** The longest that MQTT allows. */
const longestTopic = 65_535;

const isTopic = (topic: string) => topic.length > 0 && topic.length <= longestTopic && !/[+#\0]/.test(topic);

export type DiscoveredApi = Static<typeof discovered>;

const discovered = object({ type: text, module_id: text, version: integer }, { communication_monitoring: any });

/** The API modules that one answer to a discovery names, as far as they are of use and of version 1. */
export function toDiscovered(message: string): ApiModule[] {
  const value = toJson(message);
  const apis = isRecord(value) ? value['apis'] : undefined;
  return (matches(listOf(discovered), apis) ? apis : []).flatMap(({ type, module_id: moduleId, version }) =>
    version === 1 && isApiType(type) ? [{ type, moduleId }] : [],
  );
}

const isApiType = (type: string): type is ApiType => apiTypes.some((known) => known === type);
