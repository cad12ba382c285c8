import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { startCore, type TestCore } from '../../test/support/core.ts';
import { temporaryFolder } from '../../test/support/gateway.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

async function startWatched(options: Parameters<typeof startCore>[0] = {}): Promise<TestCore> {
  const core = await startCore({ unknownStations: 'accept', ...options });
  await core.watch.start();
  onTestFinished(() => core.watch.stop());
  return core;
}

/** Time passes, for the clock and for what waits. */
async function pass(core: TestCore, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 5) {
    core.clock.advance(5);
    vi.advanceTimersByTime(5000);
    // What has begun by then goes on.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function connect(core: TestCore, stationId: string): Promise<void> {
  await core.intake.admit({ stationId });
  await core.intake.report(stationId, { type: 'Connected', protocol: 'ocpp1.6' });
}

const gone = async (core: TestCore, ...stationIds: string[]) =>
  vi.waitFor(async () => {
    for (const stationId of stationIds) expect(await core.store.station(stationId)).toMatchObject({ online: false });
  });

test('stations that do not return after a restart are told to be gone, and who returns is not', async () => {
  const folder = await temporaryFolder();
  const first = await startCore({ folder, unknownStations: 'accept' });
  for (const stationId of ['CP1', 'CP2', 'CP3']) await connect(first, stationId);
  await first.store.stop();

  const second = await startWatched({ folder });
  second.intake.attach({ stationId: 'CP2', close: () => {} });
  await pass(second, 55);
  expect(await second.store.station('CP1')).toMatchObject({ online: true });
  await pass(second, 10);
  await gone(second, 'CP1', 'CP3');
  expect(await second.store.station('CP2')).toMatchObject({ online: true });
});

test('a station that was deleted, or cannot be stored, keeps no other from being told to be gone', async () => {
  const folder = await temporaryFolder();
  const first = await startCore({ folder, unknownStations: 'accept' });
  for (const stationId of ['CP1', 'CP2', 'CP3']) await connect(first, stationId);
  await first.store.stop();

  const second = await startWatched({ folder });
  await second.gateway.deleteStation('CP1', 'test');
  second.refuse = ({ station }) => station?.after.stationId === 'CP2';
  await pass(second, 65);
  await gone(second, 'CP3');
  second.refuse = () => false;
  await vi.waitFor(async () => {
    await pass(second, 5);
    expect(await second.store.station('CP2')).toMatchObject({ online: false });
  });
});

test('a station whose end could not be stored is told to be gone when the database works again', async () => {
  const core = await startWatched();
  await connect(core, 'CP1');
  core.intake.seen('CP1');
  core.refuse = () => true;
  await expect(core.intake.report('CP1', { type: 'Disconnected', reason: 'closed' })).rejects.toThrow('disk');
  core.refuse = () => false;
  await pass(core, 910);
  await gone(core, 'CP1');
});

test('a connection that brings nothing is closed, but not because the clock was set', async () => {
  const core = await startWatched();
  await connect(core, 'CP1');
  core.intake.seen('CP1');
  const closed: string[] = [];
  core.intake.attach({ stationId: 'CP1', close: (reason) => closed.push(reason) });
  core.clock.advance(86_400);
  await pass(core, 895);
  expect(closed).toEqual([]);
  await pass(core, 15);
  expect(closed[0]).toBe('nothing came for 900 s');
});

test('a reservation of a station that is away expires, also after a restart', async () => {
  const folder = await temporaryFolder();
  const first = await startCore({ folder, unknownStations: 'accept' });
  await first.intake.admit({ stationId: 'CP1' });
  first.intake.attach({
    stationId: 'CP1',
    close: () => {},
    reserveNow: async () => ({ accepted: true, status: 'Accepted' }),
  });
  const expiresAt = new Date(first.clock.now().getTime() + 300_000);
  const idToken = { idToken: 'TAG', type: 'ISO14443' };
  const command = { type: 'reserveNow', reservationId: 7, idToken, expiresAt } as const;
  const { commandId } = await first.gateway.issue({ stationId: 'CP1', command, actor: 'test' });
  await first.gateway.settled(commandId, AbortSignal.timeout(10_000));
  await first.store.stop();

  const second = await startWatched({ folder });
  await pass(second, 240);
  expect((await second.store.station('CP1'))?.reservations).toMatchObject([{ status: 'Active' }]);
  await pass(second, 75);
  await second.fact('reservation.changed');
  expect((await second.store.station('CP1'))?.reservations).toMatchObject([{ status: 'Expired' }]);
});

test('the newest signs of life come to the store, whatever becomes of one station', async () => {
  const core = await startWatched();
  for (const stationId of ['CP1', 'CP2']) await connect(core, stationId);
  core.clock.advance(1);
  for (const stationId of ['CP1', 'CP2']) core.intake.seen(stationId);
  const seenAt = core.clock.now();
  core.refuse = ({ station }) => station?.after.stationId === 'CP1';
  await pass(core, 600);
  await vi.waitFor(async () => expect(await core.store.station('CP2')).toMatchObject({ lastSeenAt: seenAt }));
});

test('a stranger that nobody admits is forgotten a week after it was last here, and an admitted station never', async () => {
  const core = await startWatched({ unknownStations: 'hold' });
  for (const stationId of ['STRANGER', 'KNOWN']) {
    await connect(core, stationId);
    await core.intake.report(stationId, { type: 'Disconnected', reason: 'closed' });
  }
  await core.gateway.changeAdmission('KNOWN', 'admitted', 'test');
  core.clock.advance(6 * 86_400);
  await pass(core, 3605);
  expect(await core.store.station('STRANGER')).toBeDefined();
  core.clock.advance(86_400);
  await pass(core, 3605);
  await vi.waitFor(async () => expect(await core.store.station('STRANGER')).toBeUndefined());
  expect(await core.store.station('KNOWN')).toBeDefined();
});
