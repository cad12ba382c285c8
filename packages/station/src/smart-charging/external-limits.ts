import type { ChargingProfile, ChargingSchedule, RateUnit, SchedulePeriod } from './charging-profile.ts';
import type { ChargingProfiles } from './charging-profiles.ts';

/** A limit that comes from elsewhere than the CSMS: an energy manager, a grid operator. */
export interface ExternalLimit {
  /** EMS, SO, Other; in OCPP 2.1 any word of at most 20 characters. */
  source: string;
  /** 0 is the station as a whole. */
  evseId: number;
  unit: RateUnit;
  /** The first begins at once, each later one later; at least one. */
  periods: readonly SchedulePeriod[];
  /** Seconds; default until it is changed or cleared. */
  durationS?: number | undefined;
  isGridCritical?: boolean | undefined;
  /** It is what is generated behind the meter, and adds to the other limits. */
  isLocalGeneration?: boolean | undefined;
}

/** What the CSMS is told of a limit (K12). */
export interface LimitNotice {
  source: string;
  evseId: number;
  isGridCritical: boolean | undefined;
  isLocalGeneration: boolean | undefined;
  /** Where NotifyChargingLimitWithSchedules asks for them. */
  schedules: readonly ChargingSchedule[] | undefined;
}

/** What the CSMS is told of a limit that is gone (K13). */
export interface ClearedLimit {
  source: string;
  evseId: number;
}

/** What external limits need of their station. */
export interface ExternalLimitHooks {
  profiles: ChargingProfiles;
  now(): Date;
  /** Of the variables LimitChangeSignificance (%) and NotifyChargingLimitWithSchedules. */
  settings(): { significance: number; isWithSchedules: boolean };
  /** The highest id that is reserved for them; 0 reserves none, then they are negative. */
  maxExternalConstraintsId(): number;
  /** Limits are to be computed again. */
  changed(): void;
  notifyLimit(notice: LimitNotice): void;
  notifyCleared(cleared: ClearedLimit): void;
  /** The rate of what runs there has changed much (K12.FR.03, K13.FR.02): a TransactionEvent ChargingRateChanged. */
  rateChanged(evseId: number): void;
}

/** The limits that energy managers and the grid set (K11 to K14); each is a profile of the station's own. */
export class ExternalLimits {
  readonly #hooks: ExternalLimitHooks;
  /** The limit that the CSMS knows, by profile id. */
  readonly #told = new Map<number, number | undefined>();

  constructor(hooks: ExternalLimitHooks) {
    this.#hooks = hooks;
  }

  /** Sets the limit of a source and place, in place of the one before. Throws RangeError when it cannot be one. */
  set(limit: ExternalLimit): void {
    checkLimit(limit);
    const { profiles, settings, now } = this.#hooks;
    const old = this.#find(limit);
    const id = old?.id ?? this.#freeId();
    const profile = toProfile(limit, { id, start: now() });
    profiles.installOwn(profile);
    this.#hooks.changed();
    const { significance, isWithSchedules } = settings();
    const value = limit.periods[0]?.limit;
    const isFirst = !old || !this.#told.has(id);
    if (!isFirst && !isSignificant(this.#told.get(id), value, significance)) return;
    this.#told.set(id, value);
    this.#hooks.notifyLimit({
      source: limit.source,
      evseId: limit.evseId,
      isGridCritical: limit.isGridCritical,
      isLocalGeneration: limit.isLocalGeneration,
      schedules: isWithSchedules ? profile.schedules : undefined,
    });
    this.#hooks.rateChanged(limit.evseId);
  }

  /** Ends the limits of a source in a place; false when there are none. */
  clear({ source, evseId }: ClearedLimit): boolean {
    const ended = this.#hooks.profiles.all.filter((profile) => profile.source === source && profile.evseId === evseId);
    if (ended.length === 0) return false;
    for (const { id } of ended) {
      this.#hooks.profiles.removeOwn(id);
      this.#told.delete(id);
    }
    this.#hooks.changed();
    this.#hooks.notifyCleared({ source, evseId });
    this.#hooks.rateChanged(evseId);
    return true;
  }

  #find({ source, evseId, isLocalGeneration }: ExternalLimit): ChargingProfile | undefined {
    const purpose = purposeOf(isLocalGeneration);
    return this.#hooks.profiles.all.find(
      (profile) => profile.source === source && profile.evseId === evseId && profile.purpose === purpose,
    );
  }

  #freeId(): number {
    const taken = new Set(this.#hooks.profiles.all.map(({ id }) => id));
    const reserved = Array.from({ length: Math.min(this.#hooks.maxExternalConstraintsId(), 1000) }, (_, i) => i + 1);
    const free = reserved.find((id) => !taken.has(id));
    if (free !== undefined) return free;
    let id = -1;
    while (taken.has(id)) id--;
    return id;
  }
}

const purposeOf = (isLocalGeneration: boolean | undefined) =>
  isLocalGeneration === true ? 'LocalGeneration' : 'ChargingStationExternalConstraints';

function toProfile(limit: ExternalLimit, { id, start }: { id: number; start: Date }): ChargingProfile {
  const { evseId, source, unit, durationS, periods, isLocalGeneration } = limit;
  return {
    id,
    evseId,
    stackLevel: 0,
    purpose: purposeOf(isLocalGeneration),
    kind: 'Absolute',
    source,
    schedules: [{ id, start, durationS, unit, periods }],
  };
}

function checkLimit({ periods, source }: ExternalLimit): void {
  if (source.length === 0 || source.length > 20) throw new RangeError('the source of a limit has 1 to 20 characters');
  let last = -1;
  for (const { startPeriod, limit = 0 } of periods) {
    const isNext = last < 0 ? startPeriod === 0 : startPeriod > last;
    if (!isNext || !Number.isFinite(limit) || limit < 0)
      throw new RangeError('periods ascend from 0, with limits from 0');
    last = startPeriod;
  }
  if (last < 0) throw new RangeError('a limit has at least one period');
}

function isSignificant(before: number | undefined, after: number | undefined, percent: number): boolean {
  if (before === undefined || after === undefined || before === 0) return before !== after;
  return (Math.abs(after - before) / before) * 100 > percent;
}
