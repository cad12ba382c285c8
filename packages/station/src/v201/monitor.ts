import type { v21 } from '@busbar/ocpp';
import { slotAfter } from '../metering/aligned-data.ts';
import { lookMs, type Clock } from '../time/clock.ts';
import type { VariableCatalog } from '../device-model/variable-catalog.ts';
import {
  isNumeric,
  monitorTypes,
  type MonitorType,
  type VariableDefinition,
} from '../device-model/variable-definition.ts';
import { fieldsOf } from '../store/json-fields.ts';

export type MonitorKind = Exclude<v21.EventNotificationEnumType, 'HardWiredNotification'>;

/** Watches one variable. OCPP 2.x block N. */
export interface Monitor {
  readonly id: number;
  readonly definition: VariableDefinition;
  readonly kind: MonitorKind;
  readonly type: MonitorType;
  /** A limit, a difference, or an interval in s; for TargetDeltaRelative a part of the target. */
  readonly value: number;
  /** 0 (danger) to 9 (debug). */
  readonly severity: number;
  /** Only while a transaction runs. */
  readonly transaction: boolean;
}

/** How a type of monitor works. */
export type MonitorBehaviour =
  /** Tells when it begins to hold, and when it no longer does. */
  | {
      kind: 'condition';
      trigger: v21.EventTriggerEnumType;
      holds(value: number, limit: number, target: number): boolean;
    }
  /** Tells when the value has changed enough since it last told. */
  | { kind: 'change' }
  /** Tells again and again: by which clock, and how long it may wait before it looks at that again. */
  | {
      kind: 'periodic';
      timeMs(clock: Clock): number;
      nextAt(timeMs: number, intervalMs: number): number;
      longestWaitMs: number;
    };

export const behaviours: Record<MonitorType, MonitorBehaviour> = {
  UpperThreshold: { kind: 'condition', trigger: 'Alerting', holds: (value, limit) => value > limit },
  LowerThreshold: { kind: 'condition', trigger: 'Alerting', holds: (value, limit) => value < limit },
  TargetDelta: {
    kind: 'condition',
    trigger: 'Delta',
    holds: (value, limit, target) => Math.abs(value - target) > limit,
  },
  TargetDeltaRelative: {
    kind: 'condition',
    trigger: 'Delta',
    holds: (value, limit, target) => Math.abs(value - target) > limit * Math.abs(target),
  },
  Delta: { kind: 'change' },
  Periodic: {
    kind: 'periodic',
    timeMs: (clock) => clock.monotonicMs(),
    nextAt: (timeMs, intervalMs) => timeMs + intervalMs,
    longestWaitMs: Infinity,
  },
  PeriodicClockAligned: {
    kind: 'periodic',
    timeMs: (clock) => clock.now().getTime(),
    nextAt: slotAfter,
    longestWaitMs: lookMs,
  },
};

/** True when the value differs enough from the one told last; what is no number differs or not. */
export function hasChanged({ definition, value: difference }: Monitor, before: string, now: string): boolean {
  if (!isNumeric(definition.dataType)) return before !== now;
  return Math.abs(Number(now) - Number(before)) > difference;
}

/** Whether a variable can have such a monitor. OCPP 2.0.1 N04.FR.08. */
export function supportsType(definition: VariableDefinition, type: MonitorType): boolean {
  if (!definition.supportsMonitoring) return false;
  if (type === 'TargetDelta' || type === 'TargetDeltaRelative') {
    return isNumeric(definition.dataType) && definition.attributes.some((attribute) => attribute.type === 'Target');
  }
  return behaviours[type].kind !== 'condition' || isNumeric(definition.dataType);
}

/** Whether the value of a monitor makes sense. OCPP 2.0.1 N04.FR.11, N04.FR.14. */
export function isSensible({ minLimit, maxLimit }: VariableDefinition, type: MonitorType, value: number): boolean {
  if (behaviours[type].kind === 'periodic') return value >= 1;
  if (type !== 'UpperThreshold' && type !== 'LowerThreshold') return value >= 0;
  return (minLimit === undefined || value >= minLimit) && (maxLimit === undefined || value <= maxLimit);
}

/** What is kept of a monitor that the CSMS has set. */
export function toKept({ definition, type, value, severity, transaction }: Monitor): object {
  return { variable: definition.text, type, value, severity, transaction };
}

/** The monitor that was kept; undefined when it does not fit this station. */
export function toMonitor(id: number, entry: unknown, catalog: VariableCatalog): Monitor | undefined {
  const kept = fieldsOf(entry);
  const [value, severity, type] = [kept?.number('value'), kept?.number('severity'), kept?.oneOf('type', monitorTypes)];
  const definition = catalog.named(kept?.text('variable') ?? '');
  if (!definition || !type || value === undefined || severity === undefined) return undefined;
  if (!supportsType(definition, type) || !isSensible(definition, type, value)) return undefined;
  return {
    id,
    definition,
    kind: 'CustomMonitor',
    type,
    value,
    severity,
    transaction: kept?.flag('transaction') ?? false,
  };
}
