import type { v21 } from '@busbar/ocpp';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openCharger, type Charger, type ChargerOptions } from './charger.ts';
import { nextEvent } from './events.ts';

let charger: Charger;

const open = async (options?: ChargerOptions) => (charger = await openCharger('2.1', options));
const call = (action: string, payload: object = {}) => charger.csms.call('CP1', action, payload);
const accepted = { status: 'Accepted' };

afterEach(() => charger.close());

const tariff = (tariffId: string, rest: Partial<v21.TariffType> = {}): v21.TariffType => ({
  tariffId,
  currency: 'EUR',
  energy: { prices: [{ priceKwh: 0.5 }] },
  ...rest,
});
const inMinutes = (minutes: number) => new Date(charger.clock.now().getTime() + minutes * 60_000).toISOString();
const setDefault = (evseId: number, each: v21.TariffType) => call('SetDefaultTariff', { evseId, tariff: each });
const card = (idToken: string) => ({ idToken, type: 'ISO14443' }) as const;

/** What GetTariffs tells, as `T1@1` for a default of EVSE 1 and `T2@1 CARD` for that of a driver. */
async function assigned(): Promise<string[]> {
  const answer: { tariffAssignments?: v21.TariffAssignmentType[] } = {
    ...Object(await call('GetTariffs', { evseId: 0 })),
  };
  return (answer.tariffAssignments ?? []).map(
    ({ tariffId, evseIds, idTokens }) => `${tariffId}@${evseIds?.join()}${idTokens ? ` ${idTokens.join()}` : ''}`,
  );
}

async function start(evseId: number, idToken: string): Promise<void> {
  const started = once(charger.station.events, 'transactionStarted');
  charger.host.plug(evseId, { soc: 40 });
  charger.host.presentToken(evseId, card(idToken));
  await started;
}

const events = () =>
  charger.csms.received.flatMap(({ action, payload }) => (action === 'TransactionEvent' ? [payload] : []));

describe('default tariffs (OCPP 2.1 I07, I10)', () => {
  it('are those of now and those to come: what was replaced is forgotten', async () => {
    await open();
    for (let day = 1; day <= 30; day++) expect(await setDefault(1, tariff(`T${day}`))).toEqual(accepted);
    expect(await assigned()).toEqual(['T30@1']);
    expect(await setDefault(1, tariff('LATER', { validFrom: inMinutes(60) }))).toEqual(accepted);
    expect(await setDefault(1, tariff('NOW', { validFrom: inMinutes(-60) }))).toEqual(accepted);
    expect(await assigned()).toEqual(['LATER@1', 'NOW@1']);
    expect(await setDefault(1, tariff('OLD', { validFrom: inMinutes(-90) }))).toEqual(accepted);
    expect(await assigned()).toEqual(['LATER@1', 'NOW@1', 'OLD@1']);
    charger.clock.advance(3_600_000);
    expect(await setDefault(1, tariff('NEXT', { validFrom: inMinutes(60) }))).toEqual(accepted);
    expect(await assigned()).toEqual(['LATER@1', 'NEXT@1']);
  });

  it('that wait are no more than fit', async () => {
    await open();
    for (let each = 1; each <= 20; each++)
      expect(await setDefault(1, tariff(`T${each}`, { validFrom: inMinutes(each) }))).toEqual(accepted);
    expect(await setDefault(1, tariff('TOO', { validFrom: inMinutes(21) }))).toEqual({
      status: 'Rejected',
      statusInfo: { reasonCode: 'OutOfStorage' },
    });
    const again = tariff('AGAIN', { validFrom: inMinutes(20).replace('Z', '+00:00') });
    expect(await setDefault(1, again)).toEqual(accepted);
    expect(await assigned()).toHaveLength(20);
  });

  it('have an id of their own, and may be set again as they are', async () => {
    await open({ evses: 2 });
    expect(await setDefault(1, tariff('T1'))).toEqual(accepted);
    expect(await setDefault(0, tariff('T1'))).toEqual(accepted);
    const other = tariff('T1', { energy: { prices: [{ priceKwh: 1 }] } });
    for (const evseId of [0, 1, 2]) expect(await setDefault(evseId, other)).toEqual({ status: 'DuplicateTariffId' });
    expect(await assigned()).toEqual(['T1@1', 'T1@2']);
  });

  it('have at most MaxElements prices of a kind, and conditions where these are supported', async () => {
    await open({ settings: { 'TariffCostCtrlr.MaxElements[Tariff]': '2' } });
    const energy = { prices: [{ priceKwh: 1 }, { priceKwh: 2 }] };
    const time = { prices: [{ priceMinute: 1 }, { priceMinute: 2 }] };
    expect(await setDefault(1, tariff('FITS', { energy, chargingTime: time, idleTime: time }))).toEqual(accepted);
    const three = { prices: [...time.prices, { priceMinute: 3 }] };
    for (const parts of [{ idleTime: three }, { reservationTime: three }])
      expect(await setDefault(1, tariff('T2', parts))).toEqual({ status: 'TooManyElements' });
    const paid = { prices: [{ priceFixed: 1, conditions: { paymentBrand: 'VISA' } }] };
    expect(await setDefault(1, tariff('T3', { reservationFixed: paid }))).toEqual({ status: 'ConditionNotSupported' });
  });

  it('have no conditions where the station supports none', async () => {
    await open({ settings: { 'TariffCostCtrlr.ConditionsSupported[Tariff]': 'false' } });
    const night = { prices: [{ priceKwh: 0.1, conditions: { startTimeOfDay: '22:00' } }] };
    expect(await setDefault(1, tariff('T1', { energy: night }))).toEqual({ status: 'ConditionNotSupported' });
    expect(await setDefault(1, tariff('T1'))).toEqual(accepted);
  });

  it('are not taken while costs are not to be calculated here', async () => {
    await open({ settings: { 'TariffCostCtrlr.Enabled[Tariff]': 'false' } });
    expect(await setDefault(1, tariff('T1'))).toEqual({ status: 'Rejected', statusInfo: { reasonCode: 'NotEnabled' } });
  });

  it('are cleared by id, by EVSE or all, those of drivers are not (I10)', async () => {
    await open({
      evses: 2,
      prepare: (csms) =>
        csms.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted' }, tariff: tariff('DRIVER') })),
    });
    await start(1, 'CARD');
    await setDefault(1, tariff('T1'));
    await setDefault(2, tariff('T2'));
    const result = (...clearTariffsResult: object[]) => ({ clearTariffsResult });
    expect(await call('ClearTariffs', { tariffIds: ['T1'], evseId: 2 })).toEqual(
      result({ tariffId: 'T1', status: 'NoTariff' }),
    );
    expect(await call('ClearTariffs', { tariffIds: ['T1', 'DRIVER'] })).toEqual(
      result({ tariffId: 'T1', status: 'Accepted' }, { tariffId: 'DRIVER', status: 'NoTariff' }),
    );
    expect(await call('ClearTariffs', { evseId: 2 })).toEqual(result({ tariffId: 'T2', status: 'Accepted' }));
    expect(await call('ClearTariffs')).toEqual(result({ status: 'NoTariff' }));
    expect(await assigned()).toEqual(['DRIVER@1 CARD']);
  });
});

describe('the tariff of a driver (OCPP 2.1 I08)', () => {
  const forDriver = (each: v21.TariffType, settings: ChargerOptions['settings'] = {}) =>
    open({
      evses: 2,
      settings,
      prepare: (csms) => csms.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted' }, tariff: each })),
    });
  const tooLong = tariff('LONG', { energy: { prices: [{ priceKwh: 1 }, { priceKwh: 2 }] } });
  const one = { 'TariffCostCtrlr.MaxElements[Tariff]': '1' } as const;

  it('belongs to whom charges with it, goes with the transaction, and is kept with the token in the cache', async () => {
    await forDriver(tariff('DRIVER'), { 'AuthCtrlr.LocalPreAuthorize': 'true' });
    await start(1, 'HOLDER');
    const refused = once(charger.station.events, 'tokenRefused');
    charger.host.presentToken(1, card('PASSER'));
    await refused;
    expect(await assigned()).toEqual(['DRIVER@1 HOLDER']);
    charger.host.unplug(1);
    await expect.poll(() => events().at(-1)).toMatchObject({ eventType: 'Ended' });
    expect(await assigned()).toEqual([]);
    const asked = () => charger.csms.received.filter(({ action }) => action === 'Authorize').length;
    const before = asked();
    await charger.restart();
    await start(2, 'HOLDER');
    expect(asked()).toBe(before);
    expect(await assigned()).toEqual(['DRIVER@2 HOLDER']);
  });

  it('takes the place of the default one that a transaction began with', async () => {
    await open({
      settings: { 'TxCtrlr.TxStartPoint': 'EVConnected' },
      prepare: (csms) =>
        csms.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted' }, tariff: tariff('DRIVER') })),
    });
    await setDefault(1, tariff('DEFAULT'));
    charger.host.plug(1);
    await expect.poll(() => events().at(-1)).toMatchObject({ transactionInfo: { tariffId: 'DEFAULT' } });
    charger.host.presentToken(1, card('CARD'));
    await expect
      .poll(() => events().at(-1))
      .toMatchObject({ triggerReason: 'Authorized', transactionInfo: { tariffId: 'DRIVER' } });
  });

  it.each([
    ['UseDefaultTariff', 'DEFAULT'],
    ['CentralCost', undefined],
  ])('that cannot be calculated with is handled by %s', async (rule, tariffId) => {
    await forDriver(tooLong, { ...one, 'TariffCostCtrlr.HandleFailedTariff[Tariff]': rule });
    await setDefault(1, tariff('DEFAULT'));
    await start(1, 'CARD');
    await expect.poll(events).toHaveLength(1);
    expect(events()[0]).toMatchObject({ eventType: 'Started' });
    expect(JSON.stringify(events()[0]).includes('"tariffId":"DEFAULT"')).toBe(tariffId !== undefined);
    expect(await nextEvent(charger.csms, 'Problem')).toMatchObject({
      eventData: [{ component: { name: 'TariffCostCtrlr' }, variable: { name: 'Problem' }, actualValue: 'true' }],
    });
  });

  it('that cannot be calculated with ends by CentralCost what was calculated before the token came', async () => {
    await forDriver(tooLong, {
      ...one,
      'TxCtrlr.TxStartPoint': 'EVConnected',
      'TariffCostCtrlr.HandleFailedTariff[Tariff]': 'CentralCost',
    });
    await setDefault(1, tariff('DEFAULT', { fixedFee: { prices: [{ priceFixed: 2 }] } }));
    charger.host.plug(1, { soc: 40 });
    await expect.poll(() => events().at(-1)).toMatchObject({ transactionInfo: { tariffId: 'DEFAULT' } });
    charger.host.presentToken(1, card('CARD'));
    await expect.poll(() => events().at(-1)).toMatchObject({ triggerReason: 'Authorized' });
    charger.host.unplug(1);
    await expect.poll(() => events().at(-1)).toMatchObject({ eventType: 'Ended' });
    expect(events().filter((event) => JSON.stringify(event).includes('tariffId'))).toHaveLength(1);
    expect(events().at(-1)).not.toHaveProperty('costDetails');
  });

  it('that cannot be calculated with refuses the token by Deauthorize', async () => {
    await forDriver(tooLong, { ...one, 'TariffCostCtrlr.HandleFailedTariff[Tariff]': 'Deauthorize' });
    charger.host.plug(1);
    const refused = once(charger.station.events, 'tokenRefused');
    charger.host.presentToken(1, card('CARD'));
    expect(await refused).toMatchObject([{ status: 'Invalid' }]);
  });
});

describe('the tariff of a transaction (OCPP 2.1 I11)', () => {
  it('may come while it runs, also without a token', async () => {
    await open({ settings: { 'TxCtrlr.TxStartPoint': 'EVConnected' } });
    charger.host.plug(1);
    const transactionId = charger.station.transactionOn(1)?.id;
    expect(await call('ChangeTransactionTariff', { transactionId, tariff: tariff('T1') })).toEqual(accepted);
    await expect
      .poll(() => events().at(-1))
      .toMatchObject({ triggerReason: 'TariffChanged', transactionInfo: { tariffId: 'T1' } });
  });

  it('changes a hundred times at most: each has a period of its own in the bill', async () => {
    await open();
    await setDefault(1, tariff('DEFAULT'));
    await start(1, 'CARD');
    const transactionId = charger.station.transactionOn(1)?.id;
    const statuses: unknown[] = [];
    for (let n = 1; n <= 101; n++) {
      charger.clock.advance(1000);
      statuses.push(await call('ChangeTransactionTariff', { transactionId, tariff: tariff(`T${n}`) }));
    }
    expect(statuses.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => accepted));
    expect(statuses.at(-1)).toEqual({ status: 'Rejected' });
  });

  it('leaves no trace when it changes again before anything is used', async () => {
    await open();
    await setDefault(1, tariff('T0'));
    await start(1, 'CARD');
    const transactionId = charger.station.transactionOn(1)?.id;
    for (let each = 1; each <= 5; each++)
      await call('ChangeTransactionTariff', { transactionId, tariff: tariff(`T${each}`) });
    charger.host.presentToken(1, card('CARD'));
    const last = () => events().at(-1);
    await expect.poll(last).toMatchObject({ eventType: 'Ended' });
    expect(JSON.stringify(last()).match(/"tariffId":"T\d"/g)).toEqual(['"tariffId":"T5"', '"tariffId":"T5"']);
  });
});

describe('a bill that a power cut has interrupted', () => {
  it.each(['DriverTariff', 'DefaultTariff'])('is told as one that cannot be made: by a %s', async (kind) => {
    await open({
      abilities: { resumes: () => true },
      prepare: (csms) =>
        csms.answer('Authorize', () => ({
          idTokenInfo: { status: 'Accepted' },
          ...(kind === 'DriverTariff' && { tariff: tariff('DRIVER') }),
        })),
    });
    if (kind === 'DefaultTariff') await setDefault(1, tariff('DEFAULT'));
    await start(1, 'CARD');
    await charger.restart([1]);
    charger.host.unplug(1);
    await expect
      .poll(() => events().at(-1))
      .toMatchObject({
        eventType: 'Ended',
        costDetails: { failureToCalculate: true, totalCost: { currency: 'EUR' } },
      });
  });
});

describe('the cost of time', () => {
  it.each([
    ['forward', 86_400_000],
    ['back', -86_400_000],
  ])('is of the time that passed, also when the clock is set %s (7.2 monotonic clock)', async (_, byMs) => {
    await open();
    const perMinute = { prices: [{ priceMinute: 1 }] };
    await setDefault(1, { tariffId: 'T1', currency: 'EUR', chargingTime: perMinute, idleTime: perMinute });
    await start(1, 'CARD');
    charger.clock.advance(300_000);
    charger.clock.setTime(new Date(charger.clock.now().getTime() + byMs));
    charger.clock.advance(300_000);
    charger.host.presentToken(1, card('CARD'));
    await expect
      .poll(() => events().at(-1))
      .toMatchObject({
        eventType: 'Ended',
        costDetails: { totalUsage: { chargingTime: 600 }, totalCost: { total: { exclTax: expect.closeTo(10, 1) } } },
      });
  });
});

describe('a reservation (OCPP 2.1)', () => {
  const withReservation = tariff('T1', {
    energy: { prices: [{ priceKwh: 0 }] },
    reservationTime: { prices: [{ priceMinute: 0.1 }] },
    reservationFixed: { prices: [{ priceFixed: 2 }], taxRates: [{ type: 'vat', tax: 10 }] },
  });
  const reserve = (id: number) =>
    call('ReserveNow', { id, evseId: 1, expiryDateTime: inMinutes(60), idToken: card('VIP') });

  it.each([['at once'], ['also after a power cut']])(
    'is billed with the transaction that it was for, %s',
    async (how) => {
      await open();
      await setDefault(1, withReservation);
      expect(await reserve(1)).toMatchObject(accepted);
      charger.clock.advance(600_000);
      if (how !== 'at once') await charger.restart();
      await start(1, 'VIP');
      charger.host.presentToken(1, card('VIP'));
      await expect
        .poll(() => events().at(-1))
        .toMatchObject({
          eventType: 'Ended',
          costDetails: {
            totalCost: {
              reservationTime: { exclTax: expect.closeTo(1, 1) },
              reservationFixed: { exclTax: 2, inclTax: 2.2 },
              total: { exclTax: expect.closeTo(3, 1) },
            },
            totalUsage: { reservationTime: expect.closeTo(600, -1) },
          },
        });
    },
  );

  it('costs nothing whom it was not for', async () => {
    await open();
    await setDefault(1, withReservation);
    await reserve(1);
    charger.clock.advance(600_000);
    await call('CancelReservation', { reservationId: 1 });
    await start(1, 'OTHER');
    charger.host.presentToken(1, card('OTHER'));
    await expect.poll(() => events().at(-1)).toMatchObject({ eventType: 'Ended' });
    expect(JSON.stringify(events().at(-1))).not.toContain('reservation');
  });
});
