import { describe, expect, it } from 'vitest';
import { at, profileOf, rulesOf, start } from '../../test/profiles.ts';
import { fakeCore } from '../../test/smart-charging-core.ts';
import { chargingSchedulesOf } from './charging-schedules.ts';

describe('chargingSchedulesOf', () => {
  it('(case 35) publishes the sum for the station, and the default of each EVSE with its level [subscribe_charging_schedules]', () => {
    const core = fakeCore('1.6');
    const profile = profileOf([0, 'TxDefaultProfile', '32@0'], { kind: 'Relative', stackLevel: 1 });
    expect(core.profiles.install(profile, core.profileRules)).toBeUndefined();
    const { schedules } = chargingSchedulesOf(core);
    expect(
      schedules.map(({ evse, charging_schedule_period: [period] }) => [evse, period?.limit, period?.stack_level]),
    ).toEqual([
      [0, 64, 0],
      [1, 32, 1],
      [2, 32, 1],
    ]);
    expect(schedules[0]).toEqual({
      evse: 0,
      charging_rate_unit: 'A',
      charging_schedule_period: [{ start_period: 0, limit: 64, number_phases: 3, stack_level: 0 }],
      duration: 600,
      start_schedule: start.toISOString(),
    });
  });

  it('publishes every field of OCPP 2.1 in the words of the interface', () => {
    const core = fakeCore();
    const periods = [
      {
        startPeriod: 0,
        limit: 16,
        limit_L2: 12,
        limit_L3: 10,
        dischargeLimit: -10,
        setpoint: -7.77,
        setpointReactive: 1,
        operationMode: 'CentralSetpoint',
        preconditioningRequest: true,
        v2xBaseline: 4,
        v2xSignalWattCurve: [{ signal: 1, power: 5 }],
      } as const,
    ];
    core.profiles.install(profileOf([1, 'TxProfile', ''], { periods, transactionId: 'TX' }), rulesOf());
    expect(chargingSchedulesOf(core).schedules[1]?.charging_schedule_period).toEqual([
      {
        start_period: 0,
        limit: 16,
        limit_L2: 12,
        limit_L3: 10,
        number_phases: 3,
        stack_level: 0,
        discharge_limit: -10,
        setpoint: -7.7,
        setpoint_L2: -7.7,
        setpoint_L3: -7.7,
        setpoint_reactive: 1,
        preconditioning_request: 1,
        v2x_baseline: 4,
        operation_mode: 'CentralSetpoint',
        v2x_signal_watt_curve: [{ signal: 1, power: 5 }],
      },
    ]);
  });

  it('never publishes more than holds', () => {
    const core = fakeCore();
    core.profiles.install(profileOf([1, 'TxDefaultProfile', '7000@0'], { unit: 'W' }), rulesOf());
    expect(chargingSchedulesOf(core).schedules[1]?.charging_schedule_period[0]?.limit).toBe(10.1);
    expect(chargingSchedulesOf(core, { unit: 'W', durationS: 60 }).schedules[1]).toMatchObject({
      charging_rate_unit: 'W',
      charging_schedule_period: [{ limit: 7000 }],
      duration: 60,
    });
  });

  it('leaves out without a connection what does not hold there', () => {
    const core = fakeCore();
    core.profiles.install(profileOf([1, 'TxDefaultProfile', '6@0'], { maxOfflineDurationS: 60 }), rulesOf());
    core.offlineSince = at(-30);
    const periods = chargingSchedulesOf(core).schedules[1]?.charging_schedule_period;
    expect(periods?.map(({ start_period, limit }) => [start_period, limit])).toEqual([
      [0, 6],
      [30, 32],
    ]);
  });
});
