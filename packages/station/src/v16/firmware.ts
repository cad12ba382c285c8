import type { Handlers, v16 } from '@busbar/ocpp';
import { updateFirmware, uploadLog } from '../firmware.ts';
import type { FirmwareStatus, LogStatus } from '../station-host.ts';
import type { Cause } from '../wire.ts';
import type { Station16 } from './station16.ts';

export function firmwareStatus({ wire }: Station16, status: FirmwareStatus, cause: Cause = 'own'): void {
  wire.tell('FirmwareStatusNotification', { status }, cause);
}

const diagnosticsStatuses: Record<LogStatus, v16.DiagnosticsStatusNotificationRequest['status']> = {
  Idle: 'Idle',
  Uploading: 'Uploading',
  Uploaded: 'Uploaded',
  UploadFailure: 'UploadFailed',
};

export function logStatus({ wire }: Station16, status: LogStatus, cause: Cause = 'own'): void {
  wire.tell('DiagnosticsStatusNotification', { status: diagnosticsStatuses[status] }, cause);
}

export const firmware = ({ core }: Station16): Handlers<'1.6'> => ({
  UpdateFirmware({ location, retrieveDate, retries = 1 }) {
    core.later(() => {
      updateFirmware(core, { location, retrieveAt: new Date(retrieveDate), retries });
    });
    return {};
  },

  GetDiagnostics({ location, startTime, stopTime }) {
    const fileName = uploadLog(core, {
      location,
      kind: 'DiagnosticsLog',
      ...(startTime !== undefined && { from: new Date(startTime) }),
      ...(stopTime !== undefined && { to: new Date(stopTime) }),
    });
    return { fileName };
  },
});
