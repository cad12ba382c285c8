import type { v201, v21 } from '@busbar/ocpp';
import type { StationInfo } from '../../../domain/charging-station.ts';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import {
  configurationKey,
  type Component,
  type ReportedVariable,
  type VariableAddress,
  type VariableResult,
} from '../../../domain/device-model.ts';
import { LinkError, type SendOptions } from '../../../ports/south.ts';
import type { Caller } from '../caller.ts';
import type { Version2 } from './version.ts';
import { toVariable } from '../key-map.ts';
import { requestIdOf } from '../request-id.ts';
import type { Session } from '../session.ts';
import { chunksOf, positiveInteger, toVariablesResult } from '../variables.ts';

export const provisioning = (session: Session) => ({
  async BootNotification(request: v21.BootNotificationRequest): Promise<v201.BootNotificationResponse> {
    const info = toStationInfo(request.chargingStation);
    const answer = await session.report({ type: 'BootNotification', info, reason: request.reason });
    return { status: answer.status, currentTime: answer.currentTime.toISOString(), interval: answer.interval };
  },

  /** Touches no store: stations that are idle send little else. */
  Heartbeat(): v201.HeartbeatResponse {
    session.seen();
    return { currentTime: session.now().toISOString() };
  },

  async NotifyReport(request: v21.NotifyReportRequest): Promise<v201.NotifyReportResponse> {
    await session.report({
      type: 'NotifyReport',
      requestId: request.requestId,
      seqNo: request.seqNo,
      toBeContinued: request.tbc ?? false,
      variables: (request.reportData ?? []).flatMap(toReportedVariables),
    });
    return {};
  },
});

export function toStationInfo(station: v201.ChargingStationType): StationInfo {
  const { modem } = station;
  return {
    vendor: station.vendorName,
    model: station.model,
    ...(station.serialNumber !== undefined && { serialNumber: station.serialNumber }),
    ...(station.firmwareVersion !== undefined && { firmwareVersion: station.firmwareVersion }),
    ...(modem?.iccid !== undefined && { iccid: modem.iccid }),
    ...(modem?.imsi !== undefined && { imsi: modem.imsi }),
  };
}

/** One row per attribute. What names no mutability may be written (OCPP 2.0.1 VariableAttributeType). */
export function toReportedVariables(data: v201.ReportDataType): ReportedVariable[] {
  const { dataType, unit } = data.variableCharacteristics ?? {};
  return data.variableAttribute.map(({ type, value, mutability }) => ({
    ...toAddress(data.component, data.variable, type),
    writable: mutability !== 'ReadOnly',
    ...(value !== undefined && { value }),
    ...(dataType !== undefined && { dataType }),
    ...(unit !== undefined && { unit }),
  }));
}

export function toAddress(
  { name, instance, evse }: v201.ComponentType,
  variable: v201.VariableType,
  attribute: VariableAddress['attribute'],
): VariableAddress {
  return {
    component: {
      name,
      ...(instance !== undefined && { instance }),
      ...(evse !== undefined && { evseId: evse.id }),
      ...(evse?.connectorId !== undefined && { connectorId: evse.connectorId }),
    },
    variable: { name: variable.name, ...(variable.instance !== undefined && { instance: variable.instance }) },
    ...(attribute !== undefined && attribute !== 'Actual' && { attribute }),
  };
}

export async function reset(
  caller: Caller<Version2>,
  { mode, evseId }: CommandOf<'reset'>,
  options: SendOptions,
): Promise<CommandResult> {
  const place = evseId === undefined || evseId === 0 ? {} : { evseId };
  const response = await caller.call('Reset', { type: mode, ...place }, options);
  return { accepted: response.status !== 'Rejected', status: response.status, ...reasonOf(response), response };
}

export async function getVariables(
  caller: Caller<Version2>,
  { variables }: CommandOf<'getVariables'>,
  options: SendOptions,
): Promise<CommandResult> {
  const { known, results } = sorted(variables);
  const responses: v201.GetVariablesResponse[] = [];
  for (const chunk of chunksOf(known, await itemsPerMessage(caller, 'GetVariables', known.length, options))) {
    const getVariableData = chunk.map(({ wire, address }) => ({ ...wire, ...attributeOf(address) }));
    const response = await caller.call('GetVariables', { getVariableData }, options);
    responses.push(response);
    for (const [at, { address, index }] of chunk.entries()) {
      const found = find(response.getVariableResult, getVariableData[at], at);
      const value = found?.attributeValue;
      results[index] = {
        ...address,
        status: found?.attributeStatus ?? 'Rejected',
        ...(value !== undefined && { value }),
        ...(found === undefined ? { reason: 'the station left it out of its answer' } : reasonOf(found)),
      };
    }
  }
  return toVariablesResult(results, responses.length === 1 ? responses[0] : responses);
}

/** In chunks, one after another. When the connection is lost on the way, the rest is told as not sent. */
export async function setVariables(
  caller: Caller<Version2>,
  { variables }: CommandOf<'setVariables'>,
  options: SendOptions,
): Promise<CommandResult> {
  const { known, results } = sorted(variables);
  const responses: v201.SetVariablesResponse[] = [];
  for (const chunk of chunksOf(known, await itemsPerMessage(caller, 'SetVariables', known.length, options))) {
    const setVariableData = chunk.map(({ wire, address, index }) => ({
      ...wire,
      ...attributeOf(address),
      attributeValue: variables[index]?.value ?? '',
    }));
    try {
      const response = await caller.call('SetVariables', { setVariableData }, options);
      responses.push(response);
      for (const [at, { address, index }] of chunk.entries()) {
        const found = find(response.setVariableResult, setVariableData[at], at);
        results[index] = {
          ...address,
          status: found?.attributeStatus ?? 'Rejected',
          ...(found === undefined ? { reason: 'the station left it out of its answer' } : reasonOf(found)),
        };
      }
    } catch (error) {
      if (!(error instanceof LinkError) || responses.length === 0) throw error;
      for (const { address, index } of chunk)
        results[index] = { ...address, status: 'Rejected', reason: error.message };
      break;
    }
  }
  return toVariablesResult(results, responses.length === 1 ? responses[0] : responses);
}

export async function getBaseReport(
  caller: Caller<Version2>,
  { reportBase }: CommandOf<'getBaseReport'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call('GetBaseReport', { requestId: requestIdOf(caller.now()), reportBase }, options);
  return { accepted: response.status === 'Accepted', status: response.status, ...reasonOf(response), response };
}

/** Actual value of a variable of the station, read once per connection; empty when it has none. */
export async function variableOf(
  caller: Caller<Version2>,
  address: { component: { name: string }; variable: { name: string; instance?: string } },
  options: SendOptions,
): Promise<string> {
  const name = `${address.component.name}/${address.variable.name}/${address.variable.instance ?? ''}`;
  const known = caller.learned.get(name);
  if (known !== undefined) return known;
  let value = '';
  try {
    const response = await caller.call('GetVariables', { getVariableData: [address] }, { ...options, onSent: ignore });
    value = response.getVariableResult[0]?.attributeValue ?? '';
  } catch (error) {
    if (!(error instanceof LinkError) || error.failure !== 'CallError') throw error;
  }
  caller.learned.set(name, value);
  return value;
}

/** Why, in the words of a response that says it. */
export function reasonOf(response: {
  statusInfo?: v201.StatusInfoType | undefined;
  attributeStatusInfo?: v201.StatusInfoType | undefined;
}): { reason?: string } {
  const info = response.statusInfo ?? response.attributeStatusInfo;
  if (info === undefined) return {};
  return { reason: info.additionalInfo === undefined ? info.reasonCode : `${info.reasonCode}: ${info.additionalInfo}` };
}

interface Known {
  index: number;
  address: VariableAddress;
  wire: { component: v201.ComponentType; variable: v201.VariableType };
}

/** Those the station may be asked for, and a place for every result; 1.6 keys without a 2.0.1 name have theirs already. */
function sorted(variables: readonly VariableAddress[]): { known: Known[]; results: VariableResult[] } {
  const known: Known[] = [];
  const results = variables.map(({ component, variable, attribute }, index): VariableResult => {
    const address = { component, variable, ...(attribute !== undefined && { attribute }) };
    const named = component.name === configurationKey ? toVariable(variable.name) : address;
    if (named.component.name === configurationKey) {
      return { ...address, status: 'UnknownComponent', reason: 'an OCPP 1.6 key that has no OCPP 2.0.1 name' };
    }
    known.push({ index, address, wire: { component: toWire(named.component), variable: named.variable } });
    return { ...address, status: 'Rejected', reason: 'not sent: the message before it got no answer' };
  });
  return { known, results };
}

function toWire({ name, instance, evseId, connectorId }: Component): v201.ComponentType {
  const evse = evseId === undefined ? {} : { evse: { id: evseId, ...(connectorId !== undefined && { connectorId }) } };
  return { name, ...(instance !== undefined && { instance }), ...evse };
}

function attributeOf({ attribute }: VariableAddress) {
  return attribute === undefined ? {} : { attributeType: attribute };
}

interface Named {
  component: v201.ComponentType;
  variable: v201.VariableType;
  attributeType?: v201.AttributeEnumType | undefined;
}

/** The result for what was asked: by name where the station repeats it, else by its place. */
function find<T extends Named>(results: readonly T[], asked: Named | undefined, at: number): T | undefined {
  if (asked === undefined) return undefined;
  const name = wireNameOf(asked);
  const placed = results[at];
  if (placed !== undefined && wireNameOf(placed) === name) return placed;
  return results.find((result) => wireNameOf(result) === name);
}

function wireNameOf({ component, variable, attributeType }: Named): string {
  const { name, instance, evse } = component;
  return [name, instance, evse?.id, evse?.connectorId, variable.name, variable.instance, attributeType ?? 'Actual']
    .join('/')
    .toLowerCase();
}

/** Up to this many are put in one message without asking first how many may be. */
const alwaysAllowedItems = 10;

async function itemsPerMessage(
  caller: Caller<Version2>,
  action: 'GetVariables' | 'SetVariables',
  count: number,
  options: SendOptions,
): Promise<number> {
  if (count <= alwaysAllowedItems) return alwaysAllowedItems;
  const address = { component: { name: 'DeviceDataCtrlr' }, variable: { name: 'ItemsPerMessage', instance: action } };
  return positiveInteger(await variableOf(caller, address, options)) ?? alwaysAllowedItems;
}

function ignore(): void {}
