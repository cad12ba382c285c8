import { afterEach, describe, expect, it } from 'vitest';
import { openChargingScene, versions, type ChargingScene } from './charging-scene.ts';

let scene: ChargingScene;

afterEach(() => scene.close());

/** Times of everything that the CSMS was told of the transaction. */
const told = () =>
  scene.csms.calls
    .filter(({ action }) => /^(MeterValues|TransactionEvent|StartTransaction|StopTransaction)$/.test(action))
    .flatMap(({ payload }) => [...JSON.stringify(payload).matchAll(/"timestamp":"([^"]+)"/g)].map(([, at = '']) => at));

const isOrdered = (times: readonly string[]) => expect(times).toEqual(times.toSorted());

const forms = [
  '2026-05-04T08:15:00',
  '2026-05-04T08:15:00Z',
  '2026-05-04T10:15:00+02:00',
  '2026-05-04T08:15:00.1Z',
  '2026-05-04T08:15:00.123456Z',
  '2026-05-04T08:15:00.123456789Z',
];

describe.each(versions)('a vehicle charges on in OCPP %s', (version) => {
  it('when the clock is set back and forth: the times of a transaction stay in order (7.2 jump back) (7.2 jump forward)', async () => {
    scene = await openChargingScene(version, { startAt: '2026-05-04T08:00:00Z' });
    const from = scene.csms.calls.length;
    for (const time of ['2026-05-04T02:00:00Z', '2030-01-01T00:00:00Z', '2026-05-04T08:30:00Z']) {
      scene.clock.setTime(time);
      await scene.goesOn();
      await scene.goesOn();
    }
    expect(scene.csms.calls.length - from).toBeLessThan(60);
    isOrdered(told());
  });

  it.each(forms)(
    'with the time as %s, and sends its own with milliseconds and Z (7.2 forms of currentTime)',
    async (currentTime) => {
      const boot = { status: 'Accepted', currentTime, interval: 300 };
      scene = await openChargingScene(version, { usual: { BootNotification: boot, Heartbeat: { currentTime } } });
      await scene.pass(400);
      await scene.goesOn();
      for (const at of told()) expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    },
  );

  it.each(['2026-03-29T00:50:00Z', '2026-10-25T00:50:00Z'])(
    'through the night in which summer time begins or ends, %s (7.2 daylight saving)',
    async (startAt) => {
      scene = await openChargingScene(version, { startAt, settings: { 'AlignedDataCtrlr.Interval': '900' } });
      await scene.pass(3600);
      await scene.goesOn();
      isOrdered(told());
      const grid = told().filter((at) => /:(00|15|30|45):00\.000Z$/.test(at));
      expect(new Set(grid).size).toBeGreaterThanOrEqual(4);
    },
  );

  it('with everything at intervals turned off: only its end is told (7.2 interval 0)', async () => {
    scene = await openChargingScene(version);
    const { csms, station, host } = scene;
    const off = {
      'SampledDataCtrlr.TxUpdatedInterval': 'MeterValueSampleInterval',
      'AlignedDataCtrlr.Interval': 'ClockAlignedDataInterval',
    };
    for (const [variable, key] of Object.entries(off)) {
      const [component = '', name = ''] = variable.split('.');
      const answer =
        version === '1.6'
          ? await csms.ask('ChangeConfiguration', { key, value: '0' })
          : await csms.ask('SetVariables', {
              setVariableData: [{ component: { name: component }, variable: { name }, attributeValue: '0' }],
            });
      expect(JSON.stringify(answer)).toContain('Accepted');
    }
    const before = { energyWh: host.meter(1).energyWh, told: told().length };
    await scene.pass(3600);
    expect(told()).toHaveLength(before.told);
    expect(station.transactionOn(1)).toBeDefined();
    expect(host.meter(1).energyWh).toBeGreaterThan(before.energyWh);
    host.unplug(1);
    await expect.poll(() => told().length).toBeGreaterThan(before.told);
  });
});
