import type { FirmwareFile, LogFile, LogStatus } from '../station-host.ts';

export interface TransferOptions {
  /** Of a download, bytes. Default 256 MiB. */
  maxBytes?: number;
  /** Of one transfer. Default 10 minutes. */
  timeoutMs?: number;
  /** For tests. Default: Node's own. */
  fetch?: typeof globalThis.fetch;
}

/** A transfer that failed, and what the CSMS is to hear of it. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly code = 'transfer';
  readonly logStatus: LogStatus;

  constructor(message: string, logStatus: LogStatus, options?: ErrorOptions) {
    super(message, options);
    this.logStatus = logStatus;
  }
}

/** File transfers of a station over HTTP and HTTPS: what a host without its own can be given. */
export function httpTransfer({
  maxBytes = 1 << 28,
  timeoutMs = 600_000,
  fetch = globalThis.fetch,
}: TransferOptions = {}) {
  const signalOf = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  return {
    /** As `StationHost.downloadFirmware`. Rejects with TransferError. */
    async downloadFirmware(location: string, signal: AbortSignal): Promise<FirmwareFile> {
      const { url, headers } = addressOf(location);
      const response = await fetch(url, { headers, signal: signalOf(signal) });
      if (!response.ok) throw failed(response.status);
      return { data: await readAtMost(response, maxBytes) };
    },

    /** As `StationHost.sendLog`: a PUT to the location, and the file's name where that is a folder. */
    async sendLog({ name, data }: LogFile, location: string, signal: AbortSignal): Promise<void> {
      const { url, headers } = addressOf(location);
      const target = url.pathname.endsWith('/') ? new URL(encodeURIComponent(name), url) : url;
      const body = typeof data === 'string' ? data : Uint8Array.from(data);
      const response = await fetch(target, { method: 'PUT', headers, body, signal: signalOf(signal) });
      await response.body?.cancel();
      if (!response.ok) throw failed(response.status);
    },
  };
}

/** Credentials in the URL become a header, as `fetch` refuses them there. */
function addressOf(location: string): { url: URL; headers: Record<string, string> } {
  const url = URL.canParse(location) ? new URL(location) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new TransferError('only http: and https: are spoken', 'NotSupportedOperation');
  if (url.username === '') return { url, headers: {} };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

function failed(status: number): TransferError {
  const logStatus = status === 401 || status === 403 ? 'PermissionDenied' : 'UploadFailure';
  return new TransferError(`the server answered ${status}`, logStatus);
}

async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new TransferError(`the file is longer than ${maxBytes} bytes`, 'UploadFailure');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
