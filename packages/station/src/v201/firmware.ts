import type { v21 } from '@busbar/ocpp';
import type { FirmwareStatus, LogStatus } from '../station-host.ts';
import type { Handlers201, Station201 } from './station201.ts';

interface About {
  requestId: number | undefined;
  cause?: 'own' | 'triggered';
}

export function firmwareStatus({ wire }: Station201, status: FirmwareStatus, { requestId, cause }: About): void {
  wire.tell('FirmwareStatusNotification', { status, requestId }, cause);
}

export function logStatus({ wire }: Station201, status: LogStatus, { requestId, cause }: About): void {
  wire.tell('LogStatusNotification', { status, requestId }, cause);
}

export const firmware = ({ core }: Station201): Handlers201 => ({
  async UpdateFirmware({ requestId, firmware: wanted, retries = 0, retryInterval = 60 }) {
    const { location, retrieveDateTime, installDateTime } = wanted;
    const status = await core.firmwareUpdate.order({
      requestId,
      location,
      retrieveAt: new Date(retrieveDateTime),
      installAt: installDateTime === undefined ? undefined : new Date(installDateTime),
      retries,
      retryIntervalS: retryInterval,
      signed: signatureOf(wanted),
    });
    return { status };
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

  /** A local controller hands firmware on to others; a charging station does not. */
  PublishFirmware() {
    return { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedRequest', additionalInfo: onlyController } };
  },

  UnpublishFirmware() {
    return { status: 'NoFirmware' };
  },
});

const onlyController = 'only a local controller publishes firmware';

/** Signed where the CSMS gives both. */
function signatureOf({ signingCertificate, signature }: v21.FirmwareType) {
  if (signingCertificate === undefined || signature === undefined) return undefined;
  return { certificate: signingCertificate, signature };
}
