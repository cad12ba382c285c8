import type { VariableAddress } from './variable-address.ts';

export const dataTypes = [
  'boolean',
  'integer',
  'decimal',
  'string',
  'dateTime',
  'OptionList',
  'MemberList',
  'SequenceList',
] as const;
export type DataType = (typeof dataTypes)[number];

export const attributeTypes = ['Actual', 'Target', 'MinSet', 'MaxSet'] as const;
export type AttributeType = (typeof attributeTypes)[number];

export const mutabilities = ['ReadOnly', 'WriteOnly', 'ReadWrite'] as const;
/** What the CSMS may do; the host and the station itself may write all of them. */
export type Mutability = (typeof mutabilities)[number];

export interface AttributeDefinition {
  readonly type: AttributeType;
  readonly mutability: Mutability;
  /** What it is until somebody sets it; undefined: it has no value. */
  readonly value: string | undefined;
}

/** A monitor that a maker has built in. */
export interface PresetMonitor {
  readonly kind: 'HardWiredMonitor' | 'PreconfiguredMonitor';
  readonly type: MonitorType;
  readonly value: number;
  /** 0 (danger) to 9 (debug). */
  readonly severity: number;
  /** Only while a transaction runs. */
  readonly transaction: boolean;
}

export const monitorTypes = [
  'UpperThreshold',
  'LowerThreshold',
  'Delta',
  'Periodic',
  'PeriodicClockAligned',
  'TargetDelta',
  'TargetDeltaRelative',
] as const;
/** The last two are of OCPP 2.1. */
export type MonitorType = (typeof monitorTypes)[number];

/** What a variable is; one object for all stations that have it. */
export interface VariableDefinition {
  /** Its canonical text. */
  readonly text: string;
  readonly address: VariableAddress;
  readonly dataType: DataType;
  readonly unit: string | undefined;
  /** Of the value, for a string of its length. */
  readonly minLimit: number | undefined;
  readonly maxLimit: number | undefined;
  /** What an OptionList, MemberList or SequenceList may contain. */
  readonly values: readonly string[] | undefined;
  readonly supportsMonitoring: boolean;
  readonly attributes: readonly AttributeDefinition[];
  /** The specification asks for it. */
  readonly isRequired: boolean;
  /** A new value is used after the next start only. */
  readonly needsReboot: boolean;
  /** 0 switches off, also where it is below `minLimit`. */
  readonly allowsZero: boolean;
  /** From a component file, and not in the built-in list. */
  readonly isCustom: boolean;
  readonly monitors: readonly PresetMonitor[];
}

/** Why a value is refused: a reason code of OCPP 2.x, and a sentence. */
export interface ValueProblem {
  reasonCode: string;
  sentence: string;
}

type Described = Pick<VariableDefinition, 'dataType' | 'minLimit' | 'maxLimit' | 'values' | 'allowsZero'>;

/** What is wrong with `value` for the variable; undefined when nothing is. */
export function problemOf(definition: Described, value: string): ValueProblem | undefined {
  const { dataType, values, allowsZero } = definition;
  const form = forms[dataType];
  if (form && !form.pattern.test(value)) return invalid(form.sentence);
  if (dataType === 'boolean') return undefined;
  if (dataType === 'dateTime') return Number.isNaN(Date.parse(value)) ? invalid('not a date and time') : undefined;
  if (isNumeric(dataType))
    return allowsZero && Number(value) === 0 ? undefined : rangeProblem(definition, Number(value));
  const items = dataType === 'OptionList' || !isList(dataType) ? [value] : itemsOf(value);
  const unknown = values && items.find((item) => !values.includes(item));
  if (unknown !== undefined) return invalid(`${unknown.slice(0, 50)} is not one of its values`);
  return values ? undefined : lengthProblem(definition, value.length);
}

const forms: Partial<Record<DataType, { pattern: RegExp; sentence: string }>> = {
  boolean: { pattern: /^(?:true|false)$/, sentence: 'neither true nor false' },
  integer: { pattern: /^[+-]?\d{1,15}$/, sentence: 'not an integer' },
  decimal: { pattern: /^[+-]?\d{1,15}(?:\.\d{1,15})?$/, sentence: 'not a number' },
  dateTime: {
    pattern: /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/,
    sentence: 'not a date and time of RFC 3339',
  },
};

export const isNumeric = (type: DataType) => type === 'integer' || type === 'decimal';

const isList = (type: DataType) => type === 'MemberList' || type === 'SequenceList';

const invalid = (sentence: string): ValueProblem => ({ reasonCode: 'InvalidValue', sentence });

function rangeProblem({ minLimit, maxLimit }: Described, value: number): ValueProblem | undefined {
  if (minLimit !== undefined && value < minLimit) return { reasonCode: 'ValueTooLow', sentence: `below ${minLimit}` };
  const isHigh = maxLimit !== undefined && value > maxLimit;
  return isHigh ? { reasonCode: 'ValueTooHigh', sentence: `above ${maxLimit}` } : undefined;
}

function lengthProblem({ minLimit, maxLimit }: Described, length: number): ValueProblem | undefined {
  if (minLimit !== undefined && length < minLimit) return invalid(`shorter than ${minLimit} characters`);
  const isLong = maxLimit !== undefined && length > maxLimit;
  return isLong ? { reasonCode: 'TooLargeElement', sentence: `longer than ${maxLimit} characters` } : undefined;
}

/** The items of a comma-separated list. */
export function itemsOf(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
