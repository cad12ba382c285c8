import { randomUUID } from 'node:crypto';
import { CommandError, commandErrorTypes, type CommandErrorType } from './command-error.ts';
import { any, isRecord, listOf, matches, object, oneOf, text, type Static } from './schema.ts';

/**
 * All that is known of the framework's internal wire, which EVerest neither documents in full nor versions. What comes in
 * may have more in it than is asked for; what goes out is exactly what EVerest's own modules send.
 */

export const messageTypes = [
  'Var',
  'Cmd',
  'CmdResult',
  'ExternalMQTT',
  'RaiseError',
  'ClearError',
  'ConfigurationRequest',
  'ConfigurationResponse',
  'Telemetry',
  'Heartbeat',
  'ModuleReady',
  'GlobalReady',
] as const;

export type MessageType = (typeof messageTypes)[number];

export interface Envelope {
  type: MessageType;
  data: unknown;
}

/** A message that cannot be read, and why. */
export interface Unreadable {
  problem: string;
}

/** One implementation of an interface in one module. */
export interface Implementation {
  moduleId: string;
  implementationId: string;
}

export type Topics = ReturnType<typeof createTopics>;

/** Where everything is. `prefix` ends with a slash; EVerest's own is `everest/`. */
export function createTopics(prefix: string) {
  const moduleRoot = (moduleId: string) => `${prefix}modules/${moduleId}`;
  const root = ({ moduleId, implementationId }: Implementation) => `${moduleRoot(moduleId)}/impl/${implementationId}`;
  return {
    globalReady: `${prefix}ready`,
    shutdown: `${prefix}shutdown`,
    configRequest: `${prefix}config/request`,
    configResponse: (moduleId: string) => `${moduleRoot(moduleId)}/response`,
    configSetRequest: (moduleId: string) => `${moduleRoot(moduleId)}/config/set_request`,
    configSetResponse: (moduleId: string) => `${moduleRoot(moduleId)}/config/set_response`,
    metadata: (moduleId: string) => `${moduleRoot(moduleId)}/metadata`,
    moduleReady: (moduleId: string) => `${moduleRoot(moduleId)}/ready`,
    variable: (of: Implementation, name: string) => `${root(of)}/var/${name}`,
    command: (of: Implementation, name: string) => `${root(of)}/cmd/${name}`,
    response: (of: Implementation, name: string, callerId: string) => `${root(of)}/cmd/${name}/response/${callerId}`,
    error: (of: Implementation, errorType: string) => `${root(of)}/error/${errorType}`,
    allErrors: `${root({ moduleId: '+', implementationId: '+' })}/error/#`,
    /** Where a message under {@link allErrors} comes from. */
    originOf(topic: string): Implementation {
      const [moduleId = '', , implementationId = ''] = topic.slice(moduleRoot('').length).split('/');
      return { moduleId, implementationId };
    },
  };
}

export function encode(type: MessageType, data: unknown): string {
  return JSON.stringify({ msg_type: type, data });
}

const messageType = oneOf(messageTypes);

/** What has no `msg_type` counts as ExternalMQTT, as with EVerest. */
export function decode(payload: string): Envelope | Unreadable {
  const value = parse(payload);
  if (value === undefined) return { problem: 'the message is not JSON' };
  if (!isRecord(value) || !Object.hasOwn(value, 'msg_type')) return { type: 'ExternalMQTT', data: value };
  const { msg_type: type, data } = value;
  if (!matches(messageType, type)) return { problem: `the message type ${JSON.stringify(type)} is not known` };
  return { type, data };
}

/** The value in a variable's message. */
export function toVariable(data: unknown): { value: unknown } | Unreadable {
  return isRecord(data) && Object.hasOwn(data, 'data')
    ? { value: data['data'] }
    : { problem: 'the variable has no data' };
}

export const variableOf = (value: unknown): string => encode('Var', { data: value });

export type Call = Static<typeof callSchema>;

const callSchema = object({ id: text, origin: text }, { args: any });

export function toCall(data: unknown): Call | Unreadable {
  return matches(callSchema, data) ? data : { problem: 'the call has no id or no origin' };
}

/** A call of a neighbour's command, and its id. */
export function createCall(args: Readonly<Record<string, unknown>>, callerId: string): { id: string; payload: string } {
  const id = randomUUID();
  return { id, payload: encode('Cmd', { id, args, origin: callerId }) };
}

/** Void commands answer null. */
export function resultOf(id: string, value: unknown, calleeId: string): string {
  return encode('CmdResult', { type: 'result', data: { id, retval: value ?? null, origin: calleeId } });
}

export function failureOf(id: string, { type, message }: CommandError, calleeId: string): string {
  const error = { __everest__error_type: type, __everest__error_msg: message };
  return encode('CmdResult', { type: 'result', data: { id, error, origin: calleeId } });
}

const answerSchema = object({ data: object({ id: text }, { retval: any, error: any }) });
const failureSchema = object({}, { __everest__error_type: text, __everest__error_msg: text });

/** The id an answer is for, and what it says. */
export function toAnswer(data: unknown): { id: string; value: unknown; error?: CommandError } | Unreadable {
  if (!matches(answerSchema, data)) return { problem: 'the answer has no id' };
  const { id, retval, error } = data.data;
  if (error === undefined || error === null) return { id, value: retval ?? null };
  const failure = matches(failureSchema, error) ? error : {};
  return { id, value: undefined, error: toFailure(failure) };
}

const isErrorType = (type: string): type is CommandErrorType => commandErrorTypes.some((known) => known === type);

function toFailure({ __everest__error_type: type = '', __everest__error_msg: message = '' }): CommandError {
  return isErrorType(type)
    ? new CommandError(type, message)
    : new CommandError('HandlerException', `${type} ${message}`);
}

export const configRequestOf = (moduleId: string): string =>
  encode('ConfigurationRequest', { type: 'Get', origin: moduleId, request: { type: 'Module' } });

export type ConfigAnswer = Static<typeof configAnswerSchema>;
export type ConnectionEntry = Static<typeof connectionSchema>;

const connectionSchema = object({ module_id: text, implementation_id: text });

const configAnswerSchema = object({
  response: object({
    data: object({ module_config: object({ connections: any }, { configuration_parameters: any }) }, { mappings: any }),
  }),
});

/** A refusal has no response: EVerest says why in `status_info`. */
const refusalSchema = object({ status: oneOf(['Error', 'AccessDenied']) }, { status_info: text });

/** The manager's answer to {@link configRequestOf}; anything else is another EVerest than the ones known here. */
export function toConfigAnswer(data: unknown): ConfigAnswer | Unreadable {
  if (matches(refusalSchema, data))
    return { problem: ['the manager answers', data.status, data.status_info].filter(Boolean).join(' ') };
  if (matches(configAnswerSchema, data)) return data;
  return { problem: 'the answer of the manager has not the form of this release' };
}

export function toConnections(value: unknown): ReadonlyMap<string, readonly Implementation[]> {
  const entries = Object.entries(isRecord(value) ? value : {});
  return new Map(entries.map(([requirement, list]) => [requirement, toImplementations(list)]));
}

function toImplementations(list: unknown): Implementation[] {
  return (matches(listOf(connectionSchema), list) ? list : []).map(({ module_id, implementation_id }) => ({
    moduleId: module_id,
    implementationId: implementation_id,
  }));
}

const parameters = listOf(object({ name: text, value: any }));

/** The configuration of the module itself, without those of its implementations. */
export function toParameters(value: unknown): ReadonlyMap<string, unknown> {
  const own = isRecord(value) ? value['!module'] : undefined;
  return new Map((matches(parameters, own) ? own : []).map(({ name, value: setting }) => [name, setting]));
}

const setRequest = object({ identifier: any, value: any });
const identifier = object({ configuration_parameter_name: text });

/** What is to be set, and to which value, as text. */
export function toSetRequest(data: unknown): { name: string; value: string; identifier: unknown } | Unreadable {
  if (!matches(setRequest, data) || !matches(identifier, data.identifier))
    return { problem: 'the request names no parameter' };
  const { identifier: id, value } = data;
  return { name: id.configuration_parameter_name, value: String(value), identifier: id };
}

export type SetStatus = 'Accepted' | 'Rejected' | 'RebootRequired';

export const setResponseOf = (status: SetStatus, info: string): string =>
  encode('ConfigurationResponse', {
    status: 'Ok',
    status_info: '',
    type: 'Set',
    response: { status, status_info: info },
  });

function parse(payload: string): unknown {
  try {
    const value: unknown = JSON.parse(payload);
    return value;
  } catch {
    return undefined;
  }
}
