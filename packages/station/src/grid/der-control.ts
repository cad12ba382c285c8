import { validate } from '@busbar/ocpp';
import type { DerControlType, DerDirective } from './grid-host.ts';
import { fieldsOf } from '../store/json-fields.ts';

/** A DER control as the station keeps it. OCPP 2.1 R04. */
export interface DerControl {
  readonly directive: DerDirective;
  /** 0 is the highest. */
  readonly priority: number;
  /** When it holds, ms since 1970; a default one always. */
  readonly startMs: number;
  readonly endMs: number;
  /** Of two with the same priority, the one that was set later wins. */
  readonly order: number;
  /** The CSMS has heard that it began. */
  isStarted: boolean;
}

/** A member of SetDERControl that says what a control is. */
export type DerSetting = (typeof derSettings)[number];

export const derSettings = [
  'curve',
  'enterService',
  'fixedPFAbsorb',
  'fixedPFInject',
  'fixedVar',
  'freqDroop',
  'gradient',
  'limitMaxDischarge',
] as const;

/** Which setting a type has; all others have a curve. OCPP 2.1 R04.FR.16. */
const settingByType: Partial<Record<DerControlType, DerSetting>> = {
  EnterService: 'enterService',
  FixedPFAbsorb: 'fixedPFAbsorb',
  FixedPFInject: 'fixedPFInject',
  FixedVar: 'fixedVar',
  FreqDroop: 'freqDroop',
  Gradients: 'gradient',
  LimitMaxDischarge: 'limitMaxDischarge',
};

export const settingOf = (type: DerControlType): DerSetting => settingByType[type] ?? 'curve';

/** Undefined where the control has not the setting of its type. */
export function toDerControl(directive: DerDirective, order: number): DerControl | undefined {
  const setting: { priority: number; startTime?: string | undefined; duration?: number | undefined } | undefined =
    directive[settingOf(directive.controlType)];
  if (!setting) return undefined;
  const startMs = setting.startTime === undefined ? -Infinity : Date.parse(setting.startTime);
  const endMs = setting.duration === undefined ? Infinity : startMs + setting.duration * 1000;
  return { directive, priority: setting.priority, startMs, endMs, order, isStarted: false };
}

/** Of two controls of the same kind, whether the first holds where both could. */
export function beats(a: DerControl, b: DerControl): boolean {
  return a.priority < b.priority || (a.priority === b.priority && a.order > b.order);
}

/** Whether the first keeps the second from holding, at least for a time. */
export function supersedes(a: DerControl, b: DerControl): boolean {
  const isSameKind =
    a.directive.controlType === b.directive.controlType && a.directive.isDefault === b.directive.isDefault;
  return isSameKind && a !== b && a.startMs < b.endMs && b.startMs < a.endMs && beats(a, b);
}

/** What holds at an instant: of each type the best scheduled control, else the best default. */
export function inForce(controls: readonly DerControl[], nowMs: number): DerControl[] {
  const best = new Map<DerControlType, DerControl>();
  for (const control of controls) {
    if (nowMs < control.startMs || nowMs >= control.endMs) continue;
    const { controlType, isDefault } = control.directive;
    const other = best.get(controlType);
    const isBetter =
      !other || (isDefault === other.directive.isDefault ? beats(control, other) : other.directive.isDefault);
    if (isBetter) best.set(controlType, control);
  }
  return [...best.values()].sort((a, b) => a.order - b.order);
}

/** What is kept of a control. */
export function toKeptDer({ directive, order, isStarted }: DerControl): object {
  return { directive, order, isStarted };
}

/** The control that was kept; undefined for garbage. */
export function keptDerOf(value: unknown): DerControl | undefined {
  const kept = fieldsOf(value);
  const [directive, order] = [kept?.value('directive'), kept?.number('order')];
  if (!isDirective(directive) || order === undefined) return undefined;
  const control = toDerControl(directive, order);
  return control && { ...control, isStarted: kept?.flag('isStarted') ?? false };
}

function isDirective(value: unknown): value is DerDirective {
  return validate('2.1', { action: 'SetDERControl', side: 'request' }, value) === undefined;
}
