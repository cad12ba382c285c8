import { once } from 'node:events';
import type { ServerOptions } from 'node:https';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  createSimulatedHost,
  createStation,
  ManualClock,
  type NetworkAnswer,
  type NetworkRequest,
  type StationHost,
  type StationOptions,
} from '../src/index.ts';
import { issue } from './certificates.ts';
import { openCsms } from './csms.ts';
import { openHostileCsms, type Behaviour, type HostileCsms } from './hostile-csms.ts';
import { advanceTo, advanceUntil } from './rig.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const root = issue({ name: 'CSMS root', isAuthority: true });
const server = issue({ name: 'localhost', issuer: root, hosts: ['localhost'] });
const identity = { key: server.keyPem, cert: server.pem };

async function csmsOf(
  tls: ServerOptions = identity,
  behaviours: Behaviour[] = [{ boots: true }],
): Promise<HostileCsms> {
  const csms = await openHostileCsms(behaviours, tls);
  closing.push(() => csms.close());
  return csms;
}

const localhost = ({ url }: HostileCsms) => url.replace('127.0.0.1', 'localhost');

function stationAt(url: string, options: Partial<StationOptions> = {}, more: Partial<StationHost> = {}) {
  const clock = new ManualClock(new Date());
  const host = Object.assign(createSimulatedHost({ clock, random: () => 0.5 }), more);
  const base = {
    identity: 'CP1',
    url,
    versions: ['1.6'],
    host,
    clock,
    random: () => 0,
    store: createMemoryStore(),
  } as const;
  const station = createStation({ ...base, ...options });
  closing.push(() => station.stop());
  const security: string[] = [];
  station.events.on('securityEvent', ({ type }) => security.push(type));
  return { clock, station, security };
}

describe('TLS', () => {
  const open = (csms: HostileCsms, options: Partial<StationOptions> = {}) =>
    stationAt(localhost(csms).replace('ws:', 'wss:'), { tls: { ca: root.pem }, ...options });

  it('connects to a CSMS whose certificate is known', async () => {
    const { station } = open(await csmsOf());
    station.start();
    await once(station.events, 'accepted');
    expect(station.isConnected).toBe(true);
  });

  const failing: [string, ServerOptions, Partial<StationOptions>][] = [
    ['InvalidCsmsCertificate', identity, { tls: { ca: issue({ name: 'Other', isAuthority: true }).pem } }],
    ['InvalidCsmsCertificate', identity, { tls: { trustsSystem: false } }],
    ['InvalidTLSVersion', { ...identity, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }, {}],
    ['InvalidTLSCipherSuite', { ...identity, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }, {}],
  ];

  it.each(failing)('raises %s once for a streak of failures, and keeps dialling', async (type, tls, options) => {
    const { station, clock, security } = open(await csmsOf(tls), options);
    station.start();
    for (let attempt = 0; attempt < 3; attempt++) await advanceUntil(clock, once(station.events, 'connectFailed'));
    expect(security.map((each) => each.replace('CentralSystem', 'Csms'))).toEqual([type]);
  });

  it.each([
    ['a name that is not the host', issue({ name: 'elsewhere', issuer: root, hosts: ['elsewhere'] })],
    ['an end', issue({ name: 'old', issuer: root, hosts: ['localhost'], from: new Date(0), to: new Date(1e12) })],
  ])('does not trust a certificate with %s', async (_what, { keyPem, pem }) => {
    const { station } = open(await csmsOf({ key: keyPem, cert: pem }));
    station.start();
    const [failure] = await once(station.events, 'connectFailed');
    expect(failure).toMatchObject({ kind: 'certificate' });
  });

  it('shows its certificate to a CSMS that asks for one', async () => {
    const own = issue({ name: 'SN-1', issuer: root });
    const csms = await csmsOf({ ...identity, ca: root.pem, requestCert: true, rejectUnauthorized: true });
    const { station } = open(csms, {
      tls: { ca: root.pem, cert: own.pem, key: own.keyPem },
      password: 'not-to-be-sent-1',
    });
    station.start();
    await once(station.events, 'accepted');
    expect(csms.attempts).toEqual(['']);
    const stranger = open(csms);
    stranger.station.start();
    const end = await Promise.race([
      once(stranger.station.events, 'connectFailed'),
      once(stranger.station.events, 'accepted').then(() => 'accepted'),
    ]);
    expect(end).not.toBe('accepted');
  });

  it('cannot be dialled with a key that cannot be read, and that is no crash', async () => {
    const { station } = open(await csmsOf(), { tls: { ca: root.pem, cert: 'x', key: 'y' } });
    station.start();
    await once(station.events, 'connectFailed');
    expect(station.isConnected).toBe(false);
  });
});

describe('the security profile', () => {
  const password = 'a-password-of-16';
  const open = (csms: HostileCsms) => stationAt(localhost(csms), { password, tls: { ca: root.pem } });

  async function raise(csms: HostileCsms): Promise<unknown> {
    const [socket] = csms.sockets;
    socket?.send(JSON.stringify([2, 'up', 'ChangeConfiguration', { key: 'SecurityProfile', value: '2' }]));
    await expect.poll(() => csms.frames.find((text) => text.startsWith('[3,"up"'))).toContain('Accepted');
    return undefined;
  }

  it('is raised from 1 to 2: the station comes back over TLS (case 47) [chargepoint_update_security_profile]', async () => {
    const csms = await csmsOf();
    const { station, clock, security } = open(csms);
    station.start();
    await once(station.events, 'accepted');
    const again = once(station.events, 'accepted');
    await raise(csms);
    await again;
    expect(security).toContain('ReconfigurationOfSecurityParameters');
    clock.advance(600_000);
    expect(station.isConnected).toBe(true);
    csms.takesTls = false;
    station.drop();
    await once(station.events, 'disconnected');
    await advanceUntil(clock, once(station.events, 'connectFailed'));
  });

  it('falls back when the CSMS cannot be reached with the new one (case 47) [chargepoint_update_security_profile_fallback]', async () => {
    const csms = await csmsOf();
    csms.takesTls = false;
    const { station, clock } = open(csms);
    station.start();
    await once(station.events, 'accepted');
    const begin = clock.monotonicMs();
    await raise(csms);
    await advanceUntil(clock, once(station.events, 'accepted'));
    expect(clock.monotonicMs() - begin).toBeGreaterThanOrEqual(60_000);
    const [socket] = csms.sockets;
    socket?.send(JSON.stringify([2, 'read', 'GetConfiguration', { key: ['SecurityProfile'] }]));
    await expect.poll(() => csms.frames.find((text) => text.startsWith('[3,"read"'))).toContain('"value":"1"');
  });

  it('does not fall', async () => {
    const csms = await csmsOf();
    const { station } = open(csms);
    station.start();
    await once(station.events, 'accepted');
    csms.sockets[0]?.send(JSON.stringify([2, 'dn', 'ChangeConfiguration', { key: 'SecurityProfile', value: '0' }]));
    await expect.poll(() => csms.frames.find((text) => text.startsWith('[3,"dn"'))).toContain('Rejected');
  });
});

describe('a new password', () => {
  it.each([
    {
      version: '1.6',
      action: 'ChangeConfiguration',
      order: { key: 'AuthorizationKey', value: '4f43415f4f4354545f61646d696e5f74657374' },
      answer: { status: 'Accepted' },
      password: 'OCA_OCTT_admin_test',
    },
    {
      version: '2.0.1',
      action: 'SetVariables',
      order: {
        setVariableData: [
          {
            component: { name: 'SecurityCtrlr' },
            variable: { name: 'BasicAuthPassword' },
            attributeValue: 'BEEFDEADBEEFDEAD',
          },
        ],
      },
      answer: { setVariableResult: [{ attributeStatus: 'Accepted' }] },
      password: 'BEEFDEADBEEFDEAD',
    },
  ] as const)(
    'is used at once, over a new connection without another boot, in $version (OCPP 2.0.1 A01) [chargepoint_update_http_auth_key, A01]',
    async ({ version, action, order, answer, password }) => {
      const csms = await openCsms();
      closing.push(() => csms.close());
      const { station, clock } = stationAt(csms.url, { password: 'first-password-1', versions: [version] });
      station.start();
      await once(station.events, 'accepted');
      const again = once(station.events, 'accepted');
      expect(await csms.call('CP1', action, order)).toMatchObject(answer);
      await advanceUntil(clock, again);
      expect(csms.passwords).toEqual(['first-password-1', password]);
      expect(csms.received.filter(({ action: sent }) => sent === 'BootNotification')).toHaveLength(1);
    },
  );

  it('gives way to the one before when the CSMS refuses it', async () => {
    const csms = await csmsOf(identity, [{ boots: true }, { http: 401 }, { boots: true }]);
    const { station, clock } = stationAt(csms.url, { password: 'first-password-1' });
    station.start();
    await once(station.events, 'accepted');
    const change = { key: 'AuthorizationKey', value: 'second-password-2' };
    csms.sockets[0]?.send(JSON.stringify([2, 'pw', 'ChangeConfiguration', change]));
    await advanceUntil(clock, once(station.events, 'accepted'));
    const sent = csms.attempts.map((header) => Buffer.from(header.slice(6), 'base64').toString());
    expect(sent).toEqual(['CP1:first-password-1', 'CP1:second-password-2', 'CP1:first-password-1']);
    station.drop();
    await once(station.events, 'disconnected');
    await advanceUntil(clock, once(station.events, 'accepted'));
    expect(csms.attempts.at(-1)).toBe(csms.attempts[0]);
  });
});

describe('network profiles', () => {
  const slots = (second: HostileCsms) => ({
    'OCPPCommCtrlr.NetworkConfigurationPriority': '1,2',
    'OCPPCommCtrlr.NetworkProfileConnectionAttempts': '2',
    'NetworkConfiguration[2].OcppCsmsUrl': second.url,
    'NetworkConfiguration[2].SecurityProfile': '0',
  });

  it('are tried in their order, and the one that worked is the first after a loss (case 53) [b09_b10]', async () => {
    const first = await csmsOf(identity, [{ http: 503 }]);
    const second = await csmsOf();
    const { station, clock } = stationAt(first.url, { settings: slots(second) });
    station.start();
    await advanceUntil(clock, once(station.events, 'accepted'));
    expect([first.attempts.length, second.attempts.length]).toEqual([2, 1]);
    station.drop();
    await once(station.events, 'disconnected');
    await advanceUntil(clock, once(station.events, 'accepted'));
    expect([first.attempts.length, second.attempts.length]).toEqual([2, 2]);
  });

  it('fall back to the last good one over a restart when all others fail', async () => {
    const first = await csmsOf(identity, [{ http: 503 }]);
    const second = await csmsOf(identity, [
      { boots: true },
      { http: 503 },
      { http: 503 },
      { http: 503 },
      { boots: true },
    ]);
    const store = createMemoryStore();
    const before = stationAt(first.url, { settings: slots(second), store });
    before.station.start();
    await advanceUntil(before.clock, once(before.station.events, 'accepted'));
    await before.station.stop();
    const after = stationAt(first.url, { settings: slots(second), store });
    after.station.start();
    await advanceUntil(after.clock, once(after.station.events, 'accepted'), 1000);
    expect([first.attempts.length, second.attempts.length]).toEqual([4, 5]);
  });

  it('below the security that was reached are skipped', async () => {
    const insecure = await csmsOf();
    const secure = await csmsOf(identity, [{ boots: true }, { http: 503 }]);
    const settings = {
      ...slots(insecure),
      'NetworkConfiguration[2].OcppCsmsUrl': localhost(secure).replace('ws:', 'wss:'),
      'NetworkConfiguration[2].SecurityProfile': '2',
      'OCPPCommCtrlr.NetworkConfigurationPriority': '2,1',
    };
    const { station, clock } = stationAt(insecure.url, { settings, tls: { ca: root.pem } });
    station.start();
    await once(station.events, 'accepted');
    station.drop();
    for (let n = 0; n < 5; n++) await advanceUntil(clock, once(station.events, 'connectFailed'), 1000);
    expect(insecure.attempts).toEqual([]);
  });

  it('are passed over when the host fails at bringing up the network', async () => {
    const first = await csmsOf();
    const second = await csmsOf();
    const asked: number[] = [];
    const configureNetwork: StationHost['configureNetwork'] = ({ slot }) => {
      asked.push(slot);
      if (slot === 1) throw new Error('no modem');
      return { status: 'Ready' };
    };
    const { station, clock } = stationAt(first.url, { settings: slots(second) }, { configureNetwork });
    station.start();
    await advanceUntil(clock, once(station.events, 'accepted'));
    expect(asked).toEqual([1, 2]);
    await station.stop();
  });

  it('wait for the host to bring up the network, and are passed over when it cannot or takes too long [configure_network_failover_two_slots]', async () => {
    const first = await csmsOf();
    const second = await csmsOf();
    const asked: number[] = [];
    const configureNetwork: StationHost['configureNetwork'] = ({ slot }) => {
      asked.push(slot);
      if (slot === 1) return new Promise(() => {});
      return { status: 'Ready', localAddress: '127.0.0.1' };
    };
    const { station, clock } = stationAt(first.url, { settings: slots(second) }, { configureNetwork });
    station.start();
    await advanceUntil(clock, once(station.events, 'accepted'));
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(60_000);
    expect(asked).toEqual([1, 2]);
    expect(first.attempts).toEqual([]);
    await station.stop();
  });

  describe.each(['1.6', '2.0.1'] as const)('in OCPP %s', (version) => {
    async function open(configureNetwork: NonNullable<StationHost['configureNetwork']>) {
      const csms = await openCsms();
      closing.push(() => csms.close());
      const settings = { 'NetworkConfiguration[1].OcppInterface': 'Wireless0' };
      return { csms, ...stationAt(csms.url, { settings, versions: [version] }, { configureNetwork }) };
    }

    it('are dialled as they are by a host that does not care [configure_network_not_supported_fallback 1.6 2.0.1]', async () => {
      const { csms, station } = await open(() => ({ status: 'NotSupported' }));
      station.start();
      await once(station.events, 'accepted');
      expect(csms.passwords).toHaveLength(1);
    });

    it('are dialled at once by a host that is ready, and has heard by what to connect [configure_network_ready_direct 1.6 2.0.1]', async () => {
      const requests: unknown[] = [];
      const { csms, station } = await open((request) => {
        requests.push(request);
        return { status: 'Ready' };
      });
      station.start();
      await once(station.events, 'accepted');
      expect(requests).toEqual([{ slot: 1, url: csms.url, securityProfile: 0, interface: 'Wireless0' }]);
    });

    it('wait for a host that takes its time, and not longer [configure_network_processing_then_status 1.6 2.0.1]', async () => {
      const { promise, resolve } = Promise.withResolvers<NetworkAnswer>();
      const { csms, station, clock } = await open(() => promise);
      station.start();
      await advanceTo(clock, () => clock.monotonicMs() >= 30_000);
      expect(csms.passwords).toEqual([]);
      resolve({ status: 'Ready' });
      await once(station.events, 'accepted');
      expect(csms.passwords).toHaveLength(1);
    });
  });

  it('of OCPP 2.0.1 tell the host of the mobile network and the VPN, with secrets that no log shows (B09)', async () => {
    const csms = await openCsms();
    closing.push(() => csms.close());
    const requests: NetworkRequest[] = [];
    const configureNetwork = (request: NetworkRequest): NetworkAnswer => {
      requests.push(request);
      return { status: 'Ready' };
    };
    const { station, clock } = stationAt(csms.url, { versions: ['2.0.1'] }, { configureNetwork });
    station.start();
    await once(station.events, 'accepted');
    const call = (action: string, payload: object) => csms.call('CP1', action, payload);
    const apn = { apn: 'internet', apnUserName: 'user', apnPassword: 'apn-secret', simPin: 4711 };
    const vpn = { server: 'vpn.example.org', user: 'me', password: 'vpn-secret', key: 'vpn-key', type: 'IKEv2' };
    const connectionData = {
      ocppVersion: 'OCPP20',
      ocppTransport: 'JSON',
      ocppInterface: 'Wireless0',
      ocppCsmsUrl: csms.url,
      messageTimeout: 30,
      securityProfile: 0,
      apn: { ...apn, apnAuthentication: 'CHAP', useOnlyPreferredNetwork: true, preferredNetwork: '26201' },
      vpn,
    };
    expect(await call('SetNetworkProfile', { configurationSlot: 2, connectionData })).toEqual({ status: 'Accepted' });
    const priority = {
      component: { name: 'OCPPCommCtrlr' },
      variable: { name: 'NetworkConfigurationPriority' },
      attributeValue: '2,1',
    };
    const set = await call('SetVariables', { setVariableData: [priority] });
    expect(JSON.stringify(set)).toMatch(/"attributeStatus":"(Accepted|RebootRequired)"/);
    const again = once(station.events, 'accepted');
    await call('Reset', { type: 'Immediate' });
    await advanceUntil(clock, again);
    const [first, second] = requests;
    expect([first?.apn, first?.vpn]).toEqual([undefined, undefined]);
    expect(second).toMatchObject({
      slot: 2,
      apn: {
        apn: 'internet',
        authentication: 'CHAP',
        userName: 'user',
        useOnlyPreferredNetwork: true,
        preferredNetwork: '26201',
      },
      vpn: { server: 'vpn.example.org', type: 'IKEv2', user: 'me', group: undefined },
    });
    const secrets = [second?.apn?.password, second?.apn?.simPin, second?.vpn?.password, second?.vpn?.key];
    const texts = secrets.map((secret) => secret?.reveal() ?? '');
    expect(texts).toEqual(['apn-secret', '4711', 'vpn-secret', 'vpn-key']);
    for (const text of texts) expect(inspect(second, { depth: 9 }) + JSON.stringify(second)).not.toContain(text);
  });

  it('leave nothing behind when the station stops while the host works', async () => {
    const csms = await csmsOf();
    const { station, clock } = stationAt(csms.url, {}, { configureNetwork: () => new Promise(() => {}) });
    station.start();
    await station.stop();
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.pending).toBe(0);
  });
});
