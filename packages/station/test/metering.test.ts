import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { HostEvents, MeterReading, SignedReading, StationVersion } from '../src/index.ts';
import { advanceTo, advanceUntil, openRig, type Rig, type RigOptions } from './rig.ts';

let rig: Rig;

const open = async (version: StationVersion, options?: RigOptions) => (rig = await openRig(version, options));

afterEach(() => rig.close());

const sent = (action: string) =>
  rig.csms.received.filter((received) => received.action === action).map(({ payload }) => payload);

async function drained(): Promise<void> {
  await advanceTo(rig.clock, () => rig.station.queuedMessages === 0);
}

async function start(): Promise<void> {
  const started = once(rig.station.events, 'transactionStarted');
  rig.host.plug(1, { soc: 40 });
  rig.host.presentToken(1, 'CARD1');
  await started;
}

const signed: SignedReading = { data: 'T0NNRg==', signingMethod: 'ECDSA', encodingMethod: 'OCMF', publicKey: 'S0VZ' };

/** A meter that signs the first and the last reading of a transaction, as calibration law asks, or the last only. */
function signingMeter(signs: 'both' | 'end' = 'both'): RigOptions['charger'] {
  let isSigning = signs === 'both';
  return {
    meter: (): MeterReading => ({
      energyWh: 1000,
      powerW: 0,
      currentsA: [],
      voltagesV: [],
      ...(isSigning && { signed }),
    }),
    start: () => void (isSigning = false),
    stop: () => void (isSigning = true),
  };
}

describe('signed readings', () => {
  it('are told right after a 1.6 start and with its end, also without StopTxnSampledData (case 49) [meter_signed_meter_values 1.6]', async () => {
    const { csms, host } = await open('1.6', {
      charger: signingMeter(),
      settings: { 'SampledDataCtrlr.TxEndedMeasurands': '', 'SampledDataCtrlr.TxUpdatedInterval': '0' },
    });
    await start();
    await csms.next('StartTransaction');
    const value = JSON.stringify({
      signedMeterData: signed.data,
      signingMethod: 'ECDSA',
      encodingMethod: 'OCMF',
      publicKey: 'S0VZ',
    });
    const of = (context: string) =>
      expect.objectContaining({
        sampledValue: expect.arrayContaining([
          expect.objectContaining({ context, format: 'SignedData', value, measurand: 'Energy.Active.Import.Register' }),
        ]),
      });
    expect(await csms.next('MeterValues')).toMatchObject({
      transactionId: 4711,
      meterValue: [of('Transaction.Begin')],
    });
    host.presentToken(1, 'CARD1');
    expect(await csms.next('StopTransaction')).toMatchObject({
      transactionData: [of('Transaction.Begin'), of('Transaction.End')],
    });
  });

  it.each([
    ['EveryMeterValue', ['S0VZ', 'S0VZ', 'S0VZ']],
    ['OncePerTransaction', ['S0VZ', '', '']],
    ['Never', ['', '', '']],
  ])('go with a 2.0.1 transaction, the key %s (case 49) [meter_signed_meter_values 2.0.1]', async (rule, keys) => {
    const { host } = await open('2.0.1', {
      charger: signingMeter(),
      settings: { 'OCPPCommCtrlr.PublicKeyWithSignedMeterValue': rule, 'SampledDataCtrlr.TxEndedMeasurands': '' },
    });
    await start();
    host.presentToken(1, 'CARD1');
    await drained();
    const texts = sent('TransactionEvent').map((event) => JSON.stringify(event));
    const found = texts.flatMap((text) => [...text.matchAll(/"publicKey":"(?<key>[^"]*)"/g)]);
    expect(found.map(({ groups }) => groups?.key)).toEqual(keys);
    expect(texts.at(-1)).toMatch(/Transaction\.Begin.*Transaction\.End/);
  });

  it('are told with the end only, where the meter does not sign the begin [meter_signed_meter_values_no_start 1.6]', async () => {
    const { csms, host } = await open('1.6', {
      charger: signingMeter('end'),
      settings: { 'SampledDataCtrlr.TxEndedMeasurands': '', 'SampledDataCtrlr.TxUpdatedInterval': '0' },
    });
    await start();
    host.presentToken(1, 'CARD1');
    const stop = JSON.stringify(await csms.next('StopTransaction'));
    expect(sent('MeterValues')).toEqual([]);
    expect(stop.split('"format":"SignedData"')).toHaveLength(2);
    expect(stop).toContain('Transaction.End');
    expect(stop).not.toContain('Transaction.Begin');
  });

  it('are told with the end only in 2.0.1 too [meter_signed_meter_values_no_start 2.0.1]', async () => {
    const { host } = await open('2.0.1', { charger: signingMeter('end') });
    await start();
    host.presentToken(1, 'CARD1');
    await drained();
    const events = sent('TransactionEvent').map((event) => JSON.stringify(event));
    expect(events.map((event) => event.includes('signedMeterValue'))).toEqual(
      events.map((_, i) => i === events.length - 1),
    );
    expect(events.at(-1)).toMatch(/"context":"Transaction\.End".*"signedMeterValue"/);
  });

  it('can be verified by a key that is known beforehand [meter_public_key]', async () => {
    const keys = ['OneOne', 'TwoTwo'];
    const { csms } = await open('1.6', { evses: 2, charger: { meterPublicKey: (evseId) => keys[evseId - 1] } });
    const names = [
      'MeterPublicKey1',
      'MeterPublicKey2',
      'MeterPublicKey3',
      'MeterPublicKey',
      'MeterPublicKey1X',
      'MeterPublicKey0',
    ];
    expect(await csms.call('CP1', 'GetConfiguration', { key: names })).toEqual({
      configurationKey: keys.map((value, index) => ({ key: `MeterPublicKey${index + 1}`, readonly: true, value })),
      unknownKey: names.slice(2),
    });
    expect(JSON.stringify(await csms.call('CP1', 'GetConfiguration', {}))).toContain('"TwoTwo"');
    const change = { key: 'MeterPublicKey1', value: 'FORGED' };
    expect(await csms.call('CP1', 'ChangeConfiguration', change)).toEqual({ status: 'Rejected' });
  });

  it('have no such key where the meter does not sign, and one in 2.x where it does', async () => {
    const { csms } = await open('2.0.1', {
      evses: 2,
      charger: { meterPublicKey: (evseId) => (evseId === 1 ? 'OneOne' : undefined) },
    });
    const of = (id: number) => ({
      component: { name: 'FiscalMetering', evse: { id } },
      variable: { name: 'PublicKey' },
    });
    expect(await csms.call('CP1', 'GetVariables', { getVariableData: [of(1), of(2)] })).toMatchObject({
      getVariableResult: [{ attributeValue: 'OneOne' }, { attributeStatus: 'NotSupportedAttributeType' }],
    });
  });

  it('that come later are told when they come, and with the end', async () => {
    const told: { readingSigned?: HostEvents['readingSigned'] } = {};
    const { host, station } = await open('1.6', {
      settings: { 'SampledDataCtrlr.TxUpdatedInterval': '0' },
      listen: (events) => void (told.readingSigned = events.readingSigned),
    });
    await start();
    const recorded = once(station.events, 'transactionRecorded');
    told.readingSigned?.(1, { ...host.meter(1), signed });
    expect(await recorded).toMatchObject([{ trigger: 'SignedDataReceived' }]);
    host.presentToken(1, 'CARD1');
    await drained();
    expect(JSON.stringify(sent('StopTransaction'))).toContain('SignedData');
  });
});

describe('aligned values', () => {
  it('stop while a transaction runs, with SendDuringIdle (case 67) [J01_19]', async () => {
    const { csms, clock, host, station } = await open('2.0.1', {
      settings: { 'AlignedDataCtrlr.Interval': '60', 'AlignedDataCtrlr.SendDuringIdle': 'true' },
    });
    clock.advance(60_000);
    await csms.next('MeterValues');
    await start();
    clock.advance(180_000);
    await expect.poll(() => station.queuedMessages).toBe(0);
    expect(sent('MeterValues')).toHaveLength(1);
    expect(JSON.stringify(sent('TransactionEvent'))).not.toContain('Sample.Clock');
    host.unplug(1);
    clock.advance(60_000);
    await csms.next('MeterValues');
  });

  it('are steps of a transaction, on the grid, also offline', async () => {
    const { csms, clock, station } = await open('2.0.1', {
      settings: { 'AlignedDataCtrlr.Interval': '60', 'SampledDataCtrlr.TxUpdatedInterval': '0' },
    });
    await start();
    await expect.poll(() => station.queuedMessages).toBe(0);
    const gone = once(station.events, 'disconnected');
    await csms.disconnect();
    await gone;
    clock.advance(300_000);
    await advanceUntil(clock, once(station.events, 'accepted'));
    await drained();
    const aligned = sent('TransactionEvent').filter((event) => JSON.stringify(event).includes('MeterValueClock'));
    expect(aligned.length).toBeGreaterThanOrEqual(5);
    for (const event of aligned) {
      const times = [...JSON.stringify(event).matchAll(/"timestamp":"(?<at>[^"]+)","sampledValue"/g)];
      for (const { groups } of times) expect(new Date(groups?.at ?? '').getTime() % 60_000).toBe(0);
    }
  });

  it('of the whole station are those of EVSE 0', async () => {
    const gridMeter = (): MeterReading => ({ energyWh: 5_000_000, powerW: 1, currentsA: [1], voltagesV: [230] });
    const { csms, clock } = await open('2.0.1', {
      charger: { gridMeter },
      settings: { 'AlignedDataCtrlr.Interval': '60' },
    });
    clock.advance(60_000);
    expect(await csms.next('MeterValues')).toMatchObject({
      evseId: 0,
      meterValue: [{ sampledValue: [{ value: 5_000_000, location: 'Inlet' }] }],
    });
  });
});

describe('a meter', () => {
  it('of the whole station is connector 0 in OCPP 1.6, measured at the inlet, also when it is triggered', async () => {
    const gridMeter = (): MeterReading => ({ energyWh: 5_000_000, powerW: 1, currentsA: [1], voltagesV: [230] });
    const { csms, clock } = await open('1.6', {
      charger: { gridMeter },
      settings: { 'AlignedDataCtrlr.Interval': '60' },
    });
    const trigger = { requestedMessage: 'MeterValues', connectorId: 0 };
    expect(await csms.call('CP1', 'TriggerMessage', trigger)).toEqual({ status: 'Accepted' });
    const of = (context: string) => ({
      connectorId: 0,
      meterValue: [{ sampledValue: expect.arrayContaining([expect.objectContaining({ context, location: 'Inlet' })]) }],
    });
    expect(await csms.next('MeterValues')).toMatchObject(of('Trigger'));
    clock.advance(60_000);
    expect(await csms.next('MeterValues')).toMatchObject(of('Sample.Clock'));
  });

  it('that the station has not is not triggered', async () => {
    const { csms } = await open('1.6');
    const trigger = { requestedMessage: 'MeterValues', connectorId: 0 };
    expect(await csms.call('CP1', 'TriggerMessage', trigger)).toEqual({ status: 'Rejected' });
  });

  it.each([[Number.NaN], [Infinity], [-5]])('that shows %s for a while does not spoil the bill', async (nonsense) => {
    const shown = { energyWh: nonsense };
    const { csms, host } = await open('1.6', {
      charger: { meter: () => ({ ...shown, powerW: 0, currentsA: [], voltagesV: [] }) },
    });
    await start();
    expect(await csms.next('StartTransaction')).toMatchObject({ meterStart: 0 });
    shown.energyWh = 4000;
    host.presentToken(1, 'CARD1');
    expect(await csms.next('StopTransaction')).toMatchObject({ meterStop: 4000 });
    shown.energyWh = nonsense;
    host.unplug(1);
    await start();
    expect(await csms.next('StartTransaction')).toMatchObject({ meterStart: 4000 });
  });
});

describe('values for the end', () => {
  it('are collected at their own intervals in 2.0.1', async () => {
    const { host, clock } = await open('2.0.1', {
      settings: {
        'SampledDataCtrlr.TxUpdatedInterval': '0',
        'SampledDataCtrlr.TxEndedInterval': '60',
        'SampledDataCtrlr.TxEndedMeasurands': 'Energy.Active.Import.Register,Energy.Active.Import.Interval',
        'AlignedDataCtrlr.TxEndedInterval': '120',
        'AlignedDataCtrlr.TxEndedMeasurands': 'Voltage',
      },
    });
    await start();
    clock.advance(240_000);
    host.presentToken(1, 'CARD1');
    await drained();
    const text = JSON.stringify(sent('TransactionEvent').at(-1));
    const count = (context: string) => text.split(`"context":"${context}"`).length - 1;
    expect(count('Sample.Periodic')).toBe(2 * 4);
    expect(count('Sample.Clock')).toBe(3 * 2);
    expect(text).toContain('Energy.Active.Import.Interval');
  });

  it('are thinned to what fits, first and last and signed ones kept (7.3 many samples)', async () => {
    const { host, clock } = await open('1.6', {
      settings: {
        'SampledDataCtrlr.TxUpdatedInterval': '10',
        'SampledDataCtrlr.TxUpdatedMeasurands': 'Energy.Active.Import.Register',
        'SampledDataCtrlr.TxEndedMeasurands': 'Energy.Active.Import.Register,Voltage,Current.Import',
      },
    });
    await start();
    clock.advance(10_000 * 300);
    host.presentToken(1, 'CARD1');
    await drained();
    const text = JSON.stringify(sent('StopTransaction').at(-1));
    expect(text.length).toBeLessThanOrEqual(32_000);
    expect(text.length).toBeGreaterThan(12_000);
    expect(text).toContain('Transaction.Begin');
    expect(text).toContain('Transaction.End');
  });
});
