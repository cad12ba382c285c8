import type { DerRating, GridDescription } from './grid-host.ts';
import { operationModes } from '../smart-charging/charging-profile.ts';
import type { VariableRow } from '../device-model/variable-row.ts';

/** All of OCPP 2.1 DERControlEnumType. */
export const derControlTypes = [
  'EnterService',
  'FreqDroop',
  'FreqWatt',
  'FixedPFAbsorb',
  'FixedPFInject',
  'FixedVar',
  'Gradients',
  'HFMustTrip',
  'HFMayTrip',
  'HVMustTrip',
  'HVMomCess',
  'HVMayTrip',
  'LimitMaxDischarge',
  'LFMustTrip',
  'LVMustTrip',
  'LVMomCess',
  'LVMayTrip',
  'PowerMonitoringMustTrip',
  'VoltVar',
  'VoltWatt',
  'WattPF',
  'WattVar',
] as const;

const transferModes = [
  'AC_single_phase',
  'AC_two_phase',
  'AC_three_phase',
  'DC',
  'AC_BPT',
  'AC_BPT_DER',
  'AC_DER',
  'DC_BPT',
  'DC_ACDP',
  'DC_ACDP_BPT',
  'WPT',
] as const;

const available = { type: 'boolean', access: 'R', default: 'false', required: true } as const;
const enabled = { type: 'boolean', access: 'RW', default: 'true' } as const;
const rating = { type: 'decimal', access: 'R' } as const;
const percent = { type: 'integer', access: 'RW', min: 0, max: 100, unit: 'Percent' } as const;
const seconds = { type: 'integer', access: 'RW', min: 0, unit: 's' } as const;

const inverter: Record<string, VariableRow> = {
  Available: available,
  Enabled: enabled,
  ModesSupported: { type: 'MemberList', access: 'R', default: '', values: derControlTypes, required: true },
};

/** OCPP 2.1 R01: what is known of it, the host says. */
const ratings: Record<DerRating, VariableRow> = {
  MaxW: { ...rating, unit: 'W' },
  OverExcitedW: { ...rating, unit: 'W' },
  OverExcitedPF: rating,
  UnderExcitedW: { ...rating, unit: 'W' },
  UnderExcitedPF: rating,
  MaxVA: { ...rating, unit: 'VA' },
  MaxVar: { ...rating, unit: 'var' },
  MaxVarNeg: { ...rating, unit: 'var' },
  MaxChargeRateW: { ...rating, unit: 'W' },
  MaxChargeRateVA: { ...rating, unit: 'VA' },
  VNom: { ...rating, unit: 'V' },
  MaxV: { ...rating, unit: 'V' },
  MinV: { ...rating, unit: 'V' },
  IslandingDetectionTripTime: { ...rating, unit: 's' },
  ReactiveSusceptance: rating,
};

/** The component of an EVSE that takes DER controls. */
export const derComponentOf = (side: 'AC' | 'DC') => `${side}DERCtrlr` as const;

/** The components that an EVSE has because of what it can do for the grid, and their variables. */
export function gridComponents({ derInverter, v2x }: GridDescription): Record<string, Record<string, VariableRow>> {
  return {
    ...(derInverter === 'AC' && { ACDERCtrlr: inverter }),
    ...(derInverter === 'DC' && { DCDERCtrlr: { ...inverter, ...ratings } }),
    ...(v2x && {
      V2XChargingCtrlr: {
        Available: { ...available, default: 'true' },
        Enabled: enabled,
        SupportedEnergyTransferModes: { ...members(transferModes), default: v2x.transferModes.join(',') },
        SupportedOperationModes: { ...members(operationModes), default: v2x.operationModes.join(',') },
      },
    }),
  };
}

/** Of a station that swaps batteries. */
export const batterySwapVariables: Record<string, VariableRow> = {
  'BatterySwapCtrlr.IdToken': { type: 'string', access: 'RW', max: 255 },
  'BatterySwapCtrlr.MaxSoc': percent,
  'BatterySwapCtrlr.TargetSoC': percent,
  'BatterySwapCtrlr.Timeout[In]': seconds,
  'BatterySwapCtrlr.Timeout[Out]': seconds,
};

/** Two EVSEs with the same text have the same components. */
export function gridTextOf({ derInverter, v2x, isBatterySlot }: GridDescription): string {
  const modes = v2x ? [...v2x.transferModes, ...v2x.operationModes].join('+') : '';
  return `${derInverter ?? ''}/${modes}/${isBatterySlot === true ? 'slot' : ''}`;
}

const members = (values: readonly string[]) => ({ type: 'MemberList', access: 'R', values, required: true }) as const;
