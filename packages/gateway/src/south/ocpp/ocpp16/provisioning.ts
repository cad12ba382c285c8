import type { v16 } from '@busbar/ocpp';
import type { CommandResult } from '../../../domain/commands.ts';
import type { CommandOf } from '../../../domain/commands.ts';
import type { StationInfo } from '../../../domain/charging-station.ts';
import type { SetVariable, VariableAddress, VariableResult } from '../../../domain/device-model.ts';
import { LinkError, type SendOptions } from '../../../ports/south.ts';
import { invalid, type Caller } from '../caller.ts';
import { toKey, toVariable } from '../key-map.ts';
import { chunksOf, positiveInteger, toVariablesResult } from '../variables.ts';
import type { Session } from '../session.ts';

export const provisioning = (session: Session) => ({
  async BootNotification(request: v16.BootNotificationRequest): Promise<v16.BootNotificationResponse> {
    const answer = await session.report({ type: 'BootNotification', info: toStationInfo(request) });
    return { status: answer.status, currentTime: answer.currentTime.toISOString(), interval: answer.interval };
  },

  /** Touches no store: stations that are idle send little else. */
  Heartbeat(): v16.HeartbeatResponse {
    session.seen();
    return { currentTime: session.now().toISOString() };
  },
});

export function toStationInfo(request: v16.BootNotificationRequest): StationInfo {
  return {
    vendor: request.chargePointVendor,
    model: request.chargePointModel,
    ...(request.chargePointSerialNumber !== undefined && { serialNumber: request.chargePointSerialNumber }),
    ...(request.chargeBoxSerialNumber !== undefined && { chargeBoxSerialNumber: request.chargeBoxSerialNumber }),
    ...(request.firmwareVersion !== undefined && { firmwareVersion: request.firmwareVersion }),
    ...(request.iccid !== undefined && { iccid: request.iccid }),
    ...(request.imsi !== undefined && { imsi: request.imsi }),
    ...(request.meterType !== undefined && { meterType: request.meterType }),
    ...(request.meterSerialNumber !== undefined && { meterSerialNumber: request.meterSerialNumber }),
  };
}

export async function reset(
  caller: Caller<'1.6'>,
  { mode, evseId }: CommandOf<'reset'>,
  options: SendOptions,
): Promise<CommandResult> {
  if (evseId !== undefined && evseId !== 0) throw invalid('OCPP 1.6 resets the whole station: leave evseId out.');
  const response = await caller.call('Reset', { type: mode === 'Immediate' ? 'Hard' : 'Soft' }, options);
  return { accepted: response.status === 'Accepted', status: response.status, response };
}

export async function getVariables(
  caller: Caller<'1.6'>,
  { variables }: CommandOf<'getVariables'>,
  options: SendOptions,
): Promise<CommandResult> {
  const asked = variables.map((address) => ({ address: addressOf(address), key: keyOf(address) }));
  const keys = [...new Set(asked.flatMap(({ key }) => (key.key === undefined ? [] : [key.key])))];
  const found = new Map<string, v16.KeyValue>();
  const responses: v16.GetConfigurationResponse[] = [];
  for (const chunk of chunksOf(keys, await maxKeysOf(caller, keys.length, options))) {
    const response = await caller.call('GetConfiguration', { key: chunk }, options);
    responses.push(response);
    for (const entry of response.configurationKey ?? []) found.set(entry.key.toLowerCase(), entry);
  }
  const results = asked.map(({ address, key }) => {
    if (key.key === undefined) return { ...address, status: key.status, reason: key.reason };
    return toResult(address, found.get(key.key.toLowerCase()));
  });
  return toVariablesResult(results, responses.length === 1 ? responses[0] : responses);
}

/** One ChangeConfiguration after another. When the connection is lost on the way, the rest is told as not sent. */
export async function setVariables(
  caller: Caller<'1.6'>,
  { variables }: CommandOf<'setVariables'>,
  options: SendOptions,
): Promise<CommandResult> {
  const results: VariableResult[] = [];
  let lost: LinkError | undefined;
  for (const variable of variables) {
    if (lost !== undefined) {
      results.push({
        ...addressOf(variable),
        status: 'Rejected',
        reason: 'not sent: the change before it got no answer',
      });
      continue;
    }
    try {
      results.push(await change(caller, variable, options));
    } catch (error) {
      if (!(error instanceof LinkError) || results.every(({ status }) => status !== 'Accepted')) throw error;
      lost = error;
      results.push({ ...addressOf(variable), status: 'Rejected', reason: error.message });
    }
  }
  return toVariablesResult(results, undefined);
}

/** All keys the station has. */
export async function getBaseReport(
  caller: Caller<'1.6'>,
  _command: CommandOf<'getBaseReport'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call('GetConfiguration', {}, options);
  const variables = (response.configurationKey ?? []).map((entry) =>
    toResult({ ...toVariable(entry.key), key: entry.key }, entry),
  );
  return { accepted: true, status: 'Accepted', variables, response };
}

/** A configuration value of the station, read once per connection. */
export async function configurationOf(
  caller: Caller<'1.6'>,
  key: string,
  options: SendOptions,
): Promise<string | undefined> {
  const known = caller.learned.get(key);
  if (known !== undefined) return known;
  try {
    const response = await caller.call('GetConfiguration', { key: [key] }, { ...options, onSent: ignore });
    const value = response.configurationKey?.find((entry) => entry.key.toLowerCase() === key.toLowerCase())?.value;
    caller.learned.set(key, value ?? '');
  } catch (error) {
    if (!(error instanceof LinkError) || error.failure !== 'CallError') throw error;
    caller.learned.set(key, '');
  }
  return caller.learned.get(key);
}

/** Up to this many keys are asked for without asking first how many may be. */
const alwaysAllowedKeys = 10;

async function maxKeysOf(caller: Caller<'1.6'>, count: number, options: SendOptions): Promise<number> {
  if (count <= alwaysAllowedKeys && !caller.learned.has('GetConfigurationMaxKeys')) return alwaysAllowedKeys;
  return positiveInteger(await configurationOf(caller, 'GetConfigurationMaxKeys', options)) ?? alwaysAllowedKeys;
}

async function change(caller: Caller<'1.6'>, variable: SetVariable, options: SendOptions): Promise<VariableResult> {
  const address = addressOf(variable);
  const key = keyOf(variable);
  if (key.key === undefined) return { ...address, status: key.status, reason: key.reason };
  try {
    const { status } = await caller.call('ChangeConfiguration', { key: key.key, value: variable.value }, options);
    if (status !== 'NotSupported') return { ...address, status };
    return { ...address, status: 'UnknownVariable', reason: 'NotSupported' };
  } catch (error) {
    if (!(error instanceof LinkError) || error.failure !== 'CallError') throw error;
    return { ...address, status: 'Rejected', reason: error.message };
  }
}

function toResult(address: VariableAddress, entry: v16.KeyValue | undefined): VariableResult {
  if (entry === undefined) return { ...address, status: 'UnknownVariable' };
  return {
    ...address,
    status: 'Accepted',
    writable: !entry.readonly,
    ...(entry.value !== undefined && { value: entry.value }),
  };
}

type KeyOrNot =
  | { key: string }
  | { key?: undefined; status: 'UnknownVariable' | 'NotSupportedAttributeType'; reason: string };

function keyOf(address: VariableAddress): KeyOrNot {
  if (address.attribute !== undefined && address.attribute !== 'Actual') {
    return { status: 'NotSupportedAttributeType', reason: 'OCPP 1.6 has actual values only' };
  }
  const key = toKey(address);
  return key === undefined ? { status: 'UnknownVariable', reason: 'no OCPP 1.6 key stands for it' } : { key };
}

/** One address for a variable, whether it was named by its key or as in 2.0.1. */
function addressOf(asked: VariableAddress): VariableAddress {
  const { component, variable, attribute } = asked;
  const key = toKey(asked);
  const canonical = key === undefined ? { component, variable } : { ...toVariable(key), key };
  return { ...canonical, ...(attribute !== undefined && { attribute }) };
}

function ignore(): void {}
