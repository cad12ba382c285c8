import { constants, verify, X509Certificate } from 'node:crypto';
import type { Core } from '../core.ts';
import type { FirmwareFile, FirmwareRequest, FirmwareStatus } from '../station-host.ts';
import { until, waitMs } from '../time/waiting.ts';

export interface StagedHooks {
  report(status: FirmwareStatus): void;
  signal: AbortSignal;
  /** No session may begin from now on, or again. */
  block(isBlocking: boolean): void;
}

/** An update by a host that downloads and installs, and leaves all else to its station. */
export async function stagedFirmware(core: Core, request: FirmwareRequest, hooks: StagedHooks): Promise<void> {
  const { report, signal } = hooks;
  if (!(await scheduled(core, request.retrieveAt, { status: 'DownloadScheduled', ...hooks }))) return;
  report('Downloading');
  const file = await downloaded(core, request, signal);
  if (signal.aborted) return;
  report(file ? 'Downloaded' : 'DownloadFailed');
  if (!file) return;
  if (request.signed) {
    const isGenuine = await isSignedBy(file, request.signed).catch(() => false);
    report(isGenuine ? 'SignatureVerified' : 'InvalidSignature');
    if (!isGenuine) return;
  }
  if (request.installAt && !(await scheduled(core, request.installAt, { status: 'InstallScheduled', ...hooks })))
    return;
  if (!file.keepsConnectors && !(await idle(core, hooks))) return;
  await install(core, file, hooks);
}

/** Waits for a time that is still to come; false when the update was cancelled meanwhile. */
async function scheduled(
  { clock }: Core,
  at: Date,
  { status, report, signal }: { status: FirmwareStatus } & StagedHooks,
): Promise<boolean> {
  const ms = at.getTime() - clock.now().getTime();
  if (ms > 0) {
    report(status);
    await waitMs(clock, ms, signal);
  }
  return !signal.aborted;
}

/** The first try and `retries` more; undefined when all fail. */
async function downloaded(
  { host, clock }: Core,
  { location, retries, retryIntervalS = 60 }: FirmwareRequest,
  signal: AbortSignal,
): Promise<FirmwareFile | undefined> {
  for (let tried = 0; tried <= retries && !signal.aborted; tried++) {
    if (tried > 0) await waitMs(clock, retryIntervalS * 1000, signal);
    try {
      return await host.downloadFirmware?.(location, signal);
    } catch {
      // The next try may do better; after the last one the CSMS hears DownloadFailed.
    }
  }
  return undefined;
}

/** OCPP 2.0.1 L01.FR.06: waits until nobody charges; new sessions may begin meanwhile only where the settings say so. */
async function idle(core: Core, { report, signal, block }: StagedHooks): Promise<boolean> {
  const isDone = () => isIdle(core);
  if (isDone()) return true;
  report('InstallScheduled');
  if (!core.variables.isOn('ChargingStation.AllowNewSessionsPendingFirmwareUpdate')) block(true);
  await until(core.events, 'transactionEnded', { isDone, signal });
  return !signal.aborted;
}

export const isIdle = ({ evses }: Core) => evses.every(({ transaction }) => !transaction);

async function install({ host }: Core, file: FirmwareFile, { report, signal, block }: StagedHooks): Promise<void> {
  if (!file.keepsConnectors) block(true);
  report('Installing');
  try {
    const result = await host.installFirmware?.(file, signal);
    report(result === 'InstallRebooting' ? 'InstallRebooting' : 'Installed');
  } catch {
    report('InstallationFailed');
  }
}

/** SHA-256 with ECDSA, or with RSA in either padding; a host that keeps the file elsewhere verifies by itself. */
async function isSignedBy(file: FirmwareFile, signed: NonNullable<FirmwareRequest['signed']>): Promise<boolean> {
  if (file.verify) return file.verify(signed);
  if (!file.data) return false;
  const { publicKey } = new X509Certificate(signed.certificate);
  const signature = Buffer.from(signed.signature, 'base64');
  if (verify('sha256', file.data, publicKey, signature)) return true;
  if (publicKey.asymmetricKeyType !== 'rsa') return false;
  return verify('sha256', file.data, { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING }, signature);
}
