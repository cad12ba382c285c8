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

/** What is asked of EVerest's `system`: resets, updates, logs, the clock. */
export class SystemJobs {
  readonly #port: EverestPort;
  readonly #onProblem: (problem: string) => void;
  #requestId = 0;
  #firmware: Job<FirmwareStatus> | undefined;
  #log: Job<LogStatus> | undefined;

  constructor(port: EverestPort, onProblem: (problem: string) => void) {
    this.#port = port;
    this.#onProblem = onProblem;
  }

  /** Without a `system` only the station starts anew. Rejects with CommandError when EVerest does not allow it. */
  async reset(kind: ResetKind): Promise<void> {
    if (!this.#port.system) return;
    if ((await this.#call('is_reset_allowed', { type: kind })) !== true)
      throw new CommandError('HandlerException', `EVerest does not allow a ${kind} reset now`);
    await this.#call('reset', { type: kind, scheduled: false });
  }

  setTime(time: Date): void {
    this.#call('set_system_time', { timestamp: time.toISOString() }).catch((error: unknown) => this.#failed(error));
  }

  updateFirmware({ location, retrieveAt, retries }: FirmwareRequest, report: (status: FirmwareStatus) => void): void {
    const job = { requestId: ++this.#requestId, last: undefined, report };
    this.#firmware = job;
    const request = {
      request_id: job.requestId,
      location,
      retrieve_timestamp: retrieveAt.toISOString(),
      ...(retries > 0 && { retries }),
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
  uploadLog({ location, kind, from, to }: LogRequest, report: (status: LogStatus) => void): string {
    const job = { requestId: ++this.#requestId, last: undefined, report };
    this.#log = job;
    const request = {
      request_id: job.requestId,
      location,
      type: kind,
      ...(from && { oldest_timestamp: from.toISOString() }),
      ...(to && { latest_timestamp: to.toISOString() }),
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
    // EVerest installs nothing before it is allowed to.
    if (status === 'Downloaded')
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
    if (!this.#port.system) throw new CommandError('HandlerException', `there is no system that could do ${name}`);
    return this.#port.system(name, args);
  }

  #failed(error: unknown): void {
    this.#onProblem(error instanceof Error ? error.message : String(error));
  }
}

/** Every status once: EVerest repeats them. */
function tell<Status>(job: Job<Status>, status: Status): void {
  if (job.last === status) return;
  job.last = status;
  job.report(status);
}
