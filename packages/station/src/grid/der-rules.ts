import type { v21 } from '@busbar/ocpp';
import { derSettings, settingOf } from './der-control.ts';
import type { DerControlType, DerDirective } from './grid-host.ts';

type Unit = v21.DERUnitEnumType;

const activePower: readonly Unit[] = ['PctMaxW', 'PctWAvail'];
const reactivePower: readonly Unit[] = ['PctMaxVar', 'PctVarAvail'];
const none: readonly Unit[] = ['Not_Applicable'];

/** In what a curve may tell its y; those that are not here tell a time or a ratio. OCPP 2.1 R04.FR.50 to R04.FR.56. */
const curveUnits: Partial<Record<DerControlType, readonly Unit[]>> = {
  FreqWatt: activePower,
  VoltWatt: activePower,
  VoltVar: reactivePower,
  WattVar: reactivePower,
};

interface Rule {
  reasonCode: string;
  isBroken(directive: DerDirective, now: Date): boolean;
}

/** In order: the first that is broken counts. */
const rules: readonly Rule[] = [
  { reasonCode: 'MissingParam', isBroken: (directive) => !directive[settingOf(directive.controlType)] },
  {
    // OCPP 2.1 R04.FR.17: no settings of another type.
    reasonCode: 'InvalidValue',
    isBroken: (directive) =>
      derSettings.some((name) => name !== settingOf(directive.controlType) && directive[name] !== undefined),
  },
  {
    // OCPP 2.1 R04.FR.13: a default has no beginning and no end.
    reasonCode: 'InvalidValue',
    isBroken: (directive) => {
      const { startTime, duration } = timesOf(directive);
      return directive.isDefault && (startTime !== undefined || duration !== undefined);
    },
  },
  {
    // OCPP 2.1 R04.FR.15: these are defaults only.
    reasonCode: 'InvalidValue',
    isBroken: ({ isDefault, controlType }) =>
      !isDefault && (controlType === 'EnterService' || controlType === 'Gradients'),
  },
  {
    reasonCode: 'MissingParam',
    isBroken: (directive) => {
      const { startTime, duration } = timesOf(directive);
      return !directive.isDefault && (startTime === undefined || duration === undefined);
    },
  },
  {
    // What is over, or lasts no time, can never hold.
    reasonCode: 'InvalidSchedule',
    isBroken: (directive, now) => {
      const { startTime, duration } = timesOf(directive);
      if (startTime === undefined || duration === undefined) return false;
      return !(duration > 0) || Date.parse(startTime) + duration * 1000 <= now.getTime();
    },
  },
  {
    reasonCode: 'InvalidValue',
    isBroken: ({ controlType, curve }) => curve !== undefined && !isUnitOf(controlType, curve),
  },
  {
    reasonCode: 'MissingParam',
    isBroken: ({ limitMaxDischarge: limit }) =>
      limit !== undefined && limit.pctMaxDischargePower === undefined && !limit.powerMonitoringMustTrip,
  },
  {
    reasonCode: 'InvalidValue',
    isBroken: ({ limitMaxDischarge: limit }) =>
      limit?.powerMonitoringMustTrip !== undefined && !none.includes(limit.powerMonitoringMustTrip.yUnit),
  },
  { reasonCode: 'InvalidValue', isBroken: (directive) => (directive.limitMaxDischarge?.pctMaxDischargePower ?? 0) < 0 },
];

/** Why a control cannot be, as a reason code; undefined when nothing is wrong with it. */
export function derObjectionTo(directive: DerDirective, now: Date): string | undefined {
  return rules.find(({ isBroken }) => isBroken(directive, now))?.reasonCode;
}

interface Times {
  priority?: number;
  startTime?: string | undefined;
  duration?: number | undefined;
}

function timesOf(directive: DerDirective): Times {
  return directive[settingOf(directive.controlType)] ?? {};
}

function isUnitOf(type: DerControlType, { yUnit }: v21.DERCurveType): boolean {
  return (curveUnits[type] ?? none).includes(yUnit);
}
