import type { VariableAddress } from './variable-address.ts';
import type { DataType, Mutability, VariableDefinition } from './variable-definition.ts';
import { textOf } from './variable-address.ts';

/** A variable with the attribute Actual, as the tables write it. */
export interface VariableRow {
  type: DataType;
  access: 'R' | 'RW' | 'W';
  /** None: it has no value until somebody gives it one. */
  default?: string;
  unit?: string;
  /** Of the value, for a string of its length. */
  min?: number;
  max?: number;
  values?: readonly string[];
  required?: true;
  /** A new value is used after the next start only. */
  reboot?: true;
  /** 0 switches off, whatever `min` is. */
  allowsZero?: true;
}

export const mutabilityOf = { R: 'ReadOnly', RW: 'ReadWrite', W: 'WriteOnly' } as const satisfies Record<
  VariableRow['access'],
  Mutability
>;

export function toDefinition(address: VariableAddress, row: VariableRow): VariableDefinition {
  return {
    text: textOf(address),
    address,
    dataType: row.type,
    unit: row.unit,
    minLimit: row.min,
    maxLimit: row.max,
    values: row.values,
    supportsMonitoring: row.access !== 'W',
    attributes: [{ type: 'Actual', mutability: mutabilityOf[row.access], value: row.default }],
    isRequired: row.required ?? false,
    needsReboot: row.reboot ?? false,
    allowsZero: row.allowsZero ?? false,
    isCustom: false,
    monitors: [],
  };
}
