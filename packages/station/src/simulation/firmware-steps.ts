import type { FirmwareStatus } from '../station-host.ts';

/** The steps of a firmware update, and how long each takes before the next, ms. */
export const firmwareSteps: readonly { status: FirmwareStatus; ms: number }[] = [
  { status: 'Downloading', ms: 2000 },
  { status: 'Downloaded', ms: 500 },
  { status: 'Installing', ms: 2000 },
  { status: 'Installed', ms: 0 },
];

export type FirmwareFailure = 'DownloadFailed' | 'InstallationFailed';

/** Which step fails, and how. */
export const failedSteps: Partial<Record<FirmwareStatus, FirmwareFailure>> = {
  Downloaded: 'DownloadFailed',
  Installed: 'InstallationFailed',
};
