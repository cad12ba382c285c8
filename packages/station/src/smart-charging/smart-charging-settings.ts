import type { OcppVersion } from '@busbar/ocpp';
import { profilePurposes, type ProfilePurpose, type RateUnit } from './charging-profile.ts';
import type { LimitDefaults } from './limit-query.ts';
import type { EvseRules, ProfileFeature, ProfileRules } from './profile-rules.ts';
import { itemsOf } from '../device-model/variable-definition.ts';

/** The value of `Component.Variable[instance]`; undefined when the station has no such variable. */
export type ReadVariable = (name: string) => string | undefined;

/** What may be installed, as the variables say. */
export function profileRulesOf(
  read: ReadVariable,
  { version, now, evses }: { version: OcppVersion; now: Date; evses: readonly EvseRules[] },
): ProfileRules {
  const setting = settingsOf(read);
  return {
    version,
    now,
    evses,
    purposes: purposesOf(read, version),
    features: new Set(
      Object.keys(featureVariables)
        .filter(isFeature)
        .filter((feature) => setting.isOn(featureVariables[feature])),
    ),
    maxStackLevel: setting.number('ProfileStackLevel', 42),
    maxProfiles: setting.number('MaxChargingProfilesInstalled', 100),
    maxPeriods: setting.number('PeriodsPerSchedule', 1440),
    units: setting.list('RateUnit', 'A,W').filter((unit): unit is RateUnit => unit === 'A' || unit === 'W'),
    isStartOptional: setting.isOn({ name: 'AllowChargingProfileWithoutStartSchedule', default: 'false' }),
    maxExternalConstraintsId: setting.number('MaxExternalConstraintsId', 0),
    updateRateLimitS: setting.number('UpdateRateLimit', 0),
  };
}

const basePurposes = 'ChargingStationMaxProfile,TxDefaultProfile,TxProfile';

function purposesOf(read: ReadVariable, version: OcppVersion): ProfilePurpose[] {
  const setting = settingsOf(read);
  const own = setting.list('SupportedChargingProfilePurposeTypes', basePurposes);
  const more = version === '2.1' ? setting.list('SupportedAdditionalPurposes', 'PriorityCharging,LocalGeneration') : [];
  const names = [...own, ...more].map((name) =>
    name === 'ChargePointMaxProfile' ? 'ChargingStationMaxProfile' : name,
  );
  return profilePurposes.filter((purpose) => names.includes(purpose));
}

interface Flag {
  name: string;
  default: 'true' | 'false';
}

const featureVariables: Record<ProfileFeature, Flag> = {
  ACPhaseSwitching: { name: 'ACPhaseSwitchingSupported', default: 'false' },
  DynamicProfiles: { name: 'SupportsFeature[DynamicProfiles]', default: 'true' },
  UseLocalTime: { name: 'SupportsFeature[UseLocalTime]', default: 'true' },
  RandomizedDelay: { name: 'SupportsFeature[RandomizedDelay]', default: 'true' },
  LimitAtSoC: { name: 'SupportsFeature[LimitAtSoC]', default: 'true' },
  EvseSleep: { name: 'SupportsFeature[EvseSleep]', default: 'false' },
};

function isFeature(name: string): name is ProfileFeature {
  return Object.hasOwn(featureVariables, name);
}

/** What holds without a profile: the variables, else `hardware`. */
export function limitDefaultsOf(read: ReadVariable, hardware: LimitDefaults): LimitDefaults {
  const setting = settingsOf(read);
  return {
    limitA: setting.number('CompositeScheduleDefaultLimitAmps', hardware.limitA),
    limitW: setting.number('CompositeScheduleDefaultLimitWatts', hardware.limitW),
    phases: setting.number('CompositeScheduleDefaultNumberPhases', hardware.phases),
    voltageV: setting.number('SupplyVoltage', hardware.voltageV),
  };
}

/** Purposes that do not count without a connection. */
export function ignoredOfflineOf(read: ReadVariable): ProfilePurpose[] {
  const names = settingsOf(read).list('IgnoredProfilePurposesOffline', '');
  return profilePurposes.filter((purpose) => names.includes(purpose));
}

/** Seconds; the longest composite schedule. */
export function maxCompositeDurationOf(read: ReadVariable): number {
  return settingsOf(read).number('MaxCompositeScheduleDuration', 31_536_000);
}

/** OCPP 2.1 ChargingProfilePersistence: what a station need not keep over a restart. */
export function isPersistentPurpose(read: ReadVariable, purpose: ProfilePurpose): boolean {
  return settingsOf(read).isOn({ name: `ChargingProfilePersistence[${purpose}]`, default: 'true' });
}

/** What the variables of external limits say. */
export function externalLimitSettingsOf(read: ReadVariable) {
  const setting = settingsOf(read);
  return {
    /** Percent of the limit told last. */
    significance: setting.number('LimitChangeSignificance', 1),
    isWithSchedules: setting.isOn({ name: 'NotifyChargingLimitWithSchedules', default: 'false' }),
  };
}

/** What OCPP 2.x does not standardise is with the rest of its kind. */
const components = ['SmartChargingCtrlr', 'InternalCtrlr', 'OCPP16LegacyCtrlr'];

function settingsOf(read: ReadVariable) {
  const get = (name: string) => {
    for (const component of components) {
      const value = read(`${component}.${name}`);
      if (value !== undefined && value !== '') return value;
    }
    return undefined;
  };
  return {
    number(name: string, fallback: number): number {
      const value = Number(get(name) ?? Number.NaN);
      return Number.isFinite(value) ? value : fallback;
    },
    isOn: (flag: Flag) => (get(flag.name) ?? flag.default).toLowerCase() === 'true',
    list: (name: string, fallback: string) => itemsOf(get(name) ?? fallback),
  };
}
