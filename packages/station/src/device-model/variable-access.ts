import type { DeviceModel, VariableWrite } from './device-model.ts';
import { activeSlotOf } from '../connection/network-profiles.ts';
import { StoreError } from '../store/store.ts';
import type { VariableAddress } from './variable-address.ts';
import { problemOf, type AttributeType, type VariableDefinition } from './variable-definition.ts';
import { objectionTo } from './variable-guards.ts';

/** Somebody outside of the station who reads and writes variables. */
export interface Caller {
  kind: 'csms' | 'host';
  /** Kept with the values it sets. */
  source: string;
}

export interface VariableRequest extends VariableAddress {
  /** Default Actual. */
  attributeType?: AttributeType | undefined;
}

export interface VariableSetRequest extends VariableRequest {
  attributeValue: string;
}

/** As in OCPP 2.x GetVariableStatusEnumType. */
export type ReadStatus = 'Accepted' | 'Rejected' | 'UnknownComponent' | 'UnknownVariable' | 'NotSupportedAttributeType';

export type ReadResult =
  | { status: 'Accepted'; value: string }
  | { status: Exclude<ReadStatus, 'Accepted'>; reasonCode?: string };

export interface WriteResult {
  /** As in OCPP 2.x SetVariableStatusEnumType. */
  status: ReadStatus | 'RebootRequired';
  reasonCode?: string;
}

/** Whether each kind of caller may write what. */
const mayWrite: Record<Caller['kind'], (model: DeviceModel, found: FoundAttribute) => boolean> = {
  csms: (_model, { mutability }) => mutability !== 'ReadOnly',
  host: (model, { definition, mutability }) => mutability !== 'ReadOnly' || !model.isComputed(definition),
};

/** Reads for anybody. What is write-only is for nobody. */
export function readVariable(model: DeviceModel, request: VariableRequest): ReadResult {
  const found = findAttribute(model, request);
  if (typeof found === 'string') return { status: found };
  if (found.mutability === 'WriteOnly') return { status: 'Rejected', reasonCode: 'WriteOnly' };
  const value = identityOverride(model, found) ?? model.read(found.definition, found.attribute);
  return value === undefined ? { status: 'NotSupportedAttributeType' } : { status: 'Accepted', value };
}

/** Checks and sets. */
export function writeVariable(model: DeviceModel, request: VariableSetRequest, caller: Caller): WriteResult {
  const found = findAttribute(model, request);
  if (typeof found === 'string') return { status: found };
  if (!mayWrite[caller.kind](model, found)) return { status: 'Rejected', reasonCode: 'ReadOnly' };
  const { definition, attribute } = found;
  const value = request.attributeValue;
  const reasonCode = objection(model, found, value);
  if (reasonCode !== undefined) return { status: 'Rejected', reasonCode };
  return applied(model, [{ definition, attribute, value, source: sourceOf(caller) }]);
}

/** The result of setting what is allowed: Accepted, RebootRequired, or Rejected when it cannot be kept. */
export function applied(model: DeviceModel, writes: readonly VariableWrite[]): WriteResult {
  try {
    model.apply([...writes, ...writes.flatMap((write) => lifted(model, write))]);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { status: 'Rejected', reasonCode: error.code === 'full' ? 'OutOfStorage' : 'InternalError' };
  }
  return { status: writes.some(({ definition }) => definition.needsReboot) ? 'RebootRequired' : 'Accepted' };
}

interface FoundAttribute {
  definition: VariableDefinition;
  attribute: AttributeType;
  mutability: VariableDefinition['attributes'][number]['mutability'];
}

function findAttribute(
  model: DeviceModel,
  { component, variable, attributeType = 'Actual' }: VariableRequest,
): FoundAttribute | 'UnknownComponent' | 'UnknownVariable' | 'NotSupportedAttributeType' {
  const definition = model.catalog.find({ component, variable });
  if (typeof definition === 'string') return definition;
  const attribute = definition.attributes.find(({ type }) => type === attributeType);
  if (!attribute) return 'NotSupportedAttributeType';
  return { definition, attribute: attributeType, mutability: attribute.mutability };
}

function objection(model: DeviceModel, { definition, attribute }: FoundAttribute, value: string): string | undefined {
  return problemOf(definition, value)?.reasonCode ?? objectionTo({ model, definition, attribute, value });
}

/** The names that the stack uses itself are not for the host. */
function sourceOf({ kind, source }: Caller): string {
  return kind === 'host' && (source === 'csms' || source === 'internal') ? `host:${source}` : source;
}

/** OCPP 2.1 B09: the identity is the one of the active slot where that has its own. */
function identityOverride(model: DeviceModel, { definition }: FoundAttribute): string | undefined {
  return definition.text === 'SecurityCtrlr.Identity' ? overrideOf(model, 'Identity')?.value : undefined;
}

/** OCPP 2.1 B09.FR.26, B09.FR.27: what is set for all slots counts for the active one too. */
function lifted(model: DeviceModel, { definition, source }: VariableWrite): VariableWrite[] {
  const [, name] = /^SecurityCtrlr\.(Identity|BasicAuthPassword)$/.exec(definition.text) ?? [];
  const override = name === undefined ? undefined : overrideOf(model, name);
  return override ? [{ definition: override.definition, attribute: 'Actual', value: undefined, source }] : [];
}

function overrideOf(model: DeviceModel, variable: string) {
  const definition = model.catalog.named(`NetworkConfiguration[${activeSlotOf(model)}].${variable}`);
  const value = definition && model.read(definition);
  return definition && value ? { definition, value } : undefined;
}
