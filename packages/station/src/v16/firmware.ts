import type { Handlers, v16 } from '@busbar/ocpp';
import type { FirmwareStatus, LogStatus } from '../station-host.ts';
import type { Cause } from '../wire.ts';
import type { Station16 } from './station16.ts';

/** What an unsigned update can tell; the other steps it passes over in silence. */
const plainStatuses: Partial<Record<FirmwareStatus, v16.FirmwareStatusNotificationRequest['status']>> = {
  Idle: 'Idle',
  Downloading: 'Downloading',
  Downloaded: 'Downloaded',
  DownloadFailed: 'DownloadFailed',
  Installing: 'Installing',
  Installed: 'Installed',
  InstallationFailed: 'InstallationFailed',
  InstallVerificationFailed: 'InstallationFailed',
  InvalidSignature: 'InstallationFailed',
};

interface About {
  /** Undefined for an update of plain 1.6. */
  requestId: number | undefined;
  cause?: Cause;
}

export function firmwareStatus({ wire }: Station16, status: FirmwareStatus, { requestId, cause }: About): void {
  const plain = plainStatuses[status];
  if (requestId !== undefined) wire.tell('SignedFirmwareStatusNotification', { status, requestId }, cause);
  else if (plain) wire.tell('FirmwareStatusNotification', { status: plain }, cause);
}

const diagnosticsStatuses: Partial<Record<LogStatus, v16.DiagnosticsStatusNotificationRequest['status']>> = {
  Idle: 'Idle',
  Uploading: 'Uploading',
  Uploaded: 'Uploaded',
  UploadFailure: 'UploadFailed',
  BadMessage: 'UploadFailed',
  NotSupportedOperation: 'UploadFailed',
  PermissionDenied: 'UploadFailed',
};

/** What GetDiagnostics began is told otherwise than what GetLog began; of neither it is said that another one took over. */
export function logStatus({ wire }: Station16, status: LogStatus, { requestId, cause }: About): void {
  const plain = diagnosticsStatuses[status];
  if (status === 'AcceptedCanceled') return;
  if (requestId !== undefined) wire.tell('LogStatusNotification', { status, requestId }, cause);
  else if (plain) wire.tell('DiagnosticsStatusNotification', { status: plain }, cause);
}

export const firmware = ({ core }: Station16): Handlers<'1.6'> => ({
  async UpdateFirmware({ location, retrieveDate, retries = 0, retryInterval = 60 }) {
    await core.firmwareUpdate.order({
      location,
      retrieveAt: new Date(retrieveDate),
      retries,
      retryIntervalS: retryInterval,
    });
    return {};
  },

  async SignedUpdateFirmware({ requestId, firmware: wanted, retries = 0, retryInterval = 60 }) {
    const { location, retrieveDateTime, installDateTime, signingCertificate, signature } = wanted;
    const status = await core.firmwareUpdate.order({
      requestId,
      location,
      retrieveAt: new Date(retrieveDateTime),
      installAt: installDateTime === undefined ? undefined : new Date(installDateTime),
      retries,
      retryIntervalS: retryInterval,
      signed: { certificate: signingCertificate, signature },
    });
    return { status };
  },

  GetDiagnostics({ location, startTime, stopTime, retries, retryInterval }) {
    const { fileName } = core.logUpload.order({
      requestId: undefined,
      location,
      kind: 'DiagnosticsLog',
      from: startTime === undefined ? undefined : new Date(startTime),
      to: stopTime === undefined ? undefined : new Date(stopTime),
      retries,
      retryIntervalS: retryInterval,
    });
    return { fileName };
  },

  GetLog({ log: { remoteLocation, oldestTimestamp, latestTimestamp }, logType, requestId, retries, retryInterval }) {
    const { status, fileName } = core.logUpload.order({
      requestId,
      location: remoteLocation,
      kind: logType,
      from: oldestTimestamp === undefined ? undefined : new Date(oldestTimestamp),
      to: latestTimestamp === undefined ? undefined : new Date(latestTimestamp),
      retries,
      retryIntervalS: retryInterval,
    });
    return { status, filename: fileName };
  },
});
