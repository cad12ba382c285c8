import type { OcppVersion } from '@busbar/ocpp';
import type { ChargingProfile, OperationMode, ProfilePurpose, RateUnit } from './charging-profile.ts';
import { isOfOthers } from './profile-filter.ts';
import { scheduleError } from './schedule-rules.ts';

/** What may be installed: what the station can, and what it is doing. */
export interface ProfileRules {
  version: OcppVersion;
  now: Date;
  purposes: readonly ProfilePurpose[];
  features: ReadonlySet<ProfileFeature>;
  maxStackLevel: number;
  maxProfiles: number;
  /** Of one schedule. */
  maxPeriods: number;
  units: readonly RateUnit[];
  /** An absolute or recurring schedule without a start begins when it is received. */
  isStartOptional: boolean;
  /** Ids up to this one belong to external constraints; 0 reserves none. */
  maxExternalConstraintsId: number;
  /** The least number of seconds between two profiles with the same id; 0 is no limit. */
  updateRateLimitS: number;
  evses: readonly EvseRules[];
}

/** What not every station can. */
export type ProfileFeature =
  | 'ACPhaseSwitching'
  | 'DynamicProfiles'
  | 'UseLocalTime'
  | 'RandomizedDelay'
  | 'LimitAtSoC'
  | 'EvseSleep';

export interface EvseRules {
  id: number;
  current: 'AC' | 'DC';
  /** Of what runs. In OCPP 1.6 undefined while the CSMS has not given the id. */
  transactionId?: string | undefined;
  isCharging: boolean;
  /** OCPP 2.1; undefined: all. */
  operationModes?: readonly OperationMode[] | undefined;
}

/** As in the appendix of OCPP 2.x. */
export type ReasonCode =
  | 'DuplicateProfile'
  | 'InvalidOperationMode'
  | 'InvalidProfile'
  | 'InvalidProfileId'
  | 'InvalidSchedule'
  | 'InvalidStackLevel'
  | 'InvalidValue'
  | 'MissingParam'
  | 'NoFreqWattCurve'
  | 'NoPhaseForDC'
  | 'NotEnabled'
  | 'OutOfStorage'
  | 'PhaseConflict'
  | 'RateLimitExceeded'
  | 'TxNotFound'
  | 'UnknownEvse'
  | 'UnsupportedKind'
  | 'UnsupportedParam'
  | 'UnsupportedPurpose'
  | 'UnsupportedRateUnit';

/** What is installed already. */
export interface Installed {
  profiles: readonly ChargingProfile[];
  /** When a profile with this id was installed last. */
  installedAt(id: number): Date | undefined;
}

interface ProfileRule {
  name: string;
  /** Default: all. */
  versions?: readonly OcppVersion[];
  reasonCode: ReasonCode;
  isBroken(profile: ChargingProfile, rules: ProfileRules, installed: Installed): boolean;
}

const ocpp2 = ['2.0.1', '2.1'] as const;
const maxId = 2 ** 31 - 1;

/** In this order; the first that is broken gives the reason. */
const profileRules: readonly ProfileRule[] = [
  {
    name: 'the EVSE exists',
    reasonCode: 'UnknownEvse',
    isBroken: ({ evseId }, { evses }) => evseId !== 0 && !evses.some(({ id }) => id === evseId),
  },
  {
    name: 'the id is an integer of 32 bits',
    reasonCode: 'InvalidProfileId',
    isBroken: ({ id }) => !Number.isInteger(id) || Math.abs(id) > maxId,
  },
  {
    name: 'the id is not of a limit of others',
    reasonCode: 'InvalidProfileId',
    isBroken: ({ id }, { maxExternalConstraintsId }, { profiles }) =>
      (maxExternalConstraintsId > 0 && id <= maxExternalConstraintsId) ||
      profiles.some((old) => old.id === id && isOfOthers(old)),
  },
  {
    name: 'the purpose is supported, and not the station’s own',
    reasonCode: 'UnsupportedPurpose',
    isBroken: (profile, { purposes }) => isExternal(profile) || !purposes.includes(profile.purpose),
  },
  {
    name: 'the kind is supported',
    reasonCode: 'UnsupportedKind',
    isBroken: ({ kind }, { version, features }) =>
      kind === 'Dynamic' && (version !== '2.1' || !features.has('DynamicProfiles')),
  },
  {
    name: 'the stack level is within its range',
    reasonCode: 'InvalidStackLevel',
    isBroken: ({ stackLevel }, { maxStackLevel }) =>
      !Number.isInteger(stackLevel) || stackLevel < 0 || stackLevel > maxStackLevel,
  },
  {
    name: 'a maximum is of the whole station and not relative',
    reasonCode: 'InvalidProfile',
    isBroken: ({ purpose, evseId, kind }) =>
      purpose === 'ChargingStationMaxProfile' && (evseId !== 0 || kind === 'Relative'),
  },
  {
    name: 'a transaction profile is for one EVSE',
    reasonCode: 'InvalidProfile',
    isBroken: ({ purpose, evseId }) => purpose === 'TxProfile' && evseId === 0,
  },
  {
    name: 'a transaction profile names its transaction',
    versions: ocpp2,
    reasonCode: 'MissingParam',
    isBroken: ({ purpose, transactionId }) => purpose === 'TxProfile' && transactionId === undefined,
  },
  {
    name: 'the transaction of a transaction profile runs',
    reasonCode: 'TxNotFound',
    isBroken: ({ purpose, evseId, transactionId }, { evses }) => {
      const evse = evses.find(({ id }) => id === evseId);
      if (purpose !== 'TxProfile') return false;
      return !evse?.isCharging || (transactionId !== undefined && transactionId !== evse.transactionId);
    },
  },
  {
    name: 'a recurring profile says how often',
    reasonCode: 'MissingParam',
    isBroken: ({ kind, recurrency }) => kind === 'Recurring' && recurrency === undefined,
  },
  {
    name: 'times are times, and validity ends after it begins',
    reasonCode: 'InvalidProfile',
    isBroken: ({ validFrom, validTo, dynUpdateTime }) =>
      [validFrom, validTo, dynUpdateTime].some((date) => date !== undefined && Number.isNaN(date.getTime())) ||
      (validFrom !== undefined && validTo !== undefined && validTo <= validFrom),
  },
  {
    name: 'seconds are not negative',
    reasonCode: 'InvalidValue',
    isBroken: ({ maxOfflineDurationS = 0, dynUpdateIntervalS = 0 }) =>
      !isSeconds(maxOfflineDurationS) || !isSeconds(dynUpdateIntervalS),
  },
  {
    name: 'a level and purpose has one profile at a time (K01.FR.06, K01.FR.39)',
    versions: ocpp2,
    reasonCode: 'DuplicateProfile',
    isBroken: (profile, _rules, { profiles }) =>
      profiles.some((old) => old.evseId === profile.evseId && isSameStack(old, profile) && overlaps(old, profile)),
  },
  {
    name: 'a default of the station and one of an EVSE differ in level (K01.FR.52, K01.FR.53)',
    versions: ocpp2,
    reasonCode: 'DuplicateProfile',
    isBroken: (profile, _rules, { profiles }) =>
      profile.purpose === 'TxDefaultProfile' &&
      profiles.some(
        (old) => (old.evseId === 0) !== (profile.evseId === 0) && isSameStack(old, profile) && overlaps(old, profile),
      ),
  },
  {
    name: 'updates are not too frequent',
    versions: ['2.1'],
    reasonCode: 'RateLimitExceeded',
    isBroken: ({ id }, { now, updateRateLimitS }, { installedAt }) => {
      const last = installedAt(id);
      return last !== undefined && now >= last && now.getTime() - last.getTime() < updateRateLimitS * 1000;
    },
  },
];

const isExternal = ({ purpose }: ChargingProfile) => purpose === 'ChargingStationExternalConstraints';
const isSeconds = (value: number) => Number.isInteger(value) && value >= 0;

function isSameStack(a: ChargingProfile, b: ChargingProfile): boolean {
  return a.id !== b.id && a.purpose === b.purpose && a.stackLevel === b.stackLevel;
}

function overlaps(a: ChargingProfile, b: ChargingProfile): boolean {
  const begin = ({ validFrom }: ChargingProfile) => validFrom?.getTime() ?? -Infinity;
  const end = ({ validTo }: ChargingProfile) => validTo?.getTime() ?? Infinity;
  return begin(a) < end(b) && begin(b) < end(a);
}

/** Why a profile cannot be installed; undefined when it can. */
export function profileError(
  profile: ChargingProfile,
  rules: ProfileRules,
  installed: Installed = { profiles: [], installedAt: () => undefined },
): ReasonCode | undefined {
  const broken = profileRules.find(
    ({ versions, isBroken }) => versions?.includes(rules.version) !== false && isBroken(profile, rules, installed),
  );
  return broken?.reasonCode ?? scheduleError(profile, rules);
}
