import type { ChargingSchedule, RateUnit } from './charging-profile.ts';
import { isDirectCurrent } from '../connector.ts';
import { compositeSchedule, type CompositeSchedule } from './composite-schedule.ts';
import type { EvseContext, LimitDefaults, LimitQuery } from './limit-query.ts';
import { localTimeOf } from './local-time.ts';
import type { EvseRules } from './profile-rules.ts';
import type { SmartChargingCore, SmartChargingEvse } from './smart-charging-core.ts';
import {
  ignoredOfflineOf,
  limitDefaultsOf,
  maxCompositeDurationOf,
  type ReadVariable,
} from './smart-charging-settings.ts';
import { isVariableName } from '../device-model/standard-variables.ts';

/** The composite schedule of an EVSE, or of the station with id 0; undefined for an EVSE that does not exist. */
export function compositeOf(
  core: SmartChargingCore,
  { evseId, durationS, unit }: { evseId: number; durationS: number; unit: RateUnit },
): CompositeSchedule | undefined {
  if (evseId !== 0 && !core.evses.some(({ id }) => id === evseId)) return undefined;
  return compositeSchedule({
    ...limitQueryOf(core, { evseId, unit }),
    durationS,
    maxPeriods: core.profileRules.maxPeriods,
    maxDurationS: maxCompositeDurationOf(readerOf(core)),
  });
}

/** What the limits of an EVSE, or of the station with id 0, are made of now. */
export function limitQueryOf(
  core: SmartChargingCore,
  { evseId, unit }: { evseId: number; unit: RateUnit },
): LimitQuery {
  const read = readerOf(core);
  const { offlineSince } = core;
  return {
    profiles: core.profiles.all,
    evseId,
    unit,
    from: core.clock.now(),
    evses: core.evses.map((evse) => contextOf(core, evse)),
    defaults: limitDefaultsOf(read, hardwareOf(core)),
    offline: offlineSince && { since: offlineSince, ignoredPurposes: ignoredOfflineOf(read) },
    localTime: isAnywhere(core, ({ useLocalTime }) => useLocalTime === true) ? localTimeOf(read) : undefined,
  };
}

function isAnywhere({ profiles }: SmartChargingCore, isSo: (schedule: ChargingSchedule) => boolean): boolean {
  return profiles.all.some(({ schedules }) => schedules.some(isSo));
}

function contextOf(core: SmartChargingCore, { id, transaction, description }: SmartChargingEvse): EvseContext {
  const { profiles, host } = core;
  const isSocAsked = transaction !== undefined && isAnywhere(core, ({ limitAtSoC }) => limitAtSoC !== undefined);
  return {
    id,
    phases: description.phases,
    transactionStart: transaction?.begin.at,
    transactionId: transaction?.id,
    isPriority: profiles.hasPriority(transaction?.id),
    selectedScheduleId: profiles.chosenBy(transaction?.id),
    soc: isSocAsked ? host.meter(id).soc : undefined,
  };
}

/** The EVSEs as the rules for profiles see them. */
export function evseRulesOf({ id, transaction, description }: SmartChargingEvse): EvseRules {
  return {
    id,
    current: isDirectCurrent(description.connectorType) ? 'DC' : 'AC',
    transactionId: transaction?.id,
    isCharging: transaction !== undefined,
    operationModes: description.v2x?.operationModes,
  };
}

/** What holds where no charging profile does. */
export function hardwareOf({ evses }: Pick<SmartChargingCore, 'evses'>): LimitDefaults {
  const voltageV = evses[0]?.description.voltageV ?? 230;
  const { currentA, phases } = unlimitedOf(evses);
  return { limitA: currentA, limitW: currentA * phases * voltageV, phases, voltageV };
}

/** Reads variables by name, also such as this station may not have. */
export function readerOf({ variables }: SmartChargingCore): ReadVariable {
  return (name) => (isVariableName(name) ? variables.get(name) : undefined);
}

/** What the strongest EVSE can carry. */
export function unlimitedOf(evses: readonly SmartChargingEvse[]): { currentA: number; phases: number } {
  const phases = Math.max(...evses.map(({ description }) => description.phases));
  const currentA = Math.max(...evses.map(({ description }) => description.maxCurrentA));
  return { currentA, phases };
}
