import { isUploading, updateFirmware, uploadLog } from '../firmware.ts';
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
  UpdateFirmware({ requestId, firmware: { location, retrieveDateTime }, retries = 1 }) {
    if (!core.host.updateFirmware) return { status: 'Rejected' };
    core.later(() => {
      updateFirmware(core, { location, retrieveAt: new Date(retrieveDateTime), retries }, requestId);
    });
    return { status: 'Accepted' };
  },

  GetLog({ log: { remoteLocation, oldestTimestamp, latestTimestamp }, logType, requestId }) {
    const wasUploading = isUploading(core);
    const request = {
      location: remoteLocation,
      kind: logType,
      ...(oldestTimestamp !== undefined && { from: new Date(oldestTimestamp) }),
      ...(latestTimestamp !== undefined && { to: new Date(latestTimestamp) }),
    };
    const filename = uploadLog(core, request, requestId);
    if (filename === undefined) return { status: 'Rejected' };
    return { status: wasUploading ? 'AcceptedCanceled' : 'Accepted', filename };
  },
});
