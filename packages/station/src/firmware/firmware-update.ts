import { chainFault, readChain } from '../security/certificate-chain.ts';
import type { Core } from '../core.ts';
import { boundedRetries } from './retries.ts';
import { isIdle, stagedFirmware } from './staged-firmware.ts';
import { ownSecurityEvent } from '../security/security-events.ts';
import type { FirmwareRequest, FirmwareStatus } from '../station-host.ts';
import { until } from '../time/waiting.ts';
import { fieldsOf } from '../store/json-fields.ts';

/** OCPP 2.0.1 UpdateFirmwareStatusEnumType. */
export type FirmwareOrderResult =
  | 'Accepted'
  | 'Rejected'
  | 'AcceptedCanceled'
  | 'InvalidCertificate'
  | 'RevokedCertificate';

/** What is remembered of an update while the device restarts for it. */
interface Restarting {
  requestId?: number | undefined;
  /** Installed before. */
  version: string;
}

const collection = 'firmware';
const key = 'restarting';

const failures: ReadonlySet<FirmwareStatus> = new Set([
  'DownloadFailed',
  'InvalidSignature',
  'InstallationFailed',
  'InstallVerificationFailed',
]);

/** From here on nobody may charge. */
const installing: ReadonlySet<FirmwareStatus> = new Set(['Installing', 'InstallRebooting']);

/** The firmware of the station, and its update: OCPP 2.0.1 L01 and L02. One at a time; the CSMS hears every step once. */
export class FirmwareUpdate {
  readonly #core: Core;
  #status: FirmwareStatus = 'Idle';
  #requestId: number | undefined;
  #abort: AbortController | undefined;
  #isBlocking = false;

  constructor(core: Core) {
    this.#core = core;
  }

  /** For a trigger: what was told last; Idle after the end. */
  get progress(): { status: FirmwareStatus; requestId: number | undefined } {
    const isOver = this.#status === 'Idle' || this.#status === 'Installed';
    return { status: isOver ? 'Idle' : this.#status, requestId: isOver ? undefined : this.#requestId };
  }

  /** Begins an update; one that runs gives way, unless it installs already. */
  async order(request: FirmwareRequest): Promise<FirmwareOrderResult> {
    const { host } = this.#core;
    if ((!host.updateFirmware && !host.installFirmware) || this.#isInstalling) return 'Rejected';
    const refusal = await this.#refusalOf(request);
    if (refusal) return refusal;
    const isSecond = this.#abort !== undefined;
    this.#cancel();
    this.#core.later(() => this.#begin({ ...request, ...boundedRetries(request) }));
    return isSecond ? 'AcceptedCanceled' : 'Accepted';
  }

  /** After a restart of the process: what the update before has come to. True when there was one. */
  resume(): boolean {
    const before = toRestarting(this.#core.store.get(collection, key));
    if (!before) return false;
    this.#core.store.remove(collection, key);
    this.#requestId = before.requestId;
    const hasChanged = before.version !== this.#core.identity.firmwareVersion;
    this.#core.events.once('accepted', () => this.#tell(hasChanged ? 'Installed' : 'InstallationFailed'));
    return hasChanged;
  }

  /** The station stops. */
  stop(): void {
    if (!this.#isInstalling) this.#cancel();
  }

  get #isInstalling(): boolean {
    return this.#abort !== undefined && installing.has(this.#status);
  }

  /** OCPP 2.0.1 L01.FR.11 to 13: the certificate that signed the firmware is the manufacturer's. */
  async #refusalOf({ signed }: FirmwareRequest): Promise<'InvalidCertificate' | 'RevokedCertificate' | undefined> {
    if (!signed) return undefined;
    const { certificates, clock, host } = this.#core;
    const chain = readChain(signed.certificate);
    const roots = certificates.roots('ManufacturerRootCertificate');
    const fault = roots.length === 0 ? 'noRoot' : chainFault(chain, { roots, at: clock.now() });
    if (!fault) return (await host.isRevoked?.(signed.certificate)) ? 'RevokedCertificate' : undefined;
    ownSecurityEvent(this.#core, { type: 'InvalidFirmwareSigningCertificate', info: fault });
    return 'InvalidCertificate';
  }

  #begin(request: FirmwareRequest): void {
    const abort = new AbortController();
    this.#abort = abort;
    this.#status = 'Idle';
    this.#requestId = request.requestId;
    const report = (status: FirmwareStatus) => {
      if (this.#abort === abort) this.#reported(status);
    };
    if (this.#core.host.installFirmware) {
      void stagedFirmware(this.#core, request, {
        report,
        signal: abort.signal,
        block: (isBlocking) => this.#block(isBlocking),
      });
    } else this.#core.host.updateFirmware?.(request, report, abort.signal);
  }

  #reported(status: FirmwareStatus): void {
    if (status === this.#status) return;
    if (installing.has(status) && !this.#core.host.installFirmware) this.#block(true);
    if (status === 'InvalidSignature') ownSecurityEvent(this.#core, { type: 'InvalidFirmwareSignature' });
    this.#tell(status);
    if (failures.has(status)) this.#end();
    if (status === 'InstallRebooting') this.#remember();
    if (status === 'Installed') void this.#restart();
  }

  /** Whoever still charges is not cut off; nobody else may begin. */
  async #restart(): Promise<void> {
    const signal = this.#abort?.signal;
    const isDone = () => isIdle(this.#core);
    if (!isDone() && signal) {
      this.#block(true);
      await until(this.#core.events, 'transactionEnded', { isDone, signal });
      if (signal.aborted) return;
    }
    this.#end();
    this.#core.reset('Soft', 'FirmwareUpdate');
  }

  #tell(status: FirmwareStatus): void {
    this.#status = status;
    this.#core.protocol.firmwareStatus(status, this.#requestId);
  }

  #remember(): void {
    const restarting: Restarting = { requestId: this.#requestId, version: this.#core.identity.firmwareVersion };
    this.#core.store.put(collection, key, restarting);
  }

  #end(): void {
    this.#abort = undefined;
    this.#core.store.remove(collection, key);
    this.#block(false);
  }

  #cancel(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#block(false);
  }

  /** Nobody may begin to charge, or again. */
  #block(isBlocking: boolean): void {
    if (this.#isBlocking === isBlocking) return;
    this.#isBlocking = isBlocking;
    if (isBlocking) this.#core.availability.hold('firmware');
    else this.#core.availability.release('firmware');
  }
}

function toRestarting(value: unknown): Restarting | undefined {
  const fields = fieldsOf(value);
  const version = fields?.text('version');
  return version === undefined ? undefined : { version, requestId: fields?.number('requestId') };
}
