import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  type Arrival,
  type HostEvents,
  type ScheduleOffer,
  type PowerLimit,
  type StationVersion,
} from '../src/index.ts';
import { openInterface, type InterfaceRig, type InterfaceRigOptions } from './interface-rig.ts';
import { advanceUntil } from './rig.ts';

/** A station whose host tells what it is told, and can tell what no simulated one does. */
interface Rig extends InterfaceRig {
  host: InterfaceRig['host'];
  events: HostEvents;
  limits: [evseId: number, limit: PowerLimit | undefined][];
}

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function open(version: StationVersion, options: InterfaceRigOptions = {}): Promise<Rig> {
  const heard: { events?: HostEvents } = {};
  const limits: Rig['limits'] = [];
  const rig = await openInterface({ versions: [version], evses: 1, ...options });
  const { attach, limit } = rig.host;
  Object.assign(rig.host, {
    attach(events: HostEvents) {
      heard.events = events;
      attach.call(rig.host, events);
    },
    limit(evseId: number, told: PowerLimit | undefined) {
      limits.push([evseId, told]);
      limit.call(rig.host, evseId, told);
    },
  });
  closing.push(() => rig.close());
  await rig.start();
  if (!heard.events) throw new Error('the host was not attached');
  return { ...rig, events: heard.events, limits };
}

async function charge(rig: Rig, evseId = 1, arrival: Arrival = {}): Promise<string> {
  const started = rig.next('ocpp_transaction_event', { transaction_event: 'Started' });
  rig.host.plug(evseId, arrival);
  rig.host.presentToken(evseId, `CARD${evseId}`);
  await started;
  return rig.station.transactionOn(evseId)?.id ?? '';
}

/** What the host was told last, A by EVSE. */
const amperes = ({ limits }: Rig) => Object.fromEntries(limits.map(([evseId, limit]) => [evseId, limit?.currentA]));

const toProfile = (limit: number, more: object = {}) => ({
  id: 1,
  stackLevel: 1,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Relative',
  chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] }],
  ...more,
});

const scheduleOf = (id: number, limit: number) => ({
  id,
  chargingRateUnit: 'A',
  chargingSchedulePeriod: [{ startPeriod: 0, limit }],
});

const absolutePriceSchedule = {
  timeAnchor: '2026-01-01T00:00:00Z',
  priceScheduleID: 1,
  currency: 'EUR',
  language: 'en',
  priceAlgorithm: 'urn:iso:std:iso:15118:-20:PriceAlgorithm:1-Power',
  priceRuleStacks: [
    {
      duration: 3600,
      priceRule: [{ energyFee: { exponent: -2, value: 30 }, powerRangeStart: { exponent: 0, value: 0 } }],
    },
  ],
};

const priceLevelSchedule = {
  timeAnchor: '2026-01-01T00:00:00Z',
  priceScheduleId: 2,
  numberOfPriceLevels: 3,
  priceLevelScheduleEntries: [{ duration: 3600, priceLevel: 1 }],
};

const salesTariff = {
  id: 3,
  numEPriceLevels: 1,
  salesTariffEntry: [{ relativeTimeInterval: { start: 0, duration: 3600 }, ePriceLevel: 1 }],
};

const maximum = (limit: number) => ({
  evseId: 0,
  chargingProfile: {
    ...toProfile(limit, {
      id: 9,
      chargingProfilePurpose: 'ChargingStationMaxProfile',
      chargingProfileKind: 'Absolute',
    }),
    chargingSchedule: [
      {
        id: 1,
        chargingRateUnit: 'A',
        startSchedule: '2020-01-01T00:00:00Z',
        chargingSchedulePeriod: [{ startPeriod: 0, limit }],
      },
    ],
  },
});

const maximum16 = (limit: number) => ({
  connectorId: 0,
  csChargingProfiles: {
    chargingProfileId: 9,
    stackLevel: 1,
    chargingProfilePurpose: 'ChargePointMaxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: {
      chargingRateUnit: 'A',
      startSchedule: '2020-01-01T00:00:00Z',
      chargingSchedulePeriod: [{ startPeriod: 0, limit }],
    },
  },
});

const set = (rig: Rig, chargingProfile: object, evseId = 1) =>
  rig.csms.call('CP1', 'SetChargingProfile', { evseId, chargingProfile });

const limitIn = (limit: number) => ({
  schedules: expect.arrayContaining([
    expect.objectContaining({ evse: 1, charging_schedule_period: [expect.objectContaining({ limit })] }),
  ]),
});

/** The next of these messages whose fields are so. */
async function eventually(rig: Rig, action: string, fields: object): Promise<object> {
  const pattern = expect.objectContaining(fields);
  for (;;) {
    const request = await rig.csms.next(action);
    if (pattern.asymmetricMatch(request)) return request;
  }
}

const ems = { source: 'EMS', evseId: 1, unit: 'A' } as const;

/** The profiles that the CSMS gets when it asks for all. */
async function reported({ csms }: Rig): Promise<object> {
  const report = csms.next('ReportChargingProfiles');
  await csms.call('CP1', 'GetChargingProfiles', { requestId: 1, chargingProfile: {} });
  return report;
}

/** When the second period of the composite schedule of EVSE 1 begins. */
async function secondPeriod({ csms }: Rig): Promise<number> {
  const answer = await csms.call('CP1', 'GetCompositeSchedule', { evseId: 1, duration: 8000 });
  expect(answer).toMatchObject({ schedule: { chargingSchedulePeriod: [{ limit: 7 }, { limit: 8 }] } });
  const text = JSON.stringify(answer);
  const [, start = ''] = /"scheduleStart":"([^"]+)"/.exec(text) ?? [];
  const [, seconds] = /"startPeriod":([1-9]\d*)/.exec(text) ?? [];
  return Date.parse(start) + Number(seconds) * 1000;
}

describe('smart charging that goes on by itself', () => {
  it('keeps profiles over a restart', async () => {
    const store = createMemoryStore();
    const before = await open('2.0.1', { store });
    expect(await set(before, toProfile(9))).toEqual({ status: 'Accepted' });
    for (const close of closing.splice(0)) await close();
    const after = await open('2.0.1', { store });
    expect(await after.next('charging_schedules', limitIn(9))).toBeDefined();
    await charge(after);
    expect(after.limits.at(-1)).toMatchObject([1, { currentA: 9 }]);
  });

  it.each(['1.6', '2.0.1', '2.1'] as const)(
    'shares the maximum of the station among those that charge in %s',
    async (version) => {
      const rig = await open(version, { evses: 3 });
      await rig.csms.call('CP1', 'SetChargingProfile', version === '1.6' ? maximum16(20) : maximum(20));
      await charge(rig, 1, { soc: 79, targetSoc: 80 });
      expect(amperes(rig)).toEqual({ 1: 20 });
      await charge(rig, 2, { soc: 10 });
      expect(amperes(rig)).toEqual({ 1: 10, 2: 10 });
      await charge(rig, 3, { soc: 10 });
      expect(amperes(rig)).toEqual({ 1: 6.6, 2: 6.6, 3: 6.6 });
      rig.host.unplug(3);
      expect(amperes(rig)).toEqual({ 1: 10, 2: 10, 3: undefined });
      rig.clock.advance(3_600_000);
      expect(amperes(rig)).toEqual({ 1: 6, 2: 14, 3: undefined });
      rig.host.unplug(1);
      expect(amperes(rig)).toEqual({ 1: undefined, 2: 20, 3: undefined });
    },
  );

  it('follows the clocks on the wall, in summer and in winter (2.1 useLocalTime)', async () => {
    const settings = { 'ClockCtrlr.TimeZone': 'Europe/Oslo' };
    const rig = await open('2.1', { settings });
    const chargingSchedulePeriod = [7, 8].map((limit, i) => ({ startPeriod: i * 3600, limit }));
    const startSchedule = '2026-01-01T06:00:00+09:00';
    const profile = toProfile(0, {
      chargingProfileKind: 'Recurring',
      recurrencyKind: 'Daily',
      chargingSchedule: [
        { id: 1, chargingRateUnit: 'A', useLocalTime: true, startSchedule, duration: 7200, chargingSchedulePeriod },
      ],
    });
    expect(await set(rig, profile)).toEqual({ status: 'Accepted' });
    await charge(rig);
    // 06:00 in Oslo is 05:00 at UTC until 29 March 2026, 01:00, and 04:00 from then on.
    const at = async (time: string) => {
      rig.clock.setTime(time);
      rig.clock.advance(60_000);
      return amperes(rig)[1];
    };
    expect(await at('2026-03-28T04:58:00Z')).toBe(32);
    expect(await at('2026-03-28T05:00:00Z')).toBe(7);
    expect(await at('2026-03-29T03:58:00Z')).toBe(32);
    expect(await at('2026-03-29T04:00:00Z')).toBe(7);
    expect(await at('2026-03-29T05:00:00Z')).toBe(8);
    expect(await at('2026-03-29T06:00:00Z')).toBe(32);
    expect(await reported(rig)).toMatchObject({
      chargingProfile: [{ chargingSchedule: [{ useLocalTime: true, startSchedule: '2026-01-01T06:00:00.000Z' }] }],
    });
  });

  it('delays the periods of a transaction at random, and the same after a restart (2.1 K01.FR.93)', async () => {
    const [store, can] = [createMemoryStore(), { resumes: () => true }];
    const before = await open('2.1', { store, can });
    const chargingSchedulePeriod = [7, 8].map((limit, i) => ({ startPeriod: i * 60, limit }));
    const chargingSchedule = [{ id: 1, chargingRateUnit: 'A', randomizedDelay: 3600, chargingSchedulePeriod }];
    expect(await set(before, toProfile(0, { chargingSchedule }))).toEqual({ status: 'Accepted' });
    const id = await charge(before);
    const begin = before.clock.now().getTime();
    const drawn = await secondPeriod(before);
    expect(drawn - begin).toBeGreaterThan(62_000);
    expect(drawn - begin).toBeLessThan(3_662_000);
    for (const close of closing.splice(0)) await close();
    const after = await open('2.1', { store, can });
    expect(after.station.transactionOn(1)?.id).toBe(id);
    expect(Math.abs((await secondPeriod(after)) - drawn)).toBeLessThan(1001);
  });

  it('allows less from a state of charge on (2.1 limitAtSoC)', async () => {
    const rig = await open('2.1');
    const [schedule] = toProfile(16).chargingSchedule;
    const chargingSchedule = [{ ...schedule, limitAtSoC: { soc: 21, limit: 8 } }];
    expect(await set(rig, toProfile(0, { chargingSchedule }))).toEqual({ status: 'Accepted' });
    await charge(rig, 1, { soc: 20 });
    expect(amperes(rig)).toEqual({ 1: 16 });
    while (rig.host.socOf(1) < 21) {
      expect(amperes(rig)).toEqual({ 1: 16 });
      rig.clock.advance(1000);
    }
    rig.clock.advance(1000);
    expect(amperes(rig)).toEqual({ 1: 8 });
    rig.clock.advance(120_000);
    expect(amperes(rig)).toEqual({ 1: 8 });
  });

  it('lets an EVSE sleep, and wakes it (2.1 Q10)', async () => {
    const rig = await open('2.1');
    const chargingSchedulePeriod = [
      { startPeriod: 0, limit: 16 },
      { startPeriod: 60, operationMode: 'Idle', evseSleep: true },
      { startPeriod: 120, limit: 16 },
    ];
    const chargingSchedule = [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod }];
    expect(await set(rig, toProfile(0, { chargingSchedule }))).toEqual({ status: 'Accepted' });
    await charge(rig, 1, { soc: 20 });
    rig.clock.advance(59_000);
    expect(rig.host.meter(1).powerW).toBeGreaterThan(0);
    rig.clock.advance(2_000);
    expect(rig.limits.at(-1)).toMatchObject([1, { currentA: 0, evseSleep: true, operationMode: 'Idle' }]);
    expect(rig.host.meter(1)).toMatchObject({ powerW: 0, offeredA: 0 });
    rig.clock.advance(60_000);
    expect(rig.limits.at(-1)).toMatchObject([1, { currentA: 16, evseSleep: undefined }]);
    expect(rig.host.meter(1).powerW).toBe(0);
    rig.clock.advance(30_000);
    expect(rig.host.meter(1).powerW).toBeGreaterThan(0);
  });

  it('hands schedules with their prices to the vehicle, follows its choice, and reports them as they came (2.1 K18)', async () => {
    const offers: [number, ScheduleOffer][] = [];
    const offerSchedules = (evseId: number, offer: ScheduleOffer) => offers.push([evseId, offer]);
    const can = { offerSchedules, resumes: () => true };
    const store = createMemoryStore();
    const rig = await open('2.1', { can, store });
    const transactionId = await charge(rig);
    expect(offers).toMatchObject([[1, { schedules: [{ id: 1, unit: 'W', periods: [{ limit: { value: 22_080 } }] }] }]]);
    const chargingSchedule = [
      { ...scheduleOf(11, 10), absolutePriceSchedule, powerTolerance: 5, signatureId: 1, digestValue: 'aGFzaA==' },
      { ...scheduleOf(12, 20), priceLevelSchedule },
      { ...scheduleOf(13, 30), salesTariff },
    ];
    const priceScheduleSignature = 'c2lnbmF0dXJl';
    const purpose = { chargingProfilePurpose: 'TxProfile', transactionId };
    const profile = toProfile(0, { ...purpose, chargingSchedule, priceScheduleSignature });
    expect(await set(rig, profile)).toEqual({ status: 'Accepted' });
    const schedules = [
      { id: 11, unit: 'A', periods: [{ limit: { value: 10 } }], pricing: { absolutePriceSchedule, signatureId: 1 } },
      { id: 12, periods: [{ limit: { value: 20 } }], pricing: { priceLevelSchedule } },
      { id: 13, periods: [{ limit: { value: 30 } }], pricing: { salesTariff } },
    ];
    expect(offers.slice(1)).toMatchObject([[1, { priceScheduleSignature, schedules }]]);
    expect(amperes(rig)).toEqual({ 1: 10 });
    const schedule = { id: 1, unit: 'W', periods: [{ startPeriod: 0, limit: 4600 }] } as const;
    rig.csms.answer('NotifyEVChargingSchedule', () => ({ status: 'Accepted' }));
    rig.events.chargingSchedule({ evseId: 1, timeBase: rig.clock.now(), schedule, selectedScheduleId: 12 });
    expect(amperes(rig)).toEqual({ 1: 20 });
    expect(offers).toHaveLength(2);
    await rig.csms.next('NotifyEVChargingSchedule');
    for (const close of closing.splice(0)) await close();
    expect(await reported(await open('2.1', { store, can }))).toMatchObject({ chargingProfile: [profile] });
  });

  it('reports the sales tariff of a schedule in 2.0.1', async () => {
    const rig = await open('2.0.1');
    const transactionId = await charge(rig);
    const purpose = { chargingProfilePurpose: 'TxProfile', transactionId };
    const profile = toProfile(0, { ...purpose, chargingSchedule: [{ ...scheduleOf(13, 30), salesTariff }] });
    expect(await set(rig, profile)).toEqual({ status: 'Accepted' });
    expect(await reported(rig)).toMatchObject({ chargingProfile: [profile] });
  });

  it('holds whoever takes energy to the maximum, also before a transaction begins', async () => {
    const settings = { 'TxCtrlr.TxStartPoint': 'EnergyTransfer', 'TxCtrlr.TxStopPoint': 'EnergyTransfer,EVConnected' };
    const rig = await open('2.0.1', { settings });
    await rig.csms.call('CP1', 'SetChargingProfile', maximum(10));
    rig.host.plug(1);
    const authorized = rig.csms.next('Authorize');
    rig.host.presentToken(1, 'CARD1');
    await authorized;
    await expect.poll(() => amperes(rig)).toEqual({ 1: 10 });
    expect(rig.station.transactionOn(1)).toBeUndefined();
  });

  it('forgets the profile of a transaction with the transaction', async () => {
    const rig = await open('2.0.1');
    const transactionId = await charge(rig);
    await set(rig, toProfile(8, { chargingProfilePurpose: 'TxProfile', transactionId }));
    expect(await rig.next('charging_schedules', limitIn(8))).toBeDefined();
    rig.host.unplug(1);
    expect(await rig.next('charging_schedules', limitIn(32))).toBeDefined();
  });

  it.each(['2.0.1', '2.1'] as const)(
    'limits by an energy manager, and tells the CSMS (K12, K13) in %s',
    async (version) => {
      const rig = await open(version);
      await charge(rig);
      rig.events.externalLimit({ ...ems, periods: [{ startPeriod: 0, limit: 10 }] });
      expect(await rig.csms.next('NotifyChargingLimit')).toMatchObject({
        evseId: 1,
        chargingLimit: { chargingLimitSource: 'EMS' },
      });
      await eventually(rig, 'TransactionEvent', { triggerReason: 'ChargingRateChanged' });
      expect(rig.limits.at(-1)).toMatchObject([1, { currentA: 10 }]);
      rig.events.externalLimitCleared(ems);
      expect(await rig.csms.next('ClearedChargingLimit')).toMatchObject({ evseId: 1, chargingLimitSource: 'EMS' });
      await eventually(rig, 'TransactionEvent', { triggerReason: 'ChargingRateChanged' });
      expect(rig.limits.at(-1)).toEqual([1, undefined]);
    },
  );

  it('limits by an energy manager in 1.6, of which the CSMS hears nothing', async () => {
    const rig = await open('1.6');
    await charge(rig);
    rig.events.externalLimit({ ...ems, evseId: 0, periods: [{ startPeriod: 0, limit: 10 }] });
    rig.events.externalLimit({ ...ems, evseId: 7, periods: [{ startPeriod: 0, limit: 1 }] });
    expect(rig.limits.at(-1)).toMatchObject([1, { currentA: 10 }]);
    expect(() => rig.events.externalLimit({ ...ems, periods: [] })).toThrow(RangeError);
    expect(rig.csms.received.map(({ action }) => action)).not.toContain('NotifyChargingLimit');
  });

  it('counts a profile for a while without connection, and then no more (2.1 maxOfflineDuration)', async () => {
    const rig = await open('2.1', { backOff: { minimumMs: 120_000, rangeMs: 0 } });
    await charge(rig);
    await set(rig, toProfile(7, { maxOfflineDuration: 60, invalidAfterOfflineDuration: true }));
    expect(rig.limits.at(-1)).toMatchObject([1, { currentA: 7 }]);
    const lost = once(rig.station.events, 'disconnected');
    await rig.csms.disconnect();
    await lost;
    rig.clock.advance(59_000);
    expect(rig.limits.at(-1)).toMatchObject([1, { currentA: 7 }]);
    rig.clock.advance(2_000);
    expect(rig.limits.at(-1)).not.toMatchObject([1, { currentA: 7 }]);
    await advanceUntil(rig.clock, once(rig.station.events, 'accepted'), 1000);
    expect(await rig.csms.call('CP1', 'GetChargingProfiles', { requestId: 1, chargingProfile: {} })).toEqual({
      status: 'NoProfiles',
    });
  });

  it('pulls dynamic profiles as long as the CSMS listens (K28)', async () => {
    const rig = await open('2.1');
    rig.csms.answer('PullDynamicScheduleUpdate', () => ({ status: 'Accepted', scheduleUpdate: { limit: 11 } }));
    const transactionId = await charge(rig);
    const profile = toProfile(9, {
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Dynamic',
      dynUpdateInterval: 30,
      transactionId,
    });
    expect(await set(rig, profile)).toEqual({ status: 'Accepted' });
    expect(rig.limits.at(-1)).toMatchObject([1, { currentA: 9 }]);
    rig.clock.advance(30_000);
    expect(await rig.csms.next('PullDynamicScheduleUpdate')).toEqual({ chargingProfileId: 1 });
    expect(await rig.next('charging_schedules', limitIn(11))).toBeDefined();
    expect(rig.limits.at(-1)).toMatchObject([1, { currentA: 11 }]);
    await rig.station.stop();
    const { length } = rig.csms.received;
    rig.clock.advance(300_000);
    expect(rig.csms.received).toHaveLength(length);
  });

  it('gives priority to whom asks for it at the station (K22)', async () => {
    const rig = await open('2.1');
    const transactionId = await charge(rig);
    expect(rig.events.priorityRequested(1, 'on')).toBe(false);
    await set(rig, toProfile(6));
    await set(rig, toProfile(30, { id: 2, chargingProfilePurpose: 'PriorityCharging' }));
    expect(rig.events.priorityRequested(1, 'on')).toBe(true);
    expect(await rig.csms.next('NotifyPriorityCharging')).toEqual({ transactionId, activated: true });
    expect(rig.limits.at(-1)).toMatchObject([1, { currentA: 30 }]);
    expect(rig.events.priorityRequested(2, 'on')).toBe(false);
  });

  it.each(['2.0.1', '2.1'] as const)(
    'tells what the vehicle needs and plans, and the answer (K15 to K17) in %s',
    async (version) => {
      const answered = Promise.withResolvers<unknown[]>();
      const can = { chargingNeedsAnswered: (...args: unknown[]) => answered.resolve(args) };
      const rig = await open(version, { can });
      rig.csms.answer('NotifyEVChargingNeeds', () => ({ status: 'Rejected' }));
      rig.csms.answer('NotifyEVChargingSchedule', () => ({ status: 'Accepted' }));
      await charge(rig);
      rig.events.chargingNeeds({ evseId: 1, requestedEnergyTransfer: 'DC' });
      expect(await rig.csms.next('NotifyEVChargingNeeds')).toMatchObject({
        evseId: 1,
        chargingNeeds: { requestedEnergyTransfer: 'DC' },
      });
      expect(await answered.promise).toEqual([1, 'Rejected']);
      const schedule = { id: 1, unit: 'A', periods: [{ startPeriod: 0, limit: 16 }] } as const;
      rig.events.chargingSchedule({ evseId: 1, timeBase: rig.clock.now(), schedule });
      expect(await rig.csms.next('NotifyEVChargingSchedule')).toMatchObject({ chargingSchedule: { id: 1 } });
    },
  );

  it('leaves the limit of what charges when the interface is stopped', async () => {
    const rig = await open('2.0.1');
    await charge(rig);
    await set(rig, toProfile(9));
    await rig.ocpp.stop();
    expect(rig.limits).toMatchObject([[1, { currentA: 9 }]]);
  });

  it('looks at its schedules again when the clock was set', async () => {
    const can = { setTime: () => undefined };
    const rig = await open('2.0.1', { can });
    const { length } = rig.published('charging_schedules');
    const currentTime = new Date(rig.clock.now().getTime() + 3_600_000).toISOString();
    rig.csms.answer('Heartbeat', () => ({ currentTime }));
    const changed = once(rig.station.events, 'profilesChanged');
    await advanceUntil(rig.clock, changed, 10_000);
    await rig.next('charging_schedules');
    expect(rig.published('charging_schedules').length).toBeGreaterThan(length);
  });
});
