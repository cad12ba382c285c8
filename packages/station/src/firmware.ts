import type { Core } from './core.ts';
import type { FirmwareRequest, LogRequest } from './station-host.ts';

/** Lets the host update its firmware; the CSMS hears every step, and the station restarts at the end. False when it cannot. */
export function updateFirmware(core: Core, request: FirmwareRequest, requestId?: number): boolean {
  if (!core.host.updateFirmware) return false;
  core.firmware.requestId = requestId;
  core.host.updateFirmware(request, (status) => {
    if (core.firmware.status === status) return;
    core.firmware.status = status;
    core.protocol.firmwareStatus(status, requestId);
    if (status === 'Installed') core.reset('Soft', 'FirmwareUpdate');
  });
  return true;
}

/** Lets the host upload a log; the CSMS hears every step. The file's name, undefined when there is nothing to upload. */
export function uploadLog(core: Core, request: LogRequest, requestId?: number): string | undefined {
  return core.host.uploadLog?.(request, (status) => {
    if (core.log.status === status) return;
    core.log.status = status;
    core.log.requestId = requestId;
    core.protocol.logStatus(status, requestId);
  });
}

/** Whether a log is being uploaded now. */
export function isUploading(core: Core): boolean {
  return core.log.status === 'Uploading';
}
