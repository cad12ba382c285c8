import { ChargingProfiles } from '../src/smart-charging/charging-profiles.ts';
import { ManualClock } from '../src/time/clock.ts';
import { evseRulesOf, readerOf } from '../src/smart-charging/composite-of.ts';
import type { ProfileRules } from '../src/smart-charging/profile-rules.ts';
import type { SmartChargingCore, SmartChargingEvse } from '../src/smart-charging/smart-charging-core.ts';
import { profileRulesOf } from '../src/smart-charging/smart-charging-settings.ts';
import { start } from './profiles.ts';

/** A station without a connection: two EVSEs of 32 A, transaction TX on the first. */
export interface FakeCore extends SmartChargingCore {
  readonly clock: ManualClock;
  readonly variablesSet: Record<string, string>;
  /** How often limits were to be computed again. */
  changes: number;
  /** What the host was told. */
  told: unknown[];
  offlineSince: Date | undefined;
  rules: Partial<ProfileRules>;
}

const description = { phases: 3, maxCurrentA: 32, voltageV: 230, connectorType: 'sType2' } as const;

export function fakeCore(version: '1.6' | '2.0.1' | '2.1' = '2.1'): FakeCore {
  const clock = new ManualClock(start);
  const reading = { energyWh: 0, powerW: 0, currentsA: [], voltagesV: [] };
  const transaction = {
    id: 'TX',
    csmsId: undefined,
    chargingState: 'Charging',
    begin: { at: start, context: 'Transaction.Begin', reading },
  } as const;
  const evses: readonly SmartChargingEvse[] = [
    { id: 1, description: { id: 1, ...description }, transaction, isSupplied: true },
    { id: 2, description: { id: 2, ...description }, transaction: undefined, isSupplied: false },
  ];
  const variablesSet: Record<string, string> = {};
  return {
    clock,
    evses,
    variablesSet,
    variables: { get: (name) => variablesSet[name] ?? '' },
    profiles: new ChargingProfiles(),
    rules: {},
    get profileRules() {
      const rules = profileRulesOf(readerOf(this), { version, now: clock.now(), evses: evses.map(evseRulesOf) });
      return { ...rules, ...this.rules };
    },
    offlineSince: undefined,
    isOnline: true,
    changes: 0,
    told: [],
    host: { meter: () => reading },
    later: (task) => task(),
    profilesChanged() {
      this.changes++;
    },
  };
}
