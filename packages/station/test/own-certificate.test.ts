import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { createMemoryStore, createSimulatedHost, createStation, ManualClock } from '../src/index.ts';
import { issue, publicKeyIn } from './certificates.ts';
import { openRawCsms, type RawCsms } from './raw-csms.ts';
import { advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const root = issue({ name: 'CSMS root', isAuthority: true });
const server = issue({ name: 'localhost', issuer: root, hosts: ['localhost'] });
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

async function open() {
  const tls = { key: server.keyPem, cert: server.pem, ca: root.pem, requestCert: true, rejectUnauthorized: false };
  const csms = await openRawCsms('ocpp2.0.1', tls);
  const clock = new ManualClock(new Date());
  const station = createStation({
    identity: 'CP1',
    url: csms.url,
    versions: ['2.0.1'],
    host: createSimulatedHost({ clock, random: () => 0.5 }),
    clock,
    random: () => 0,
    store: createMemoryStore(),
    tls: { ca: root.pem },
    settings: { 'SecurityCtrlr.OrganizationName': 'Busbar' },
  });
  closing.push(
    () => csms.close(),
    () => station.stop(),
  );
  const accepted = once(station.events, 'accepted');
  station.start();
  await accepted;
  const comeBack = async () => {
    const again = once(station.events, 'accepted');
    await csms.hangUp(1012);
    await advanceUntil(clock, again);
  };
  return { csms, comeBack };
}

/** Has the station ask for a certificate, and gives it one with this number. */
async function give(csms: RawCsms, serial: number, from: Date): Promise<void> {
  const asked = () => csms.calls.filter(({ action }) => action === 'SignCertificate');
  const before = asked().length;
  await csms.ask('TriggerMessage', { requestedMessage: 'SignChargingStationCertificate' });
  await expect.poll(() => asked().length).toBeGreaterThan(before);
  const publicKey = publicKeyIn(String(asked().at(-1)?.payload['csr']));
  const { pem } = issue({ name: 'CP1', issuer: root, publicKey, serial, from });
  expect(await csms.ask('CertificateSigned', { certificateChain: pem })).toMatchObject([
    3,
    expect.anything(),
    { status: 'Accepted' },
  ]);
}

it('shows a new certificate at the next connection, and of several the one that began last (case 66) [A02_use_newest_certificate_after_installation, A02_use_newest_certificate_according_to_validity]', async () => {
  const { csms, comeBack } = await open();
  expect(csms.shown).toEqual(['']);
  await give(csms, 0x1001, daysAgo(5));
  await comeBack();
  await give(csms, 0x1002, daysAgo(1));
  await comeBack();
  await give(csms, 0x1003, daysAgo(9));
  await comeBack();
  expect(csms.shown).toEqual(['', '1001', '1002', '1002']);
});
