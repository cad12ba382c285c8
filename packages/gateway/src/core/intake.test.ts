import { expect, test } from 'vitest';
import { startCore } from '../../test/support/core.ts';
import { maxHeldStations } from './intake.ts';

const boot = { type: 'BootNotification', info: { vendor: 'Acme' } } as const;

test('an unknown station is held: its boot is answered Pending until an operator admits it', async () => {
  const core = await startCore();
  expect(await core.intake.admit({ stationId: 'CP1' })).toEqual({ admitted: true, admission: 'held' });
  expect(await core.intake.report('CP1', boot)).toMatchObject({ status: 'Pending' });
  await core.gateway.changeAdmission('CP1', 'admitted', 'test');
  expect(await core.intake.report('CP1', boot)).toMatchObject({ status: 'Accepted', interval: 300 });
});

test('a refused station may not connect, and its connection is closed when it is refused', async () => {
  const core = await startCore({ unknownStations: 'accept' });
  await core.intake.admit({ stationId: 'CP1' });
  const closed = Promise.withResolvers<string>();
  core.intake.attach({ stationId: 'CP1', close: closed.resolve });
  await core.gateway.changeAdmission('CP1', 'refused', 'test');
  expect(await closed.promise).toMatch(/refused/);
  expect(await core.intake.admit({ stationId: 'CP1' })).toEqual({ admitted: false, reason: 'refused' });
});

test('strangers are turned away when the policy says so, and leave no trace', async () => {
  const core = await startCore({ unknownStations: 'refuse' });
  expect(await core.intake.admit({ stationId: 'CP1' })).toEqual({ admitted: false, reason: 'unknown' });
  expect(await core.store.station('CP1')).toBeUndefined();
});

test('strangers cannot fill the database while they wait for admission', async () => {
  const core = await startCore();
  const admit = (n: number) => core.intake.admit({ stationId: `CP${n}` });
  await Promise.all(Array.from({ length: maxHeldStations }, (_, n) => admit(n)));
  expect(await admit(maxHeldStations)).toEqual({ admitted: false, reason: 'unknown' });
  expect(await admit(0)).toEqual({ admitted: true, admission: 'held' });
});

test('a station with a password must bring it', async () => {
  const core = await startCore();
  const password = 'a-password-of-20-chr';
  await core.gateway.registerStation('CP1', { password, actor: 'test' });
  const admit = (offered?: string) => core.intake.admit({ stationId: 'CP1', ...(offered && { password: offered }) });
  expect(await admit()).toEqual({ admitted: false, reason: 'password-missing' });
  expect(await admit('another-of-20-chars!')).toEqual({ admitted: false, reason: 'password-wrong' });
  expect(await admit(password)).toEqual({ admitted: true, admission: 'admitted' });
});

test('whether a password is asked for can be the same for every station', async () => {
  const core = await startCore({ unknownStations: 'accept' });
  const password = 'a-password-of-20-chr';
  await core.gateway.registerStation('CP1', { password, actor: 'test' });
  const admit = (stationId: string, requirePassword: 'none' | 'always') =>
    core.intake.admit({
      stationId,
      requirePassword,
      password: stationId === 'CP1' ? password : 'any-of-20-characters',
    });
  expect(await core.intake.admit({ stationId: 'CP1', requirePassword: 'none' })).toMatchObject({ admitted: true });
  expect(await admit('CP1', 'always')).toMatchObject({ admitted: true });
  expect(await admit('CP2', 'always')).toEqual({ admitted: false, reason: 'password-wrong' });
});

test('a password that is too short is refused with the rule, and the station is not made', async () => {
  const core = await startCore();
  const made = core.gateway.registerStation('CP1', { password: 'short', actor: 'test' });
  await expect(made).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('16 to 40') });
  expect(await core.store.station('CP1')).toBeUndefined();
});

test('a client certificate opens its own identity only', async () => {
  const core = await startCore({ unknownStations: 'accept' });
  expect(await core.intake.admit({ stationId: 'CP1', certificateName: 'CP2' })).toEqual({
    admitted: false,
    reason: 'certificate-wrong',
  });
});

test('the reports of one station are decided in the order they came, whatever each of them needs', async () => {
  const core = await startCore({ unknownStations: 'accept' });
  await core.intake.admit({ stationId: 'CP1' });
  const start = (connectorId: number) =>
    core.intake.report('CP1', {
      type: 'TransactionEvent',
      eventType: 'Started',
      triggerReason: 'Authorized',
      evseId: connectorId,
      connectorId: 1,
      idToken: { idToken: 'TAG', type: 'ISO14443' },
      offline: false,
      occurredAt: core.clock.now(),
      measurements: [],
    });
  const answers = await Promise.all([start(1), start(2), core.intake.report('CP1', boot), start(1)]);
  const ids = [answers[0], answers[1], answers[3]].map((answer) => answer?.transactionId);
  expect(ids[0]).toBe(ids[2]);
  expect(ids[0]).not.toBe(ids[1]);
  const started = core.facts.filter(({ type }) => type === 'transaction.started');
  expect(started).toHaveLength(2);
});

test('the newest sign of life is kept when the station leaves', async () => {
  const core = await startCore({ unknownStations: 'accept' });
  await core.intake.admit({ stationId: 'CP1' });
  await core.intake.report('CP1', { type: 'Connected', protocol: 'ocpp1.6' });
  core.clock.advance(100);
  core.intake.seen('CP1');
  expect(core.gateway.lastSeenAt('CP1')).toEqual(core.clock.now());
  await core.intake.report('CP1', { type: 'Disconnected', reason: 'closed' });
  expect((await core.store.station('CP1'))?.lastSeenAt).toEqual(core.clock.now());
});
