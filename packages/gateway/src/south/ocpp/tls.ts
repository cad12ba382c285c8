import { readFile } from 'node:fs/promises';
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls';
import { InvalidError } from '../../domain/errors.ts';
import type { OcppOptions } from './options.ts';

/** @throws InvalidError when a file cannot be read */
export async function readTls(tls: OcppOptions['tls']): Promise<SecureContextOptions & TlsOptions> {
  const { certFile, keyFile, clientCaFile } = tls;
  return {
    cert: await read('tls.certFile', certFile),
    key: await read('tls.keyFile', keyFile),
    minVersion: 'TLSv1.2',
    // A certificate that is missing or unknown is refused with a sentence, which an aborted TLS handshake cannot carry.
    ...(clientCaFile !== '' && {
      ca: await read('tls.clientCaFile', clientCaFile),
      requestCert: true,
      rejectUnauthorized: false,
    }),
  };
}

async function read(option: string, path: string): Promise<Buffer> {
  if (path === '') throw new InvalidError(`${option} is missing: TLS needs both a certificate and its key.`);
  try {
    return await readFile(path);
  } catch (error) {
    throw new InvalidError(`${option} cannot be read: ${error instanceof Error ? error.message : String(error)}`, [], {
      cause: error,
    });
  }
}

/** Common name of the certificate the station has shown; `undefined` when there is none that a known authority signed. */
export function certificateNameOf(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}
