import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Finding } from '../../ports/adapter.ts';
import type { OcppOptions } from './options.ts';

/** Days before its end that a certificate is warned about. */
const expiryWarningDays = 30;
const dayMs = 86_400_000;

/** What `busbar doctor` says of the OCPP port before the gateway starts. */
export async function examine(options: OcppOptions): Promise<Finding[]> {
  const findings = [await examinePort(options), ...(await examineTls(options.tls)), ...urls(options)];
  const isExposed = options.tls.certFile === '' && !isLoopback(options.host) && options.requirePassword === 'none';
  if (!isExposed) return findings;
  const detail =
    'Stations connect without TLS and without a password: anybody in the network can pose as one. Set requirePassword or tls.';
  return [...findings, { level: 'warning', subject: 'OCPP security', detail }];
}

function examinePort({ host, port }: OcppOptions): Promise<Finding> {
  const subject = `OCPP port ${port}`;
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const inUse = 'code' in error && error.code === 'EADDRINUSE';
      const detail = inUse
        ? `Another process listens on ${host}:${port}. Stop it, or set south.ocpp.port to another one.`
        : `Cannot listen on ${host}:${port}: ${error.message}.`;
      resolve({ level: 'problem', subject, detail });
    });
    probe.listen({ host, port, exclusive: true }, () => {
      probe.close(() => resolve({ level: 'ok', subject, detail: `Free on ${host}.` }));
    });
  });
}

/** The URL to give to a charger, for each way into this machine. */
function urls({ host, port, path, tls }: OcppOptions): Finding[] {
  const scheme = tls.certFile === '' ? 'ws' : 'wss';
  const isAny = host === '0.0.0.0' || host === '::';
  const hosts = isAny ? outsideAddresses() : [host];
  if (isLoopback(host) || hosts.length === 0) {
    const detail = `${scheme}://${host}:${port}${path}/<identity> is reachable from this machine only. Set south.ocpp.host to 0.0.0.0 to let chargers in.`;
    return [{ level: 'warning', subject: 'OCPP URL', detail }];
  }
  return hosts.map((address) => ({
    level: 'ok',
    subject: 'OCPP URL',
    detail: `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}${path}/<identity>`,
  }));
}

function outsideAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ internal, address, scopeid }) => (internal || (scopeid ?? 0) > 0 ? [] : [address])),
  );
}

function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || host.startsWith('127.');
}

async function examineTls(tls: OcppOptions['tls']): Promise<Finding[]> {
  if (tls.certFile === '' && tls.keyFile === '' && tls.clientCaFile === '') return [];
  if (tls.certFile === '' || tls.keyFile === '') {
    return [{ level: 'problem', subject: 'OCPP TLS', detail: 'TLS needs both tls.certFile and tls.keyFile.' }];
  }
  const findings: Finding[] = [];
  const [certificate, key] = await Promise.all([
    readPem('tls.certFile', tls.certFile),
    readPem('tls.keyFile', tls.keyFile),
  ]);
  const parsed = parseCertificate('tls.certFile', certificate);
  findings.push(...('finding' in parsed ? [parsed.finding] : [validity('tls.certFile', parsed.certificate)]));
  findings.push(
    ...(typeof key === 'string' ? matchOf('certificate' in parsed ? parsed.certificate : undefined, key) : [key]),
  );
  if (tls.clientCaFile !== '') {
    const authority = parseCertificate('tls.clientCaFile', await readPem('tls.clientCaFile', tls.clientCaFile));
    findings.push('finding' in authority ? authority.finding : validity('tls.clientCaFile', authority.certificate));
  }
  return findings;
}

async function readPem(option: string, path: string): Promise<string | Finding> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return { level: 'problem', subject: `OCPP ${option}`, detail: `Cannot be read: ${messageOf(error)}.` };
  }
}

function parseCertificate(
  option: string,
  pem: string | Finding,
): { certificate: X509Certificate } | { finding: Finding } {
  if (typeof pem !== 'string') return { finding: pem };
  try {
    return { certificate: new X509Certificate(pem) };
  } catch (error) {
    const detail = `Holds no PEM certificate: ${messageOf(error)}.`;
    return { finding: { level: 'problem', subject: `OCPP ${option}`, detail } };
  }
}

function validity(option: string, certificate: X509Certificate): Finding {
  const subject = `OCPP ${option}`;
  const days = Math.floor((certificate.validToDate.getTime() - Date.now()) / dayMs);
  if (days < 0) return { level: 'problem', subject, detail: `Expired on ${certificate.validTo}. Renew it.` };
  if (certificate.validFromDate.getTime() > Date.now()) {
    return {
      level: 'problem',
      subject,
      detail: `Not valid before ${certificate.validFrom}. Is the clock of this machine right?`,
    };
  }
  const level = days < expiryWarningDays ? 'warning' : 'ok';
  return { level, subject, detail: `Valid until ${certificate.validTo} (${days} days).` };
}

function matchOf(certificate: X509Certificate | undefined, pem: string): Finding[] {
  const subject = 'OCPP tls.keyFile';
  try {
    const key = createPrivateKey(pem);
    if (certificate === undefined) return [];
    if (certificate.checkPrivateKey(key)) return [{ level: 'ok', subject, detail: 'Belongs to the certificate.' }];
    return [{ level: 'problem', subject, detail: 'Does not belong to the certificate in tls.certFile.' }];
  } catch (error) {
    return [{ level: 'problem', subject, detail: `Holds no PEM private key: ${messageOf(error)}.` }];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
