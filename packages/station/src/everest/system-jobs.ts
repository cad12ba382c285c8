import type { FirmwareRequest, FirmwareStatus, LogRequest, LogStatus, ResetKind } from '../station-host.ts';
import { CommandError } from './command-error.ts';
import type { EverestPort } from './everest-port.ts';
import { firmwareStatusSchema, logStatusSchema, uploadLogsSchema } from './neighbour-types.ts';
import { matches } from './schema.ts';
import { toFirmwareStatus, toLogStatus } from './translations.ts';

/** A long job at EVerest's `system`, known there by a number. */
interface Job<Status> {
  requestId: number;
  last: Status | undefined;
  report(status: Status): void;
}

interface FirmwareJob extends Job<FirmwareStatus> {
  /** The step after which nothing but the installation is left. */
  installsAfter: FirmwareStatus;
}

export interface SystemJobsOptions {
  port: EverestPort;
  /** Nobody charges. */
  isIdle(): boolean;
  onProblem(problem: string): void;
}

/** What is asked of EVerest's `system`: resets, updates, logs, the clock. */
export class SystemJobs {
  readonly #options: SystemJobsOptions;
  #requestId = 0;
  /** The firmware may be installed as soon as nobody charges. */
  #isWaitingForIdle = false;
  #firmware: FirmwareJob | undefined;
  #log: Job<LogStatus> | undefined;

  constructor(options: SystemJobsOptions) {
    this.#options = options;
  }

  /** Without a `system` only the station starts anew. Rejects with CommandError when EVerest does not allow it. */
  async reset(kind: ResetKind): Promise<void> {
    if (!this.#options.port.system) return;
    if ((await this.#call('is_reset_allowed', { type: kind })) !== true)
      throw new CommandError('HandlerException', `EVerest does not allow a ${kind} reset now`);
    await this.#call('reset', { type: kind, scheduled: false });
  }

  setTime(time: Date): void {
    this.#call('set_system_time', { timestamp: time.toISOString() }).catch((error: unknown) => this.#failed(error));
  }

  updateFirmware(order: FirmwareRequest, report: (status: FirmwareStatus) => void): void {
    const { location, retrieveAt, installAt, retries, retryIntervalS, signed } = order;
    const installsAfter = signed ? 'SignatureVerified' : 'Downloaded';
    const job = { requestId: ++this.#requestId, last: undefined, installsAfter, report } as const;
    this.#firmware = job;
    this.#isWaitingForIdle = false;
    const request = {
      request_id: job.requestId,
      location,
      retrieve_timestamp: retrieveAt.toISOString(),
      ...(installAt && { install_timestamp: installAt.toISOString() }),
      ...(retries > 0 && { retries }),
      ...(retryIntervalS !== undefined && { retry_interval_s: retryIntervalS }),
      ...(signed && { signing_certificate: signed.certificate, signature: signed.signature }),
    };
    this.#call('update_firmware', { firmware_update_request: request }).then(
      (status) => {
        if (status !== 'Accepted' && status !== 'AcceptedCanceled') tell(job, 'DownloadFailed');
      },
      (error: unknown) => {
        this.#failed(error);
        tell(job, 'DownloadFailed');
      },
    );
  }

  /** The name is ours: EVerest's own comes too late for the answer to the CSMS. */
  uploadLog(
    { location, kind, from, to, retries = 0, retryIntervalS }: LogRequest,
    report: (status: LogStatus) => void,
  ): string {
    const job = { requestId: ++this.#requestId, last: undefined, report };
    this.#log = job;
    const request = {
      request_id: job.requestId,
      location,
      type: kind,
      ...(from && { oldest_timestamp: from.toISOString() }),
      ...(to && { latest_timestamp: to.toISOString() }),
      ...(retries > 0 && { retries }),
      ...(retryIntervalS !== undefined && { retry_interval_s: retryIntervalS }),
    };
    this.#call('upload_logs', { upload_logs_request: request }).then(
      (answer) => {
        const isRejected = !matches(uploadLogsSchema, answer) || answer.upload_logs_status === 'Rejected';
        if (isRejected) tell(job, 'UploadFailure');
      },
      (error: unknown) => {
        this.#failed(error);
        tell(job, 'UploadFailure');
      },
    );
    return `${kind}-${job.requestId}.log`;
  }

  /** EVerest's variable `firmware_update_status`. */
  firmwareStatus(value: unknown): void {
    const job = this.#firmware;
    if (!matches(firmwareStatusSchema, value) || value.request_id !== job?.requestId) return;
    const status = toFirmwareStatus(value.firmware_update_status);
    if (status) tell(job, status);
    if (status !== job.installsAfter) return;
    this.#isWaitingForIdle = true;
    this.idle();
  }

  /** Nobody charges any more. EVerest installs nothing before it is allowed to. */
  idle(): void {
    if (!this.#isWaitingForIdle || !this.#options.isIdle()) return;
    this.#isWaitingForIdle = false;
    this.#call('allow_firmware_installation', {}).catch((error: unknown) => this.#failed(error));
  }

  /** EVerest's variable `log_status`. */
  logStatus(value: unknown): void {
    const job = this.#log;
    if (!matches(logStatusSchema, value) || value.request_id !== job?.requestId) return;
    const status = toLogStatus(value.log_status);
    if (status) tell(job, status);
  }

  async #call(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { system } = this.#options.port;
    if (!system) throw new CommandError('HandlerException', `there is no system that could do ${name}`);
    return system(name, args);
  }

  #failed(error: unknown): void {
    this.#options.onProblem(error instanceof Error ? error.message : String(error));
  }
}

/** Every status once: EVerest repeats them. */
function tell<Status>(job: Job<Status>, status: Status): void {
  if (job.last === status) return;
  job.last = status;
  job.report(status);
}
