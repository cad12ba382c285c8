import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { OcppSocket } from '../../../test/support/ocpp-socket.ts';
import { ocppOptions, startOcpp } from '../../../test/support/ocpp-server.ts';
import { examine } from './examine.ts';
import type { OcppOptions } from './options.ts';

const folder = mkdtempSync(join(tmpdir(), 'busbar-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);
const hasOpenssl = canRun();

function canRun(): boolean {
  try {
    openssl('version');
    return true;
  } catch {
    return false;
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

/** A key and a certificate of that common name, signed by `issuer` or by itself. */
function certificate(
  name: string,
  commonName: string,
  { issuer, days = 90 }: { issuer?: string; days?: number } = {},
): void {
  const [key, request, cert] = [file(`${name}.key`), file(`${name}.csr`), file(`${name}.pem`)];
  openssl(
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    key,
    '-out',
    request,
    '-subj',
    `/CN=${commonName}`,
  );
  const by =
    issuer === undefined
      ? ['-signkey', key]
      : ['-CA', file(`${issuer}.pem`), '-CAkey', file(`${issuer}.key`), '-CAcreateserial'];
  openssl('x509', '-req', '-in', request, '-out', cert, '-days', `${days}`, ...by);
}

if (hasOpenssl) {
  certificate('gateway', 'localhost');
  certificate('authority', 'Authority');
  certificate('cp1', 'CP1', { issuer: 'authority' });
  certificate('stranger', 'CP1');
  certificate('soon', 'localhost', { days: 5 });
  writeFileSync(file('nonsense.pem'), 'nonsense');
}

const tls = (changes: Partial<OcppOptions['tls']> = {}) => ({
  ...ocppOptions().tls,
  certFile: file('gateway.pem'),
  keyFile: file('gateway.key'),
  ...changes,
});

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(changes: Partial<OcppOptions>) {
  const started = await startOcpp(changes);
  running.push(started.server);
  return started;
}

const shown = (name: string) => ({
  rejectUnauthorized: false,
  key: readFileSync(file(`${name}.key`)),
  cert: readFileSync(file(`${name}.pem`)),
});

describe.skipIf(!hasOpenssl)('TLS', () => {
  test('carries stations of security profile 2', async () => {
    const { url } = await start({ tls: tls() });
    expect(url).toMatch(/^wss:/);
    const station = new OcppSocket(`${url}/CP1`, 'ocpp1.6', { rejectUnauthorized: false });
    await station.opened;
    expect(await station.call('1', 'Heartbeat', {})).toMatchObject([3, '1', {}]);
    await station.end();
  });

  test('with client certificates lets in only the station that its certificate names', async () => {
    const { url, intake } = await start({ tls: tls({ clientCaFile: file('authority.pem') }) });
    const station = new OcppSocket(`${url}/CP1`, 'ocpp1.6', shown('cp1'));
    expect(await station.opened).toBeUndefined();
    expect(intake.admissions).toMatchObject([{ stationId: 'CP1', certificateName: 'CP1' }]);
    expect(await new OcppSocket(`${url}/CP2`, 'ocpp1.6', shown('cp1')).opened).toMatchObject({ status: 403 });
    expect(await new OcppSocket(`${url}/CP1`, 'ocpp1.6', shown('stranger')).opened).toMatchObject({ status: 403 });
    expect(await new OcppSocket(`${url}/CP1`, 'ocpp1.6', { rejectUnauthorized: false }).opened).toMatchObject({
      status: 403,
    });
    await station.end();
  });

  test('with optional client certificates takes a password in place of one', async () => {
    const clientCaFile = file('authority.pem');
    const { url, intake } = await start({ tls: tls({ clientCaFile, clientCertificate: 'optional' }) });
    const headers = { authorization: `Basic ${Buffer.from('CP1:secret').toString('base64')}` };
    const station = new OcppSocket(`${url}/CP1`, 'ocpp1.6', { rejectUnauthorized: false, headers });
    expect(await station.opened).toBeUndefined();
    expect(intake.admissions).toMatchObject([{ stationId: 'CP1', password: 'secret' }]);
    await station.end();
  });

  test('without its files says which one is missing', async () => {
    await expect(startOcpp({ tls: tls({ keyFile: '' }) })).rejects.toThrow(/tls.keyFile is missing/);
    await expect(startOcpp({ tls: tls({ certFile: file('none.pem') }) })).rejects.toThrow(
      /tls.certFile cannot be read.*none.pem/,
    );
  });
});

describe('examine', () => {
  const found = async (changes: Partial<OcppOptions>) =>
    (await examine(ocppOptions(changes)))
      .map(({ level, subject, detail }) => `${level} ${subject}: ${detail}`)
      .join('\n');

  test('says whether the port is free', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await found({ port })).toMatch(/^problem OCPP port \d+: Another process listens/);
    await new Promise((resolve) => taken.close(resolve));
    expect(await found({ port })).toMatch(/^ok OCPP port \d+: Free/);
  });

  test('says which URL a charger needs, or that none can reach it', async () => {
    expect(await found({ host: '127.0.0.1', port: 9000 })).toMatch(/warning OCPP URL: .*this machine only/);
    expect(await found({ host: '192.0.2.1', port: 9000 })).toContain(
      'ok OCPP URL: ws://192.0.2.1:9000/ocpp/<identity>',
    );
  });

  test.skipIf(!hasOpenssl)('looks at the TLS files', async () => {
    expect(await found({ tls: tls() })).toMatch(/ok OCPP tls.certFile: Valid until .*\nok OCPP tls.keyFile: Belongs/);
    expect(await found({ tls: tls({ keyFile: file('cp1.key') }) })).toMatch(
      /problem OCPP tls.keyFile: Does not belong/,
    );
    expect(await found({ tls: tls({ keyFile: file('nonsense.pem') }) })).toMatch(
      /problem OCPP tls.keyFile: Holds no PEM/,
    );
    expect(await found({ tls: tls({ certFile: file('none.pem') }) })).toMatch(
      /problem OCPP tls.certFile: Cannot be read/,
    );
    expect(await found({ tls: tls({ certFile: file('soon.pem'), keyFile: file('soon.key') }) })).toMatch(
      /warning OCPP tls.certFile/,
    );
    expect(await found({ tls: tls({ clientCaFile: file('nonsense.pem') }) })).toMatch(/problem OCPP tls.clientCaFile/);
    expect(await found({ tls: tls({ keyFile: '' }) })).toMatch(/problem OCPP TLS: TLS needs both/);
  });
});
