import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { periodsOf } from './profiles.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;

afterEach(() => rig.close());

/** Two connectors of 32 A; what nothing limits has the default of EVerest. */
const open = async () =>
  (rig = await openRig('1.6', {
    evses: 2,
    settings: { 'SmartChargingCtrlr.CompositeScheduleDefaultLimitAmps': '48' },
  }));

const call = (action: string, payload: object) => rig.csms.call('CP1', action, payload);

interface Profile {
  connectorId: number;
  purpose: 'ChargePointMaxProfile' | 'TxDefaultProfile' | 'TxProfile';
  /** `16@0,20@100/2`: limit, second, phases. */
  periods: string;
  kind?: 'Absolute' | 'Relative' | 'Daily' | 'Weekly';
  stackLevel?: number;
  duration?: number;
  unit?: 'A' | 'W';
  transactionId?: number;
}

const of =
  (connectorId: number, purpose: Profile['purpose']) =>
  (periods: string, more: Partial<Profile> = {}) => ({
    connectorId,
    purpose,
    periods,
    ...more,
  });
const max = of(0, 'ChargePointMaxProfile');
const onAll = of(0, 'TxDefaultProfile');
const onOne = of(1, 'TxDefaultProfile');
const onTwo = of(2, 'TxDefaultProfile');
const forTx = of(1, 'TxProfile');

/** As the CSMS sends it; absolute ones begin now. */
function toProfile({ connectorId, purpose, periods, ...more }: Profile): object {
  const { kind = 'Absolute', stackLevel = 0, duration, unit = 'A', transactionId } = more;
  const isRecurring = kind === 'Daily' || kind === 'Weekly';
  return {
    chargingProfileId: 100 * connectorId + 10 * stackLevel + purpose.length,
    stackLevel,
    ...(transactionId !== undefined && { transactionId }),
    chargingProfilePurpose: purpose,
    chargingProfileKind: isRecurring ? 'Recurring' : kind,
    ...(isRecurring && { recurrencyKind: kind }),
    chargingSchedule: {
      ...(duration !== undefined && { duration }),
      ...(kind !== 'Relative' && { startSchedule: rig.clock.now().toISOString() }),
      chargingRateUnit: unit,
      chargingSchedulePeriod: periodsOf(periods),
    },
  };
}

const set = (profile: Profile) =>
  call('SetChargingProfile', { connectorId: profile.connectorId, csChargingProfiles: toProfile(profile) });

async function start(connectorId: number): Promise<void> {
  const { host, station, csms } = rig;
  const confirmed = once(station.events, 'transactionConfirmed');
  host.plug(connectorId, { soc: 20 });
  host.presentToken(connectorId, `CARD${connectorId}`);
  await confirmed;
  await csms.next('StartTransaction');
}

/** The composite schedule as `8@0,10@50`; three phases have no suffix. */
async function composite(connectorId: number, duration: number): Promise<string> {
  const answer = await call('GetCompositeSchedule', { connectorId, duration, chargingRateUnit: 'A' });
  const scheduleStart = rig.clock.now().toISOString();
  expect(answer).toMatchObject({ status: 'Accepted', connectorId, scheduleStart, chargingSchedule: { duration } });
  const periods = [...JSON.stringify(answer).matchAll(/"startPeriod":(\d+),"limit":([\d.]+),"numberPhases":(\d)/g)];
  return periods
    .map(([, second, limit, phases]) => `${limit}@${second}${phases === '3' ? '' : `/${phases}`}`)
    .join(',');
}

const flowing = () => rig.host.meter(1).currentsA.map(Math.round);

interface Vector {
  what: string;
  /** Set before the transaction begins on connector 1. */
  before?: readonly Profile[];
  /** Set while it runs. */
  during?: readonly Profile[];
  asked: readonly (readonly [connectorId: number, duration: number, expected: string])[];
}

const vectors: readonly Vector[] = [
  {
    what: '[absolute_1] a transaction profile replaces the default, and the station caps both',
    during: [
      max('10@0', { duration: 86_400 }),
      onOne('6@0,10@60,8@120,25@180,8@260', { duration: 300 }),
      forTx('8@0,11@50,16@140,6@200,12@240', { duration: 240, transactionId: 4711 }),
    ],
    asked: [[1, 400, '8@0,10@50,6@200,10@240,8@260,10@300']],
  },
  {
    what: '[absolute_2] a default that was there before lasts as long as it says',
    before: [onOne('6@0,10@60,8@120', { duration: 300 })],
    asked: [[1, 300, '6@0,10@60,8@120']],
  },
  {
    what: '[absolute_3] nothing applies after the end',
    during: [forTx('6@0,10@60,8@120', { duration: 260, transactionId: 4711 })],
    asked: [[1, 300, '6@0,10@60,8@120,48@260']],
  },
  {
    what: '[absolute_4] a default that comes during the transaction holds for it',
    during: [onOne('6@0,10@60,8@120', { duration: 300 })],
    asked: [[1, 300, '6@0,10@60,8@120']],
  },
  {
    what: '[absolute_5] [stacking_charging_profiles] the higher level wins while it lasts',
    before: [onOne('6@0,5@50,8@100,10@200', { duration: 400 }), onOne('7@0,9@100', { duration: 150, stackLevel: 1 })],
    asked: [
      [1, 350, '7@0,9@100,8@150,10@200'],
      [1, 550, '7@0,9@100,8@150,10@200,48@400'],
    ],
  },
  {
    what: '[absolute_6] [get_composite_schedule] the station is its connectors together, capped',
    before: [
      max('18@0,24@50,14@100,24@200', { duration: 800 }),
      onOne('16@0,20@100', { duration: 400 }),
      onTwo('10@0,16@100', { duration: 500 }),
    ],
    asked: [
      [0, 700, '18@0,24@50,14@100,24@200'],
      [1, 900, '16@0,14@100,20@200,24@400,48@800'],
      [2, 400, '10@0,14@100,16@200'],
    ],
  },
  {
    what: '[combined_2] a change of phases is a change',
    before: [max('10@0,20@80/2,20@160/3')],
    asked: [[0, 400, '10@0,20@80/2,20@160']],
  },
  {
    what: '[relative_1] a relative profile begins with the transaction',
    during: [forTx('16@0,20@50', { kind: 'Relative', transactionId: 4711 })],
    asked: [[1, 400, '16@0,20@50']],
  },
  {
    what: '[relative_2] the higher level of two relative defaults ends first',
    during: [
      onOne('16@0,20@100', { kind: 'Relative' }),
      onAll('10@0,6@50', { kind: 'Relative', stackLevel: 1, duration: 200 }),
    ],
    asked: [[1, 300, '10@0,6@50,20@200']],
  },
  {
    what: '[relative_3] the higher level wins, whatever the units',
    before: [
      onAll('11000@0,22000@90', { kind: 'Relative', unit: 'W', stackLevel: 1 }),
      onAll('32@0,20@6,8@12', { kind: 'Relative', stackLevel: 2 }),
    ],
    asked: [[1, 90, '32@0,20@6,8@12']],
  },
  {
    what: '[recurring_2] daily profiles come again',
    during: [
      onOne('14@0,16@5000,20@15000', { kind: 'Daily' }),
      onOne('10@0,22@10000,6@20000', { kind: 'Daily', stackLevel: 1, duration: 86_400 }),
    ],
    asked: [[1, 172_800, '10@0,22@10000,6@20000,10@86400,22@96400,6@106400']],
  },
  {
    what: '[recurring_3] weekly profiles leave the other days to the lower level',
    during: [
      onOne('14@0,16@5000,20@15000', { kind: 'Weekly' }),
      onOne('10@0,22@10000,6@20000', { kind: 'Weekly', stackLevel: 1, duration: 86_400 }),
    ],
    asked: [[1, 172_800, '10@0,22@10000,6@20000,20@86400']],
  },
];

describe('composite schedules of OCPP 1.6 over the wire', () => {
  it.each(vectors)('(case 45) $what', async ({ before = [], during = [], asked }) => {
    await open();
    for (const profile of before) expect(await set(profile)).toEqual({ status: 'Accepted' });
    await start(1);
    for (const profile of during) expect(await set(profile)).toEqual({ status: 'Accepted' });
    for (const [connectorId, duration, expected] of asked)
      expect(await composite(connectorId, duration)).toBe(expected);
    rig.clock.advance(30_000);
    for (const [connectorId, duration, expected] of asked)
      expect(await composite(connectorId, duration - 30)).toBe(moved(expected, 30));
  });

  it('(case 45) refuses a recurring profile that does not say when, or how often [recurring_1]', async () => {
    await open();
    await start(1);
    const csChargingProfiles = toProfile(onOne('6@0', { kind: 'Daily' }));
    const send = (changes: object) =>
      call('SetChargingProfile', { connectorId: 1, csChargingProfiles: { ...csChargingProfiles, ...changes } });
    const withoutStart = toProfile(onOne('6@0', { kind: 'Relative' }));
    expect(await send({ ...withoutStart, chargingProfileKind: 'Recurring' })).toEqual({ status: 'Rejected' });
    expect(await send({ recurrencyKind: undefined })).toEqual({ status: 'Rejected' });
    expect(await composite(1, 60)).toBe('48@0');
    expect(await send({})).toEqual({ status: 'Accepted' });
  });

  it('(case 45) clears a default of connector 0 on every connector [clear_charging_profiles_for_connector_0]', async () => {
    await open();
    expect(await set(onAll('10@0', { kind: 'Relative' }))).toEqual({ status: 'Accepted' });
    expect([await composite(0, 60), await composite(1, 60), await composite(2, 60)]).toEqual(['20@0', '10@0', '10@0']);
    const clear = () =>
      call('ClearChargingProfile', { connectorId: 0, chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 });
    expect(await clear()).toEqual({ status: 'Accepted' });
    expect([await composite(0, 60), await composite(1, 60), await composite(2, 60)]).toEqual(['96@0', '48@0', '48@0']);
    expect(await clear()).toEqual({ status: 'Unknown' });
  });
});

describe('central smart charging of OCPP 1.6 over the wire', () => {
  it('holds a transaction to a default that was there before it [central_charging_tx_default_profile]', async () => {
    await open();
    expect(await set(onOne('10@0,8@120', { kind: 'Relative' }))).toEqual({ status: 'Accepted' });
    await start(1);
    rig.clock.advance(60_000);
    expect(flowing()).toEqual([10, 10, 10]);
    rig.clock.advance(60_000);
    expect(flowing()).toEqual([8, 8, 8]);
    expect(await composite(1, 60)).toBe('8@0');
  });

  it('holds a running transaction to a default, until it has a profile of its own [central_charging_tx_default_profile_ongoing_transaction]', async () => {
    await open();
    await start(1);
    rig.clock.advance(60_000);
    expect(flowing()).toEqual([16, 16, 16]);
    expect(await set(onOne('10@0'))).toEqual({ status: 'Accepted' });
    expect(flowing()).toEqual([10, 10, 10]);
    expect(await composite(1, 60)).toBe('10@0');
    expect(await set(forTx('7@0', { transactionId: 4711 }))).toEqual({ status: 'Accepted' });
    expect(flowing()).toEqual([7, 7, 7]);
    rig.host.unplug(1);
    await rig.csms.next('StopTransaction');
    expect(await composite(1, 60)).toBe('10@0');
  });

  it('refuses a transaction profile where none runs, and for another one [central_charging_no_transaction] [central_charging_wrong_tx_id]', async () => {
    await open();
    expect(await set(forTx('7@0'))).toEqual({ status: 'Rejected' });
    await start(1);
    expect(await set(forTx('7@0', { transactionId: 4712 }))).toEqual({ status: 'Rejected' });
    expect(await composite(1, 60)).toBe('48@0');
  });

  it('starts with the profile that came with a remote start, and refuses what is none for a transaction [remote_start_tx_with_profile] [remote_start_tx_with_profile_rejected]', async () => {
    await open();
    const remoteStart = (profile: Profile) =>
      call('RemoteStartTransaction', { connectorId: 1, idTag: 'CARD1', chargingProfile: toProfile(profile) });
    expect(await remoteStart(onOne('9@0', { kind: 'Relative' }))).toEqual({ status: 'Rejected' });
    expect(await remoteStart(forTx('9@0', { kind: 'Relative' }))).toEqual({ status: 'Accepted' });
    const confirmed = once(rig.station.events, 'transactionConfirmed');
    rig.host.plug(1, { soc: 20 });
    await confirmed;
    rig.clock.advance(60_000);
    expect(flowing()).toEqual([9, 9, 9]);
    expect(await composite(1, 60)).toBe('9@0');
  });
});

/** What `8@0,10@50` is some seconds later: what is over by then is gone. */
function moved(schedule: string, seconds: number): string {
  const later = schedule.replaceAll(/@(\d+)/g, (_, second: string) => `@${Math.max(0, Number(second) - seconds)}`);
  const periods = later.split(',');
  return periods.slice(periods.findLastIndex((period) => /@0(\/|$)/.test(period))).join(',');
}
