import type { Core } from '../core.ts';
import { boundedRetries, type Retries } from './retries.ts';
import type { LogFile, LogRequest, LogStatus } from '../station-host.ts';
import { waitMs } from '../time/waiting.ts';

/** What the CSMS asks for. */
export interface LogOrder {
  /** Undefined for GetDiagnostics of OCPP 1.6. */
  requestId: number | undefined;
  location: string;
  kind: LogRequest['kind'];
  from?: Date | undefined;
  to?: Date | undefined;
  /** Tries after the first. */
  retries?: number | undefined;
  retryIntervalS?: number | undefined;
}

interface Upload {
  request: LogRequest & Retries;
  file: LogFile;
  abort: AbortController;
}

export interface LogOrderResult {
  status: 'Accepted' | 'Rejected' | 'AcceptedCanceled';
  fileName?: string | undefined;
}

/** Uploads of log files: OCPP 2.0.1 N01, and diagnostics of 1.6. One at a time; the CSMS hears every step once. */
export class LogUpload {
  readonly #core: Core;
  #status: LogStatus = 'Idle';
  #requestId: number | undefined;
  #abort: AbortController | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** For a trigger: what was told last; Idle after the end. */
  get progress(): { status: LogStatus; requestId: number | undefined } {
    const isUploading = this.#status === 'Uploading';
    return { status: isUploading ? 'Uploading' : 'Idle', requestId: isUploading ? this.#requestId : undefined };
  }

  /** Begins an upload; one that runs gives way. */
  order(order: LogOrder): LogOrderResult {
    const { host } = this.#core;
    const isSecond = this.#abort !== undefined;
    const request = this.#toRequest(order);
    if (host.sendLog) {
      const file = this.#toFile(request);
      if (!file) return { status: 'Rejected' };
      this.#cancel();
      const abort = this.#begin(order);
      this.#core.later(() => this.#send({ request, file, abort }));
      return { status: isSecond ? 'AcceptedCanceled' : 'Accepted', fileName: file.name };
    }
    if (!host.uploadLog) return { status: 'Rejected' };
    this.#cancel();
    const abort = this.#begin(order);
    const fileName = host.uploadLog(request, (status) => this.#reported(abort, status), abort.signal);
    if (fileName === undefined) this.#abort = undefined;
    if (fileName === undefined) return { status: 'Rejected' };
    return { status: isSecond ? 'AcceptedCanceled' : 'Accepted', fileName };
  }

  /** The station stops. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
  }

  #begin({ requestId }: LogOrder): AbortController {
    const abort = new AbortController();
    this.#abort = abort;
    this.#status = 'Idle';
    this.#requestId = requestId;
    return abort;
  }

  /** OCPP 2.0.1 N01.FR.12: the one before hears that it gave way. */
  #cancel(): void {
    if (!this.#abort) return;
    this.stop();
    this.#core.protocol.logStatus('AcceptedCanceled', this.#requestId);
  }

  #toRequest(order: LogOrder): LogRequest & Retries {
    const { securityLog } = this.#core;
    const { location, kind, from, to } = order;
    return {
      location,
      kind,
      ...boundedRetries(order),
      ...(from && { from }),
      ...(to && { to }),
      ...(kind === 'SecurityLog' && { text: securityLog.text({ from, to }) }),
    };
  }

  #toFile(request: LogRequest): LogFile | undefined {
    const name = `${request.kind}-${this.#core.clock.now().toISOString().replace(/[:.]/g, '-')}.log`;
    if (request.text !== undefined) return { name, data: request.text };
    const data = this.#core.host.readLog?.(request);
    return data === undefined ? undefined : { name, data };
  }

  async #send({ request, file, abort }: Upload): Promise<void> {
    const { host, clock } = this.#core;
    const { location, retries, retryIntervalS } = request;
    this.#reported(abort, 'Uploading');
    let failure: LogStatus = 'UploadFailure';
    for (let tried = 0; tried <= retries && !abort.signal.aborted; tried++) {
      if (tried > 0) await waitMs(clock, retryIntervalS * 1000, abort.signal);
      try {
        await host.sendLog?.(file, location, abort.signal);
        return this.#reported(abort, 'Uploaded');
      } catch (error) {
        failure = failureOf(error);
      }
    }
    this.#reported(abort, failure);
  }

  #reported(abort: AbortController, status: LogStatus): void {
    if (this.#abort !== abort || status === this.#status) return;
    this.#status = status;
    if (status !== 'Uploading') this.#abort = undefined;
    this.#core.protocol.logStatus(status, this.#requestId);
  }
}

/** A transfer may say with its error what the CSMS is to hear. */
function failureOf(error: unknown): LogStatus {
  const status = typeof error === 'object' && error !== null && 'logStatus' in error ? error.logStatus : undefined;
  const isKnown = status === 'BadMessage' || status === 'PermissionDenied' || status === 'NotSupportedOperation';
  return isKnown ? status : 'UploadFailure';
}
