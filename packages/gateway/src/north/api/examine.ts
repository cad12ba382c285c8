import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { X509Certificate } from 'node:crypto';
import type { Finding } from '../../ports/adapter.ts';
import type { ApiOptions } from './options.ts';

/** What `busbar doctor` looks at before a start: the port and the TLS files. */
export async function examine(options: ApiOptions): Promise<Finding[]> {
  const findings = [await examinePort(options)];
  if (options.tls !== undefined)
    findings.push(await examineCertificate(options.tls.certFile), await examineFile(options.tls.keyFile));
  else if (options.host !== '127.0.0.1' && options.publicUrl?.startsWith('https:') !== true) findings.push(unencrypted);
  return findings;
}

const unencrypted: Finding = {
  level: 'warning',
  subject: 'API encryption',
  detail: 'API keys go over the network unencrypted. Set north.api.tls, or put a reverse proxy with TLS in front.',
};

async function examinePort({ host, port }: ApiOptions): Promise<Finding> {
  const subject = `API port ${port}`;
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const server = createServer();
  server.once('error', (error) => {
    resolve({
      level: 'problem',
      subject,
      detail: `${host}:${port} cannot be used: ${error.message}. Set north.api.port to another.`,
    });
  });
  server.listen(port, host, () =>
    server.close(() => resolve({ level: 'ok', subject, detail: `${host}:${port} is free` })),
  );
  return promise;
}

async function examineFile(path: string): Promise<Finding> {
  const subject = `API TLS file ${path}`;
  try {
    await readFile(path);
    return { level: 'ok', subject, detail: 'can be read' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { level: 'problem', subject, detail: `cannot be read: ${reason}` };
  }
}

async function examineCertificate(path: string): Promise<Finding> {
  const readable = await examineFile(path);
  if (readable.level !== 'ok') return readable;
  try {
    const { validTo } = new X509Certificate(await readFile(path));
    const daysLeft = Math.floor((new Date(validTo).getTime() - Date.now()) / 86_400_000);
    const level = daysLeft < 0 ? 'problem' : daysLeft < 30 ? 'warning' : 'ok';
    return { level, subject: readable.subject, detail: `certificate is valid until ${validTo} (${daysLeft} days)` };
  } catch {
    return { level: 'problem', subject: readable.subject, detail: 'holds no PEM certificate' };
  }
}
