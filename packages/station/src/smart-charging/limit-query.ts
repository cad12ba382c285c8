import type { ChargingProfile, ProfilePurpose, RateUnit, SchedulePeriod } from './charging-profile.ts';
import type { LocalTime } from './local-time.ts';
import type { PhaseValues, Supply } from './phase-values.ts';
import { toCaps, type Caps } from './power-caps.ts';
import { ProfileStack, type Budget, type Winner } from './profile-stack.ts';

/** What holds at an instant, in the unit that was asked for. */
export interface AppliedLimit {
  limit: PhaseValues;
  phases: number;
  /** Of the profile that gives the limit; 0 for a sum and for the default. */
  stackLevel: number;
  /** Not positive; undefined when no profile says that power may flow back. */
  dischargeLimit?: PhaseValues | undefined;
  /** Within both limits. */
  setpoint?: PhaseValues | undefined;
  setpointReactive?: PhaseValues | undefined;
  /** Whose operation mode, phase and curves hold; a station as a whole has none. */
  period?: SchedulePeriod | undefined;
}

/** What limits are made of. */
export interface LimitQuery {
  profiles: readonly ChargingProfile[];
  /** 0 is the station: the sum of its EVSEs, under the limits of the station. */
  evseId: number;
  from: Date;
  /** The unit of the result. Profiles in the other are converted with the voltage and the phases that result. */
  unit: RateUnit;
  evses: readonly EvseContext[];
  defaults: LimitDefaults;
  /** Without a connection. */
  offline?: OfflineContext | undefined;
  /** What the clocks on the wall show. Default: UTC. */
  localTime?: LocalTime | undefined;
}

export interface EvseContext {
  id: number;
  /** When the running transaction began; without one, relative profiles begin with the window. */
  transactionStart?: Date | undefined;
  transactionId?: string | undefined;
  /** PriorityCharging profiles hold. */
  isPriority?: boolean | undefined;
  /** The schedule that the vehicle has chosen. Default: the first of a profile. */
  selectedScheduleId?: number | undefined;
  /** Of its supply. Default: that of the station. */
  phases?: number | undefined;
  /** State of charge of its vehicle, where that tells, %. */
  soc?: number | undefined;
}

/** What holds where no profile does, and how A become W. */
export interface LimitDefaults {
  /** Per phase. */
  limitA: number;
  limitW: number;
  phases: number;
  /** Phase to neutral. */
  voltageV: number;
}

export interface OfflineContext {
  since: Date;
  ignoredPurposes: readonly ProfilePurpose[];
}

/** What holds where no profile speaks. */
export function defaultCaps({ unit, defaults }: LimitQuery): Caps {
  const { limitA, limitW, phases, voltageV } = defaults;
  return toCaps({ value: unit === 'A' ? limitA : limitW }, { unit, phases, voltageV });
}

/** The phases and volts that the numbers of a winner mean. */
export function supplyOf({ defaults }: LimitQuery, { schedule, period }: Winner): Supply {
  return { unit: schedule.unit, phases: period.numberPhases ?? defaults.phases, voltageV: defaults.voltageV };
}

/** The profiles of a purpose on the given EVSEs, as far as they concern `evse`. */
export function stackOf(
  query: LimitQuery,
  { purpose, evse, evseIds }: { purpose: ProfilePurpose; evse: EvseContext; evseIds: readonly number[] },
  budget: Budget,
): ProfileStack {
  const isIgnored = query.offline?.ignoredPurposes.includes(purpose) === true;
  const isWanted = (profile: ChargingProfile) =>
    profile.purpose === purpose && evseIds.includes(profile.evseId) && isOfTransaction(profile, evse);
  return new ProfileStack(
    isIgnored ? [] : query.profiles.filter(isWanted),
    {
      windowStart: query.from,
      transactionStart: evse.transactionStart,
      offlineSince: query.offline?.since,
      transactionId: evse.transactionId,
      selectedScheduleId: evse.selectedScheduleId,
      localTime: query.localTime,
    },
    budget,
  );
}

function isOfTransaction({ transactionId, purpose }: ChargingProfile, evse: EvseContext): boolean {
  if (purpose !== 'TxProfile' || transactionId === undefined || evse.transactionId === undefined) return true;
  return transactionId === evse.transactionId;
}
