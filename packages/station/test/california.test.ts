import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { PriceNotice, StationVersion } from '../src/index.ts';
import { advanceTo, advanceUntil, openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;
let shown: PriceNotice[];

async function open(version: StationVersion, options: RigOptions = {}): Promise<Rig> {
  shown = [];
  const charger = { ...options.charger, showPrice: (notice: PriceNotice) => void shown.push(notice) };
  const settings = { 'SampledDataCtrlr.TxUpdatedInterval': '0', ...options.settings };
  rig = await openRig(version, { ...options, charger, settings });
  return rig;
}

afterEach(() => rig.close());

const ofKind = (kind: PriceNotice['kind']) => shown.filter((notice) => notice.kind === kind);

async function start(): Promise<void> {
  const started = once(rig.station.events, 'transactionStarted');
  rig.host.plug(1, { soc: 40 });
  rig.host.presentToken(1, 'CARD1');
  await started;
  await expect.poll(() => rig.station.queuedMessages).toBe(0);
}

const vendorId = 'org.openchargealliance.costmsg';

const tell = (messageId: string, data: object) =>
  rig.csms.call('CP1', 'DataTransfer', { vendorId, messageId, data: JSON.stringify(data) });

const priceTextExtra = [{ format: 'UTF8', language: 'nl', content: '€0.12/kWh' }];
const userPrice = { idToken: 'CARD1', priceText: 'GBP 0.12/kWh', priceTextExtra };
const messages = [{ content: 'GBP 0.12/kWh' }, ...priceTextExtra];

const running = {
  transactionId: 4711,
  timestamp: '2026-01-01T10:00:00Z',
  meterValue: 1_234_000,
  cost: 1.345,
  state: 'Charging',
  chargingPrice: { kWhPrice: 0.123, hourPrice: 2, flatFee: 42.42 },
  idlePrice: { graceMinutes: 30, hourPrice: 1 },
  nextPeriod: { atTime: '2026-01-01T12:00:00Z', chargingPrice: { kWhPrice: 0.1 }, idlePrice: { hourPrice: 0.5 } },
};

const finalCost = { transactionId: 4711, cost: 3.31, priceText: 'GBP 3.31', qrCodeText: 'https://www.example.org/1' };

describe('prices in OCPP 1.6 (California pricing)', () => {
  it('are shown for a token that nobody has presented [cost_and_price_set_user_price_no_transaction]', async () => {
    await open('1.6');
    expect(await tell('SetUserPrice', userPrice)).toEqual({ status: 'Accepted' });
    expect(ofKind('User')).toMatchObject([{ idToken: { idToken: 'CARD1' }, messages }]);
  });

  it('need a token [cost_and_price_set_user_price_no_transaction_no_id_token]', async () => {
    await open('1.6');
    expect(await tell('SetUserPrice', { priceText: 'x' })).toEqual({ status: 'Rejected' });
  });

  it('are shown for whoever charges [cost_and_price_set_user_price_with_transaction]', async () => {
    const { station } = await open('1.6');
    await start();
    expect(await tell('SetUserPrice', userPrice)).toEqual({ status: 'Accepted' });
    expect(ofKind('User').at(-1)).toMatchObject({ evseId: 1, transactionId: station.transactionOn(1)?.id, messages });
  });

  it('are those for everybody when none comes in time (case 48) [cost_and_price_set_user_price_timeout]', async () => {
    const { clock } = await open('1.6', {
      settings: {
        'OCPP16LegacyCtrlr.WaitForSetUserPriceTimeout': '2000',
        'OCPP16LegacyCtrlr.DefaultPrice': JSON.stringify({ priceText: 'for all', chargingPrice: { kWhPrice: 0.5 } }),
        'OCPP16LegacyCtrlr.DefaultPriceText': JSON.stringify({
          priceTexts: [{ priceText: 'voor allen', priceTextOffline: 'zonder net', language: 'nl' }],
        }),
      },
    });
    await start();
    expect(ofKind('User')).toEqual([]);
    clock.advance(2000);
    expect(ofKind('User')).toMatchObject([
      {
        evseId: 1,
        idToken: { idToken: 'CARD1' },
        messages: [{ content: 'for all' }, { content: 'voor allen', language: 'nl' }],
      },
    ]);
  });

  it('have a text in each language of the station [cost_and_price_set_price_text]', async () => {
    const { csms } = await open('1.6', { settings: { 'OCPP16LegacyCtrlr.SupportedLanguages': 'en,de' } });
    const get = (...key: string[]) => csms.call('CP1', 'GetConfiguration', { key });
    const set = (key: string, value: object) =>
      csms.call('CP1', 'ChangeConfiguration', { key, value: JSON.stringify(value) });
    const empty = (key: string) => ({ key, readonly: false, value: '' });
    const german = {
      priceText: '€0.15 / kWh, Leerlaufgebühr: 1 $/hr',
      priceTextOffline: 'Laden ist für €0,15/kWh möglich',
    };
    expect(await get('DefaultPriceText,de')).toEqual({ configurationKey: [empty('DefaultPriceText,de')] });
    expect(await set('DefaultPriceText,de', { priceText: 'alt' })).toEqual({ status: 'Accepted' });
    expect(await set('DefaultPriceText,en', { priceText: 'soon' })).toEqual({ status: 'Accepted' });
    expect(await set('DefaultPriceText,de', german)).toEqual({ status: 'Accepted' });
    expect(await get('DefaultPriceText,de')).toEqual({
      configurationKey: [{ ...empty('DefaultPriceText,de'), value: JSON.stringify(german) }],
    });
    expect(await set('DefaultPriceText,fr', { priceText: '0,15 €' })).toEqual({ status: 'Rejected' });
    expect(await set('DefaultPriceText,de', { priceTextOffline: 'x' })).toEqual({ status: 'Rejected' });
    expect(await get('DefaultPriceText,fr')).toEqual({ configurationKey: [empty('DefaultPriceText,fr')] });
    expect(ofKind('Default').at(-1)?.messages).toEqual([
      { content: 'soon', language: 'en' },
      { content: german.priceText, language: 'de' },
    ]);
  });

  it('have no languages where the station names none', async () => {
    const { csms } = await open('1.6');
    const key = 'DefaultPriceText,de';
    expect(await csms.call('CP1', 'GetConfiguration', { key: [key] })).toEqual({ unknownKey: [key] });
    const change = { key, value: '{"priceText":"x"}' };
    expect(await csms.call('CP1', 'ChangeConfiguration', change)).toEqual({ status: 'NotSupported' });
  });

  it('need a transaction for what it costs [cost_and_price_running_cost_no_transaction] [cost_and_price_final_cost_no_transaction] [cost_and_price_running_cost_wrong_transaction] [cost_and_price_final_cost_with_transaction_not_found]', async () => {
    await open('1.6');
    expect(await tell('RunningCost', running)).toEqual({ status: 'Rejected' });
    expect(await tell('FinalCost', finalCost)).toEqual({ status: 'Rejected' });
    await start();
    expect(await tell('RunningCost', { ...running, transactionId: 42 })).toEqual({ status: 'Rejected' });
    expect(await tell('FinalCost', { ...finalCost, transactionId: 42 })).toEqual({ status: 'Rejected' });
  });

  it('are told while it runs [cost_and_price_running_cost]', async () => {
    const { station } = await open('1.6');
    await start();
    expect(await tell('RunningCost', running)).toEqual({ status: 'Accepted' });
    expect(ofKind('Running')).toMatchObject([
      {
        transactionId: station.transactionOn(1)?.id,
        cost: 1.345,
        details: {
          meterWh: 1_234_000,
          chargingPrice: running.chargingPrice,
          idlePrice: running.idlePrice,
          nextPeriod: { at: new Date('2026-01-01T12:00:00Z'), idlePrice: { hourPrice: 0.5 } },
        },
      },
    ]);
  });

  it('are final before and after the end [cost_and_price_final_cost_with_transaction] [cost_and_price_final_cost_after_transaction]', async () => {
    const { csms, host, station } = await open('1.6');
    await start();
    expect(await tell('FinalCost', finalCost)).toEqual({ status: 'Accepted' });
    host.presentToken(1, 'CARD1');
    await csms.next('StopTransaction');
    await expect.poll(() => station.queuedMessages).toBe(0);
    expect(await tell('FinalCost', finalCost)).toEqual({ status: 'Accepted' });
    const notice = { cost: 3.31, messages: [{ content: 'GBP 3.31' }], qrCode: 'https://www.example.org/1' };
    expect(ofKind('Final')).toMatchObject([notice, notice]);
  });

  it('are asked for with an unknown message', async () => {
    await open('1.6');
    expect(await tell('Discount', {})).toEqual({ status: 'UnknownMessageId' });
  });
});

describe('meter values that the CSMS wants for a price', () => {
  const order = async (version: StationVersion, triggerMeterValue: object) => {
    const { csms, station } = rig;
    if (version === '1.6') return tell('RunningCost', { ...running, triggerMeterValue });
    const transactionId = station.transactionOn(1)?.id;
    const customData = { vendorId, triggerMeterValue };
    return csms.call('CP1', 'CostUpdated', { totalCost: 1.345, transactionId, customData });
  };

  const count = () => rig.csms.received.filter(({ action }) => action === 'MeterValues').length;

  describe.each<StationVersion>(['1.6', '2.0.1'])('in OCPP %s', (version) => {
    it('come at a time [running_cost_trigger_time] [cost_and_price_running_cost_trigger_time]', async () => {
      const { clock, csms } = await open(version);
      await start();
      await order(version, { atTime: new Date(clock.now().getTime() + 3000).toISOString() });
      clock.advance(2000);
      expect(count()).toBe(0);
      clock.advance(1000);
      const values = await csms.next('MeterValues');
      expect(JSON.stringify(values)).toContain('"context":"Other"');
      clock.advance(60_000);
      expect(count()).toBe(1);
    });

    it('come at an amount of energy [running_cost_trigger_energy] [cost_and_price_running_cost_trigger_energy]', async () => {
      const { clock, csms, host } = await open(version);
      await start();
      await order(version, { atEnergykWh: (host.meter(1).energyWh + 100) / 1000 });
      clock.advance(60_000);
      await csms.next('MeterValues');
      expect(count()).toBe(1);
    });

    it('come when the power crosses a line, and not when it flutters [running_cost_trigger_power] [cost_and_price_running_cost_trigger_power]', async () => {
      const power = { W: 1000 };
      const meter = () => ({ energyWh: 1, powerW: power.W, currentsA: [], voltagesV: [] });
      const { clock, csms } = await open(version, { charger: { meter } });
      await start();
      await order(version, { atPowerkW: 8 });
      const at = async (watts: number, times: number) => {
        power.W = watts;
        clock.advance(2000);
        await csms.call('CP1', version === '1.6' ? 'GetConfiguration' : 'GetTransactionStatus', {});
        expect(count()).toBe(times);
      };
      await at(10_000, 1);
      await at(7990, 1);
      await at(7200, 2);
      await at(7990, 2);
    });
  });

  it('come at a status of 1.6, also after the end [cost_and_price_running_cost_trigger_cp_status]', async () => {
    const { csms, host } = await open('1.6');
    await start();
    await order('1.6', { atCPStatus: ['Finishing', 'Available'] });
    host.presentToken(1, 'CARD1');
    await csms.next('MeterValues');
    host.unplug(1);
    await csms.next('MeterValues');
    expect(count()).toBe(2);
  });

  it('do not come at a status of whoever charges next', async () => {
    const { csms, host, station } = await open('1.6');
    await start();
    await order('1.6', { atCPStatus: ['SuspendedEVSE', 'Finishing'] });
    host.presentToken(1, 'CARD1');
    await csms.next('MeterValues');
    host.unplug(1);
    await start();
    const chargingSchedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 0 }] };
    await csms.call('CP1', 'SetChargingProfile', {
      connectorId: 1,
      csChargingProfiles: {
        chargingProfileId: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule,
      },
    });
    await advanceTo(rig.clock, () => station.statusOf(1) === 'SuspendedEVSE');
    await csms.call('CP1', 'TriggerMessage', { requestedMessage: 'Heartbeat' });
    await csms.next('Heartbeat');
    expect(count()).toBe(1);
  });
});

describe('prices in OCPP 2.0.1', () => {
  it('come with the answers to a transaction [set_running_cost]', async () => {
    const { csms, host, station } = await open('2.0.1', {
      prepare: (central) =>
        central.answer('TransactionEvent', () => ({
          totalCost: 3.13,
          updatedPersonalMessage: { format: 'UTF8', language: 'en', content: '$2.81' },
          customData: { vendorId: 'org.openchargealliance.org.qrcode', qrCodeText: 'https://www.example.org/1' },
        })),
    });
    await start();
    const transactionId = station.transactionOn(1)?.id;
    const notice = {
      cost: 3.13,
      transactionId,
      messages: [{ content: '$2.81', language: 'en' }],
      qrCode: 'https://www.example.org/1',
    };
    expect(ofKind('Running')).toMatchObject([notice]);
    host.unplug(1);
    await expect.poll(() => ofKind('Final')).toMatchObject([notice]);
    expect(csms.violations).toEqual([]);
  });

  it('are updated, also for a transaction that is unknown [cost_updated_request]', async () => {
    const { csms } = await open('2.0.1');
    const customData = { vendorId, chargingPrice: { kWhPrice: 0.2 } };
    expect(await csms.call('CP1', 'CostUpdated', { totalCost: 1.5, transactionId: '1', customData })).toEqual({});
    expect(ofKind('Running')).toMatchObject([
      { cost: 1.5, transactionId: '1', details: { chargingPrice: { kWhPrice: 0.2 } } },
    ]);
  });

  it('are the fallback when the CSMS says none [tariff_fallback_message_on_authorize] [tariff_fallback_message_multilanguage_on_authorize]', async () => {
    await open('2.0.1', {
      settings: {
        'TariffCostCtrlr.TariffFallbackMessage': '0.30 EUR/kWh',
        'TariffCostCtrlr.TariffFallbackMessage[nl]': '0,30 EUR/kWh',
      },
    });
    await start();
    expect(ofKind('User')).toMatchObject([
      {
        idToken: { idToken: 'CARD1' },
        messages: [{ content: '0.30 EUR/kWh' }, { content: '0,30 EUR/kWh', language: 'nl' }],
      },
    ]);
  });

  it('are what the CSMS says of a token (I01)', async () => {
    const personalMessage = { format: 'UTF8', content: 'for you 0.20' };
    await open('2.0.1', {
      prepare: (central) =>
        central.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted', personalMessage } })),
    });
    await start();
    expect(ofKind('User')).toMatchObject([{ evseId: 1, messages: [{ content: 'for you 0.20' }] }]);
  });

  it('are not kept of everybody who only looks in (I01)', async () => {
    const { csms, host, station } = await open('2.0.1', {
      evses: 2,
      settings: { 'AuthCtrlr.LocalPreAuthorize': 'true' },
      prepare: (central) =>
        central.answer('Authorize', () => ({
          idTokenInfo: { status: 'Accepted', personalMessage: { format: 'UTF8', content: 'for you' } },
        })),
    });
    await start();
    for (let each = 0; each < 25; each++) {
      const refused = once(station.events, 'tokenRefused');
      host.presentToken(1, `PASSER${each}`);
      await refused;
    }
    const before = ofKind('User').length;
    const asked = csms.received.filter(({ action }) => action === 'Authorize').length;
    const started = once(station.events, 'transactionStarted');
    host.plug(2);
    host.presentToken(2, 'PASSER0');
    await started;
    expect(csms.received.filter(({ action }) => action === 'Authorize')).toHaveLength(asked);
    expect(ofKind('User')).toHaveLength(before);
  });

  it('are a fallback text and an offline price when a transaction ends offline (case 68) [total_cost_fallback_message_on_offline_transaction_end]', async () => {
    const { csms, host, station, clock } = await open('2.0.1', {
      settings: {
        'TariffCostCtrlr.TotalCostFallbackMessage': 'see your invoice',
        'TariffCostCtrlr.OfflineChargingPrice[hourPrice]': '2',
      },
    });
    await start();
    const gone = once(station.events, 'disconnected');
    await csms.disconnect();
    await gone;
    clock.advance(1800_000);
    await expect.poll(() => station.isConnected).toBe(false);
    host.presentToken(1, 'CARD1');
    await expect.poll(() => ofKind('Final')).toMatchObject([{ messages: [{ content: 'see your invoice' }] }]);
    expect(ofKind('Final')[0]?.cost).toBeCloseTo(1, 1);
  });

  it.each<[StationVersion, RigOptions['settings']]>([
    [
      '2.0.1',
      {
        'TariffCostCtrlr.TariffFallbackMessage': 'online',
        'TariffCostCtrlr.OfflineTariffFallbackMessage': 'offline',
      },
    ],
    ['1.6', { 'OCPP16LegacyCtrlr.DefaultPrice': '{"priceText":"online","priceTextOffline":"offline"}' }],
  ])(
    'of %s for everybody change with the connection and the settings [default_price_published_on_disconnect 1.6 2.0.1] [default_price_published_on_reconnect 1.6 2.0.1] [default_price_published_on_change 1.6 2.0.1] [cost_and_price_set_charging_price]',
    async (version, settings) => {
      const { csms, station, clock } = await open(version, { settings });
      const last = () => ofKind('Default').at(-1)?.messages[0]?.content;
      expect(last()).toBe('online');
      const gone = once(station.events, 'disconnected');
      await csms.disconnect();
      await gone;
      expect(last()).toBe('offline');
      await advanceUntil(clock, once(station.events, 'accepted'));
      expect(last()).toBe('online');
      if (version === '1.6')
        await csms.call('CP1', 'ChangeConfiguration', { key: 'DefaultPrice', value: '{"priceText":"new"}' });
      else
        await csms.call('CP1', 'SetVariables', {
          setVariableData: [
            {
              component: { name: 'TariffCostCtrlr' },
              variable: { name: 'TariffFallbackMessage' },
              attributeValue: 'new',
            },
          ],
        });
      expect(last()).toBe('new');
    },
  );
});

describe('costs that an OCPP 2.1 station calculates (I07 to I12)', () => {
  const tariff = { tariffId: 'T1', currency: 'EUR', energy: { prices: [{ priceKwh: 0.5 }] } };
  const eventOf = () => rig.csms.received.findLast(({ action }) => action === 'TransactionEvent')?.payload;

  it('are told at the end and at intervals, by the tariff of now', async () => {
    const { csms, clock, host, station } = await open('2.1', { settings: { 'TariffCostCtrlr.Interval[Cost]': '60' } });
    const set = (evseId: number, each: object) => csms.call('CP1', 'SetDefaultTariff', { evseId, tariff: each });
    expect(await csms.call('CP1', 'GetTariffs', { evseId: 0 })).toEqual({ status: 'NoTariff' });
    expect(await set(0, tariff)).toEqual({ status: 'Accepted' });
    expect(await set(9, tariff)).toMatchObject({ status: 'Rejected' });
    expect(await csms.call('CP1', 'GetTariffs', { evseId: 0 })).toEqual({
      status: 'Accepted',
      tariffAssignments: [{ tariffId: 'T1', tariffKind: 'DefaultTariff', evseIds: [1] }],
    });
    await start();
    const transactionId = station.transactionOn(1)?.id;
    clock.advance(3_600_000);
    await expect.poll(() => station.queuedMessages, { timeout: 20_000 }).toBe(0);
    expect(eventOf()).toMatchObject({ triggerReason: 'RunningCost', costDetails: { totalCost: { currency: 'EUR' } } });
    const dearer = { ...tariff, tariffId: 'T2', energy: { prices: [{ priceKwh: 1 }] } };
    const change = (each: object, id = transactionId) =>
      csms.call('CP1', 'ChangeTransactionTariff', { transactionId: id, tariff: each });
    expect(await change({ ...dearer, currency: 'USD' })).toEqual({ status: 'NoCurrencyChange' });
    expect(await change(dearer, 'other')).toEqual({ status: 'TxNotFound' });
    const kWh =
      ((station.transactionOn(1)?.lastWh ?? 0) - (station.transactionOn(1)?.begin.reading.energyWh ?? 0)) / 1000;
    expect(await change(dearer)).toEqual({ status: 'Accepted' });
    await expect.poll(eventOf).toMatchObject({ triggerReason: 'TariffChanged', transactionInfo: { tariffId: 'T2' } });
    host.presentToken(1, 'CARD1');
    await expect.poll(eventOf).toMatchObject({
      eventType: 'Ended',
      costDetails: {
        totalCost: { total: { exclTax: expect.closeTo(kWh / 2, 2) }, typeOfCost: 'NormalCost' },
        chargingPeriods: [{ tariffId: 'T1' }, { tariffId: 'T2' }],
      },
    });
    expect(await csms.call('CP1', 'ClearTariffs', { tariffIds: ['T1', 'T9'] })).toEqual({
      clearTariffsResult: [
        { tariffId: 'T1', status: 'Accepted' },
        { tariffId: 'T9', status: 'NoTariff' },
      ],
    });
  });

  it('are by the tariff of the driver, where the CSMS has given one', async () => {
    const { csms, clock, host } = await open('2.1', {
      prepare: (central) => central.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted' }, tariff })),
    });
    await start();
    expect(await csms.call('CP1', 'GetTariffs', { evseId: 1 })).toMatchObject({
      tariffAssignments: [{ tariffId: 'T1', tariffKind: 'DriverTariff', idTokens: ['CARD1'] }],
    });
    clock.advance(600_000);
    host.presentToken(1, 'CARD1');
    await expect.poll(eventOf).toMatchObject({ eventType: 'Ended', costDetails: { totalCost: { currency: 'EUR' } } });
  });

  it('are settled at the station (C17 to C24)', async () => {
    const { station } = await open('2.1', {
      prepare: (central) => central.answer('NotifySettlement', () => ({ receiptId: 'R1' })),
    });
    const settlement = {
      pspRef: 'P1',
      status: 'Settled',
      settlementAmount: 3,
      settlementTime: '2026-01-01T00:00:00Z',
    } as const;
    expect(await station.payments.notifySettlement(settlement)).toEqual({ receiptId: 'R1' });
  });
});
