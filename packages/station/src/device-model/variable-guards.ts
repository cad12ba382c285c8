import type { DeviceModel } from './device-model.ts';
import {
  activeSlotOf,
  isDowngrade,
  isWebSocketUrl,
  networkProfileOf,
  prioritySlotsOf,
  profileProblemOf,
} from '../connection/network-profiles.ts';
import { itemsOf, isNumeric, type AttributeType, type VariableDefinition } from './variable-definition.ts';

/** Somebody wants to set an attribute; its value fits the data type. */
export interface GuardedWrite {
  model: DeviceModel;
  definition: VariableDefinition;
  attribute: AttributeType;
  value: string;
}

/** A reason code of OCPP 2.x when the write must not be; undefined when there is nothing against it. */
type Guard = (write: GuardedWrite) => string | undefined;

/** What no caller may do, however the value looks. In order: the first objection counts. */
const guards: readonly Guard[] = [
  outsideOfSetLimits,
  slotInUse,
  slotDowngrade,
  confirmedDowngrade,
  slotUrl,
  priorityWithoutUse,
];

export function objectionTo(write: GuardedWrite): string | undefined {
  for (const guard of guards) {
    const reasonCode = guard(write);
    if (reasonCode !== undefined) return reasonCode;
  }
  return undefined;
}

/** Target and Actual stay between MinSet and MaxSet where these are given. */
function outsideOfSetLimits({ model, definition, attribute, value }: GuardedWrite): string | undefined {
  if (!isNumeric(definition.dataType) || attribute === 'MinSet' || attribute === 'MaxSet') return undefined;
  const min = model.read(definition, 'MinSet');
  const max = model.read(definition, 'MaxSet');
  if (min !== undefined && Number(value) < Number(min)) return 'ValueTooLow';
  return max !== undefined && Number(value) > Number(max) ? 'ValueTooHigh' : undefined;
}

/** OCPP 2.1 B09.FR.22: the station may be about to need it. */
function slotInUse({ model, definition }: GuardedWrite): string | undefined {
  const slot = slotOf(definition);
  if (slot === undefined) return undefined;
  const isUsed = slot === activeSlotOf(model) || prioritySlotsOf(model).includes(slot);
  return isUsed ? 'PriorityNetworkConf' : undefined;
}

function slotDowngrade({ model, definition, value }: GuardedWrite): string | undefined {
  const isProfile = slotOf(definition) !== undefined && definition.address.variable.name === 'SecurityProfile';
  return isProfile && isDowngrade(model, Number(value)) ? 'NoSecurityDowngrade' : undefined;
}

/** What the host may otherwise write, too. */
function confirmedDowngrade({ model, definition, value }: GuardedWrite): string | undefined {
  const isProfile = definition.text === 'SecurityCtrlr.SecurityProfile';
  return isProfile && isDowngrade(model, Number(value)) ? 'NoSecurityDowngrade' : undefined;
}

function slotUrl({ definition, value }: GuardedWrite): string | undefined {
  const isUrl = slotOf(definition) !== undefined && definition.address.variable.name === 'OcppCsmsUrl';
  return isUrl && !isWebSocketUrl(value) ? 'InvalidNetworkConf' : undefined;
}

function priorityWithoutUse({ model, definition, value }: GuardedWrite): string | undefined {
  if (definition.text !== 'OCPPCommCtrlr.NetworkConfigurationPriority') return undefined;
  const items = itemsOf(value);
  if (items.length === 0) return 'InvalidNetworkConf';
  for (const item of items) {
    const slot = /^[1-9]\d{0,3}$/.test(item) ? Number(item) : Infinity;
    if (slot > model.catalog.networkSlots) return 'InvalidNetworkConf';
    const problem = profileProblemOf(model, networkProfileOf(model, slot));
    if (problem) return problem;
  }
  return undefined;
}

function slotOf({ address: { component } }: VariableDefinition): number | undefined {
  return component.name === 'NetworkConfiguration' ? Number(component.instance) : undefined;
}
