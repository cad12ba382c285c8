import { once } from 'node:events';
import {
  createSimulatedHost,
  createStation,
  ManualClock,
  type SimulatedHost,
  type Station,
  type StationNetwork,
  type StationVersion,
} from '@busbar/station';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Action, Chargestation, EnergyReport, Session } from '../../src/north/api/schemas.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

/** The station of @busbar/station at a real gateway, both on one clock that is moved by hand. */

const offers: readonly { name: string; versions: readonly StationVersion[]; spoken: StationVersion }[] = [
  { name: '1.6', versions: ['1.6'], spoken: '1.6' },
  { name: '2.0.1', versions: ['2.0.1'], spoken: '2.0.1' },
  { name: '2.1', versions: ['2.1'], spoken: '2.1' },
  { name: 'all versions', versions: ['1.6', '2.0.1', '2.1'], spoken: '2.1' },
];

const sampleS = 30;
const reconnectS = 300;

interface Site {
  gateway: TestGateway;
  station: Station;
  host: SimulatedHost;
  clock: ManualClock;
  cable: Cable;
  /** What has told the gateway of a transaction's start, as often as it was sent. */
  starts: readonly string[];
}

test.each(offers)('a station that offers $name charges a whole session', async ({ versions, spoken }) => {
  const site = await openSite(versions);
  const { gateway, station, host, clock } = site;
  expect(station.version).toBe(spoken);
  await untilStation(gateway, { online: true, connectors: [{ status: 'Available' }] });

  const startedAt = clock.now();
  const startWh = host.meter(1).energyWh;
  await begin(site);
  await pass(site, 4 * sampleS);
  await untilStation(gateway, { connectors: [{ status: 'Charging', metrics: { power: { value: 11_000 } } }] });

  await command(gateway, '/connectors/CP1:1:1/set_current_limit', { body: { current: 10 } });
  await pass(site, 2 * sampleS);
  const { powerW } = host.meter(1);
  expect(powerW).toBeLessThanOrEqual(10 * 3 * 230);
  await untilStation(gateway, { connectors: [{ metrics: { power: { value: powerW } } }] });

  const name = 'OCPPCommCtrlr/HeartbeatInterval';
  await command(gateway, '/chargestations/CP1/variables', {
    method: 'PUT',
    body: { variables: [{ name, value: '600' }] },
  });
  const read = await command(gateway, '/chargestations/CP1/variables/get', { body: { names: [name] } });
  expect(read.response_data).toMatchObject({ configurationKey: [{ value: '600' }] });

  const cutAt = clock.now();
  await beOffline(site);
  const backAt = clock.now();

  const { _id } = await sessionOf(gateway);
  const ended = once(station.events, 'transactionEnded');
  await command(gateway, `/sessions/${_id}/stop`, { body: {} });
  await ended;
  const stopWh = host.meter(1).energyWh;
  await untilSession(gateway, { status: 'Ended' });

  const session = await sessionOf(gateway);
  expect(session).toMatchObject({
    _id,
    token: 'TAG',
    authorization: 'Accepted',
    stoppedReason: 'Remote',
    anomalies: [],
    metrics: { chargingStart: startedAt.toISOString(), chargingStop: clock.now().toISOString() },
  });
  expect(Math.abs(session.metrics.energyConsumed - (stopWh - startWh))).toBeLessThan(1);
  const times = await energyTimes(gateway, _id);
  const whileOffline = times.filter((time) => time > cutAt.toISOString() && time < backAt.toISOString());
  expect(whileOffline).toHaveLength(reconnectS / sampleS - 1);
  expect(new Set(times).size).toBe(times.length);
});

test.each(offers)('a start by $name whose answer is lost is told again, and is one session', async ({ versions }) => {
  const site = await openSite(versions);
  const { gateway, station, host, cable, starts } = site;
  host.plug(1, { soc: 20, maxPowerW: 11_000 });
  const started = once(station.events, 'transactionStarted');
  station.events.once('transactionStarted', () => cable.muffle());
  host.presentToken(1, 'TAG');
  await started;
  await untilSession(gateway, { status: 'Started' });
  await beOffline(site);
  expect(starts).toEqual([starts[0], starts[0]]);
  await command(gateway, `/sessions/${(await sessionOf(gateway))._id}/stop`, { body: {} });
  await untilSession(gateway, { status: 'Ended', stoppedReason: 'Remote', anomalies: [] });
  await untilDelivered(station);
  await sessionOf(gateway);
});

/** Of a CALL, without the number of the message. */
function payloadOf(frame: string): string {
  const [, , ...rest]: unknown[] = JSON.parse(frame);
  return JSON.stringify(rest);
}

/** What leads to the gateway; it may lose all that comes from there until the next connection. */
interface Cable extends StationNetwork {
  muffle(): void;
}

function createCable(): Cable {
  let isMuffled = false;
  return {
    muffle: () => void (isMuffled = true),
    opened(transmit) {
      isMuffled = false;
      return {
        transmit,
        before: (receiver) => ({
          receiveBytes: (bytes) => void (isMuffled || receiver.receiveBytes(bytes)),
          receiveBinary: (length) => receiver.receiveBinary(length),
          close: (reason) => receiver.close(reason),
        }),
      };
    },
  };
}

async function openSite(versions: readonly StationVersion[]): Promise<Site> {
  const clock = new ManualClock('2026-05-04T08:15:00.000Z');
  const gateway = await startGateway({ clock });
  await gateway.api('/tokens', { body: { physicalId: 'TAG' } });
  const random = () => 0.5;
  const host = createSimulatedHost({ clock, random });
  const cable = createCable();
  const station = createStation({
    identity: 'CP1',
    url: gateway.ocppUrl,
    versions,
    host,
    clock,
    random,
    network: cable,
    backOff: { minimumMs: reconnectS * 1000, rangeMs: 0 },
    // The end repeats no values, so that each is told once.
    settings: { 'SampledDataCtrlr.TxUpdatedInterval': String(sampleS), 'SampledDataCtrlr.TxEndedMeasurands': '' },
  });
  onTestFinished(async () => {
    await station.stop();
    host.shutDown();
  });
  const starts: string[] = [];
  station.events.on('message', ({ direction, kind, text }) => {
    const isStart = direction === 'out' && kind === 'CALL' && /"StartTransaction"|"eventType":"Started"/.test(text);
    if (isStart) starts.push(payloadOf(text));
  });
  const accepted = once(station.events, 'accepted');
  station.start();
  await accepted;
  return { gateway, station, host, clock, cable, starts };
}

async function begin({ gateway, station, host }: Site): Promise<void> {
  const started = once(station.events, 'transactionStarted');
  host.plug(1, { soc: 20, maxPowerW: 11_000 });
  host.presentToken(1, 'TAG');
  await started;
  await untilSession(gateway, { status: 'Started', token: 'TAG' });
}

/** Time goes by, and the gateway hears all of it. */
async function pass({ station, clock }: Site, seconds: number): Promise<void> {
  for (let passedS = 0; passedS < seconds; passedS += 10) {
    clock.advance(10_000);
    if (station.isConnected) await untilDelivered(station);
  }
}

/** The network is cut, and back when the station tries again; what has waited meanwhile is sent. */
async function beOffline(site: Site): Promise<void> {
  const { gateway, station, clock } = site;
  const gone = once(station.events, 'disconnected');
  station.drop();
  await gone;
  await untilStation(gateway, { online: false });
  await pass(site, reconnectS - 10);
  expect(station.queuedMessages).toBeGreaterThan(0);
  const back = once(station.events, 'accepted');
  clock.advance(10_000);
  await back;
  await untilDelivered(station);
  await untilStation(gateway, { online: true });
}

async function untilDelivered(station: Station): Promise<void> {
  await vi.waitFor(() => expect(station.queuedMessages).toBe(0), 10_000);
}

/** What became of a command. */
async function command(
  gateway: TestGateway,
  path: string,
  request: { method?: string; body: unknown },
): Promise<Action> {
  const action = await gateway.api<Action>(path, {
    ...request,
    headers: { prefer: 'wait=10' },
  });
  expect(action).toMatchObject({ status: 'completed' });
  return action;
}

/** The only one there is. */
async function sessionOf(gateway: TestGateway): Promise<Session> {
  const [session, ...others] = await gateway.api<Session[]>('/sessions?chargestation=CP1');
  expect(others).toEqual([]);
  if (session === undefined) throw new Error('there is no session');
  return session;
}

async function untilSession(gateway: TestGateway, expected: object): Promise<void> {
  await vi.waitFor(async () => expect(await sessionOf(gateway)).toMatchObject(expected), 10_000);
}

async function untilStation(gateway: TestGateway, expected: object): Promise<void> {
  const look = () => gateway.api<Chargestation>('/chargestations/CP1');
  await vi.waitFor(async () => expect(await look()).toMatchObject(expected), 10_000);
}

/** When the meter's register was told, oldest first. */
async function energyTimes(gateway: TestGateway, id: string): Promise<string[]> {
  const reports = await gateway.api<EnergyReport[]>(`/sessions/${id}/energy_reports`);
  const registers = reports.filter(({ measurand, phase, context }) => {
    return measurand === 'Energy.Active.Import.Register' && phase === undefined && context === 'Sample.Periodic';
  });
  return registers.map(({ timestamp }) => timestamp);
}
