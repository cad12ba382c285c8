import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { StationVersion } from '../src/index.ts';
import { advanceTo, openRig, type Rig } from './rig.ts';

let rig: Rig;

afterEach(() => rig.close());

const minuteMs = 60_000;

/** What the CSMS got of a transaction, in order. */
interface Told {
  action: string;
  at: number;
  registerWh: number | undefined;
  payload: object;
}

/** As OCPP 1.6 and 2.x write it. */
const registers = [
  /"value":"(?<wh>[\d.]+)","context":"Sample\.Periodic","measurand":"Energy\.Active\.Import\.Register"/,
  /"measurand":"Energy\.Active\.Import\.Register","value":(?<wh>[\d.]+),"context":"Sample\.Periodic"/,
];

function told(): Told[] {
  const actions = ['StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent'];
  return rig.csms.received
    .filter(({ action }) => actions.includes(action))
    .map(({ action, payload }) => {
      const text = JSON.stringify(payload);
      const at = /"timestamp":"(?<at>[^"]+)"/.exec(text)?.groups?.at ?? '';
      const [wh] = registers.flatMap((register) => register.exec(text)?.groups?.wh ?? []);
      return { action, at: new Date(at).getTime(), registerWh: wh === undefined ? undefined : Number(wh), payload };
    });
}

/** Charges ten minutes online, an hour offline and ten minutes online; a second vehicle comes and goes meanwhile. */
async function anHourOffline(version: StationVersion): Promise<{ startedAt: number; goneAt: number }> {
  rig = await openRig(version, { evses: 2, settings: { 'SampledDataCtrlr.TxUpdatedInterval': '60' } });
  const { csms, station, host, clock } = rig;
  let lastId = 100;
  csms.answer('StartTransaction', () => ({ transactionId: lastId++, idTagInfo: { status: 'Accepted' } }));
  const sent = () => station.queuedMessages === 0;
  const started = once(station.events, 'transactionStarted');
  host.plug(1, { soc: 10 });
  host.presentToken(1, 'CARD1');
  await started;
  const startedAt = clock.now().getTime();
  for (let minute = 0; minute < 10; minute++) clock.advance(minuteMs);
  await advanceTo(clock, sent, 0);
  const gone = once(station.events, 'disconnected');
  await csms.disconnect();
  await gone;
  const goneAt = clock.now().getTime();
  for (let minute = 0; minute < 20; minute++) clock.advance(minuteMs);
  const second = once(station.events, 'transactionStarted');
  host.plug(2, { soc: 10 });
  host.presentToken(2, 'CARD2');
  await second;
  for (let minute = 0; minute < 20; minute++) clock.advance(minuteMs);
  host.presentToken(2, 'CARD2');
  host.unplug(2);
  for (let minute = 0; minute < 20; minute++) clock.advance(minuteMs);
  const back = { isSo: false };
  station.events.once('accepted', () => (back.isSo = true));
  await advanceTo(clock, () => back.isSo, 0);
  await advanceTo(clock, sent, 0);
  for (let minute = 0; minute < 10; minute++) clock.advance(minuteMs);
  host.presentToken(1, 'CARD1');
  await advanceTo(clock, sent, 0);
  return { startedAt, goneAt };
}

describe('an hour without connection', () => {
  it('loses nothing in OCPP 1.6: every value once, in order, with its own time and the ids that the CSMS gave', async () => {
    const { startedAt } = await anHourOffline('1.6');
    const all = told();
    expect(all.map(({ action }) => action).filter((action) => action !== 'MeterValues')).toEqual([
      'StartTransaction',
      'StartTransaction',
      'StopTransaction',
      'StopTransaction',
    ]);
    const first = all.filter(({ payload }) => 'transactionId' in payload && payload.transactionId === 100);
    const values = first.filter(({ action }) => action === 'MeterValues');
    expect(values.map(({ at }) => (at - startedAt) / minuteMs)).toEqual(Array.from({ length: 80 }, (_, n) => n + 1));
    expect(values.map(({ registerWh }) => registerWh)).toEqual(
      values.map(({ registerWh }) => registerWh ?? Number.NaN).toSorted((a, b) => a - b),
    );
    const second = all.filter(({ payload }) => 'transactionId' in payload && payload.transactionId === 101);
    expect(second.filter(({ action }) => action === 'MeterValues')).toHaveLength(20);
    expect(second.at(-1)).toMatchObject({ action: 'StopTransaction' });
  });

  it.each<StationVersion>(['2.0.1', '2.1'])(
    'loses nothing in OCPP %s: every value once, numbered, with its own time, marked as offline',
    async (version) => {
      const { startedAt, goneAt } = await anHourOffline(version);
      const byId = Map.groupBy(
        told(),
        ({ payload }) => /"transactionId":"(?<id>[^"]+)"/.exec(JSON.stringify(payload))?.groups?.id,
      );
      expect(byId.size).toBe(2);
      const [first = [], second = []] = [...byId.values()];
      for (const events of [first, second]) {
        expect(events.map(({ payload }) => 'seqNo' in payload && payload.seqNo)).toEqual(events.map((_, n) => n));
        expect(events[0]?.payload).toMatchObject({ eventType: 'Started' });
        expect(events.at(-1)?.payload).toMatchObject({ eventType: 'Ended', triggerReason: 'StopAuthorized' });
      }
      const periodic = first.filter(({ registerWh }) => registerWh !== undefined);
      expect(periodic.map(({ at }) => (at - startedAt) / minuteMs)).toEqual(
        Array.from({ length: 80 }, (_, n) => n + 1),
      );
      const backAt = goneAt + 60 * minuteMs;
      const marked = (events: Told[]) => events.map(({ payload }) => 'offline' in payload);
      expect(marked(first)).toEqual(first.map(({ at }) => at > goneAt && at <= backAt));
      expect(marked(second)).toEqual(second.map(() => true));
      expect(second).toHaveLength(1 + 1 + 20 + 1);
    },
  );
});
