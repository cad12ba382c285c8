import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { StationVersion } from '../src/index.ts';
import { openChargingScene, versions, type ChargingScene } from './charging-scene.ts';

let scene: ChargingScene;

afterEach(() => scene.close());

const startSchedule = '2026-01-01T00:00:00Z';

/** A profile of the version, with this schedule. */
function profileOf(version: StationVersion, schedule: object): object {
  const common = { stackLevel: 0, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Absolute' };
  const whole = { chargingRateUnit: 'A', startSchedule, ...schedule };
  return version === '1.6'
    ? { connectorId: 1, csChargingProfiles: { chargingProfileId: 1, ...common, chargingSchedule: whole } }
    : { evseId: 1, chargingProfile: { id: 1, ...common, chargingSchedule: [{ id: 1, ...whole }] } };
}

const period = (startPeriod: number, limit = 16) => ({ startPeriod, limit });

const badSchedules: [string, object][] = [
  ['two thousand periods', { chargingSchedulePeriod: Array.from({ length: 2000 }, (_, n) => period(n)) }],
  ['periods in no order', { chargingSchedulePeriod: [period(0), period(100), period(50)] }],
  ['a period twice', { chargingSchedulePeriod: [period(0), period(0)] }],
  ['a first period that is late', { chargingSchedulePeriod: [period(10)] }],
  ['no periods', { chargingSchedulePeriod: [] }],
  ['a negative limit', { chargingSchedulePeriod: [period(0, -5)] }],
  ['a limit that is no number', { chargingSchedulePeriod: [{ startPeriod: 0, limit: null }] }],
  ['a limit of 1e308', { chargingSchedulePeriod: [period(0, 1e308)] }],
  ['a duration without end', { duration: 2 ** 53, chargingSchedulePeriod: [period(0)] }],
  ['a negative duration', { duration: -1, chargingSchedulePeriod: [period(0)] }],
];

describe.each(versions)('a vehicle charges on at a CSMS of OCPP %s that orders', (version) => {
  const statusOf = (answer: readonly unknown[]) => JSON.stringify(answer);

  it('schedules that cannot be (7.3 schedules)', async () => {
    scene = await openChargingScene(version);
    for (const [what, schedule] of badSchedules) {
      const answer = await scene.csms.ask('SetChargingProfile', profileOf(version, schedule));
      expect(statusOf(answer), what).not.toContain('"Accepted"');
    }
    await scene.goesOn();
  });

  it.each([2 ** 31, 2 ** 31 - 1, 2 ** 53])(
    'a composite schedule of %i seconds (7.3 composite duration)',
    async (duration) => {
      scene = await openChargingScene(version);
      const startSchedule = scene.clock.now().toISOString();
      const schedule = { startSchedule, chargingSchedulePeriod: [period(0, 16), period(60, 16), period(120, 10)] };
      await scene.csms.ask('SetChargingProfile', profileOf(version, schedule));
      const place = version === '1.6' ? { connectorId: 1 } : { evseId: 1 };
      const answer = await scene.csms.ask('GetCompositeSchedule', { ...place, duration });
      expect(statusOf(answer).length).toBeLessThan(100_000);
      expect(statusOf(answer)).toContain('"Accepted"');
      const told = /"duration":(\d+)/.exec(statusOf(answer))?.[1];
      expect(Number(told)).toBeLessThanOrEqual(365 * 86_400);
      expect(statusOf(answer).match(/"startPeriod":\d+/g)).toEqual(['"startPeriod":0', '"startPeriod":120']);
      await scene.goesOn();
    },
  );

  it('a local list that is too long, and keeps the old one (7.3 long local list)', async () => {
    scene = await openChargingScene(version, { settings: { 'LocalAuthListCtrlr.Enabled': 'true' } });
    const entries = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        version === '1.6'
          ? { idTag: `T${n}`, idTagInfo: { status: 'Accepted' } }
          : { idToken: { idToken: `T${n}`, type: 'Central' }, idTokenInfo: { status: 'Accepted' } },
      );
    const update = (versionNumber: number, count: number) => ({
      ...(version === '1.6' ? { listVersion: versionNumber } : { versionNumber }),
      updateType: 'Full',
      localAuthorizationList: entries(count),
    });
    expect(statusOf(await scene.csms.ask('SendLocalList', update(1, 2)))).toContain('Accepted');
    expect(statusOf(await scene.csms.ask('SendLocalList', update(2, 8000)))).not.toContain('Accepted');
    expect(statusOf(await scene.csms.ask('GetLocalListVersion', {}))).toMatch(/[vV]ersion(Number)?":1/);
    const before = scene.csms.attempts;
    const lost = once(scene.station.events, 'disconnected');
    scene.csms.send(JSON.stringify([2, 'long', 'SendLocalList', update(3, 100_000)]));
    await lost;
    await scene.goesOn();
    expect(scene.csms.attempts).toBeGreaterThan(before);
  });

  it('settings that are nonsense (7.3 nonsense settings)', async () => {
    scene = await openChargingScene(version);
    const before = scene.csms.attempts;
    for (const [component, variable, key, value] of nonsense) {
      const answer =
        version === '1.6'
          ? await scene.csms.ask('ChangeConfiguration', { key, value })
          : await scene.csms.ask('SetVariables', {
              setVariableData: [{ component, variable: { name: variable }, attributeValue: value }],
            });
      expect(statusOf(answer), `${variable} ${value}`).not.toContain('"Accepted"');
    }
    await scene.goesOn();
    expect(scene.csms.attempts).toBe(before);
  });

  it('a certificate that is none, and tells of it (7.3 certificates) [chargepoint_invalid_central_system_security_event]', async () => {
    scene = await openChargingScene(version, {
      settings: { 'InternalCtrlr.AllowCSMSRootCertInstallWithUnsecureConnection': 'true' },
    });
    const pem = '-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----';
    const certificateType = version === '1.6' ? 'CentralSystemRootCertificate' : 'CSMSRootCertificate';
    for (const text of [pem, 'garbage', '', 'x'.repeat(20_000)]) {
      const install = await scene.csms.ask('InstallCertificate', { certificateType, certificate: text });
      expect(statusOf(install)).not.toContain('"Accepted"');
      const signed = await scene.csms.ask('CertificateSigned', { certificateChain: text });
      expect(statusOf(signed)).not.toContain('"Accepted"');
    }
    expect(scene.security).toContain(version === '1.6' ? 'InvalidCentralSystemCertificate' : 'InvalidCsmsCertificate');
    await scene.goesOn();
  });
});

const comm = { name: 'OCPPCommCtrlr' };
const slot = { name: 'NetworkConfiguration', instance: '1' };

const nonsense: [{ name: string; instance?: string }, string, string, string][] = [
  [comm, 'HeartbeatInterval', 'HeartbeatInterval', 'soon'],
  [comm, 'HeartbeatInterval', 'HeartbeatInterval', '1e999'],
  [comm, 'NetworkConfigurationPriority', 'NoSuchKey', '9,8,7'],
  [comm, 'NetworkConfigurationPriority', 'NoSuchKey', ''],
  [slot, 'OcppCsmsUrl', 'NumberOfConnectors', 'http:// no'],
  [{ name: 'SecurityCtrlr' }, 'SecurityProfile', 'SecurityProfile', '77'],
  [{ name: 'SecurityCtrlr' }, 'BasicAuthPassword', 'AuthorizationKey', 'short'],
  [{ name: 'Nobody' }, 'Nothing', '__proto__', 'x'],
];
