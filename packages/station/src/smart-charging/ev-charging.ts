import type { v201, v21 } from '@busbar/ocpp';
import type { ChargingSchedule } from './charging-profile.ts';
import { toScheduleType201, toScheduleType21 } from './profile-type.ts';
import type { EnergyTransferMode } from '../station-host.ts';

/** What a vehicle tells over ISO 15118 that it needs. Units: A, V, W, Wh, %. */
export interface EvChargingNeeds {
  evseId: number;
  /** Entries of a schedule that the vehicle can take. */
  maxScheduleTuples?: number | undefined;
  requestedEnergyTransfer: EnergyTransferMode;
  availableEnergyTransfer?: readonly EnergyTransferMode[] | undefined;
  controlMode?: v21.ControlModeEnumType | undefined;
  mobilityNeedsMode?: v21.MobilityNeedsModeEnumType | undefined;
  departureTime?: Date | undefined;
  ac?: v201.ACChargingParametersType | undefined;
  dc?: v201.DCChargingParametersType | undefined;
  v2x?: v21.V2XChargingParametersType | undefined;
  energyOffer?: v21.EVEnergyOfferType | undefined;
  at?: Date | undefined;
}

/** What a vehicle plans to take. */
export interface EvChargingSchedule {
  evseId: number;
  /** Where the schedule begins. */
  timeBase: Date;
  schedule: ChargingSchedule;
  /** Of the schedules it was offered, in OCPP 2.1. */
  selectedScheduleId?: number | undefined;
  powerToleranceAcceptance?: boolean | undefined;
}

/** 2.0.1 knows no energy that flows back: such a mode becomes the plain one. */
const plainModes: Record<EnergyTransferMode, v201.EnergyTransferModeEnumType> = {
  AC_single_phase: 'AC_single_phase',
  AC_two_phase: 'AC_two_phase',
  AC_three_phase: 'AC_three_phase',
  DC: 'DC',
  AC_BPT: 'AC_three_phase',
  AC_BPT_DER: 'AC_three_phase',
  AC_DER: 'AC_three_phase',
  DC_BPT: 'DC',
  DC_ACDP: 'DC',
  DC_ACDP_BPT: 'DC',
  WPT: 'DC',
};

export function toNeeds201(needs: EvChargingNeeds): v201.NotifyEVChargingNeedsRequest {
  return {
    evseId: needs.evseId,
    maxScheduleTuples: needs.maxScheduleTuples,
    chargingNeeds: {
      requestedEnergyTransfer: plainModes[needs.requestedEnergyTransfer],
      departureTime: needs.departureTime?.toISOString(),
      acChargingParameters: needs.ac,
      dcChargingParameters: needs.dc,
    },
  };
}

export function toNeeds21(needs: EvChargingNeeds): v21.NotifyEVChargingNeedsRequest {
  const { availableEnergyTransfer: available } = needs;
  return {
    evseId: needs.evseId,
    maxScheduleTuples: needs.maxScheduleTuples,
    timestamp: needs.at?.toISOString(),
    chargingNeeds: {
      requestedEnergyTransfer: needs.requestedEnergyTransfer,
      availableEnergyTransfer: available && [...available],
      controlMode: needs.controlMode,
      mobilityNeedsMode: needs.mobilityNeedsMode,
      departureTime: needs.departureTime?.toISOString(),
      acChargingParameters: needs.ac,
      dcChargingParameters: needs.dc,
      v2xChargingParameters: needs.v2x,
      evEnergyOffer: needs.energyOffer,
    },
  };
}

export function toEvSchedule201({
  evseId,
  timeBase,
  schedule,
}: EvChargingSchedule): v201.NotifyEVChargingScheduleRequest {
  return { evseId, timeBase: timeBase.toISOString(), chargingSchedule: toScheduleType201(schedule) };
}

export function toEvSchedule21(told: EvChargingSchedule): v21.NotifyEVChargingScheduleRequest {
  return {
    evseId: told.evseId,
    timeBase: told.timeBase.toISOString(),
    chargingSchedule: toScheduleType21(told.schedule),
    selectedChargingScheduleId: told.selectedScheduleId,
    powerToleranceAcceptance: told.powerToleranceAcceptance,
  };
}
