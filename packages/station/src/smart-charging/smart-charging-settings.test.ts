import { describe, expect, it } from 'vitest';
import { start } from '../../test/profiles.ts';
import {
  externalLimitSettingsOf,
  ignoredOfflineOf,
  isPersistentPurpose,
  limitDefaultsOf,
  maxCompositeDurationOf,
  profileRulesOf,
} from './smart-charging-settings.ts';

const reading = (values: Record<string, string>) => (name: string) => values[name];
const rulesWith = (values: Record<string, string>, version: '1.6' | '2.1' = '2.1') =>
  profileRulesOf(reading(values), { version, now: start, evses: [] });
const hardware = { limitA: 32, limitW: 22_080, phases: 3, voltageV: 230 };

describe('profileRulesOf', () => {
  it('has a default for what the station does not know', () => {
    expect(rulesWith({}, '1.6')).toMatchObject({
      purposes: ['ChargingStationMaxProfile', 'TxDefaultProfile', 'TxProfile'],
      maxStackLevel: 42,
      maxProfiles: 100,
      maxPeriods: 1440,
      units: ['A', 'W'],
      isStartOptional: false,
      maxExternalConstraintsId: 0,
      updateRateLimitS: 0,
    });
    expect(rulesWith({}).purposes).toContain('PriorityCharging');
    expect([...rulesWith({}).features]).toEqual(['DynamicProfiles', 'UseLocalTime', 'RandomizedDelay', 'LimitAtSoC']);
  });

  it('follows the variables, also those that only 1.6 has', () => {
    const rules = rulesWith({
      'SmartChargingCtrlr.ProfileStackLevel': '7',
      'SmartChargingCtrlr.RateUnit': 'A',
      'SmartChargingCtrlr.SupportedAdditionalPurposes': 'LocalGeneration',
      'OCPP16LegacyCtrlr.SupportedChargingProfilePurposeTypes': 'ChargePointMaxProfile,TxProfile,Magic',
      'OCPP16LegacyCtrlr.AllowChargingProfileWithoutStartSchedule': 'TRUE',
      'SmartChargingCtrlr.ACPhaseSwitchingSupported': 'true',
      'SmartChargingCtrlr.SupportsFeature[DynamicProfiles]': 'false',
    });
    expect(rules).toMatchObject({
      maxStackLevel: 7,
      units: ['A'],
      purposes: ['ChargingStationMaxProfile', 'TxProfile', 'LocalGeneration'],
      isStartOptional: true,
    });
    expect([...rules.features]).toEqual(['ACPhaseSwitching', 'UseLocalTime', 'RandomizedDelay', 'LimitAtSoC']);
  });
});

describe('settings of limits', () => {
  it('begins with the hardware', () => {
    expect(limitDefaultsOf(reading({}), hardware)).toEqual(hardware);
    expect(
      limitDefaultsOf(reading({ 'SmartChargingCtrlr.CompositeScheduleDefaultLimitAmps': '48' }), hardware),
    ).toEqual({
      ...hardware,
      limitA: 48,
    });
  });

  it('reads what does not hold offline, how long a schedule may be, and what persists', () => {
    const values = {
      'SmartChargingCtrlr.IgnoredProfilePurposesOffline': 'TxProfile,Magic',
      'SmartChargingCtrlr.MaxCompositeScheduleDuration': 'nonsense',
      'SmartChargingCtrlr.ChargingProfilePersistence[TxProfile]': 'false',
    };
    expect(ignoredOfflineOf(reading(values))).toEqual(['TxProfile']);
    expect(maxCompositeDurationOf(reading(values))).toBe(31_536_000);
    expect(isPersistentPurpose(reading(values), 'TxProfile')).toBe(false);
    expect(isPersistentPurpose(reading(values), 'TxDefaultProfile')).toBe(true);
  });

  it('reads when an external limit is worth a message', () => {
    expect(externalLimitSettingsOf(reading({}))).toEqual({ significance: 1, isWithSchedules: false });
  });
});
