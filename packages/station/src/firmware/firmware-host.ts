/** What a device does for its firmware and its logs. All of it is optional. */
export interface FirmwareHost {
  /** What is installed now; without it, the station's option holds. At most 50 characters. */
  readonly firmwareVersion?: string;
  /**
   * Fetches, verifies and installs at the times of the request; reports every step and ends with `Installed` or a failure.
   * Not called where `installFirmware` is there.
   */
  updateFirmware?(request: FirmwareRequest, report: (status: FirmwareStatus) => void, signal: AbortSignal): void;
  /** Fetches a firmware once; rejects when that fails. `httpTransfer` has one for HTTP. */
  downloadFirmware?(location: string, signal: AbortSignal): Promise<FirmwareFile>;
  /** Installs what was fetched, and rejects when that fails; the station has seen to all the rest. */
  installFirmware?(file: FirmwareFile, signal: AbortSignal): Promise<'Installed' | 'InstallRebooting'>;
  /** Whether a certificate (PEM) was revoked; without it, none was. */
  isRevoked?(certificate: string): Promise<boolean>;
  /**
   * Uploads a log file, reports every step; answers its name, undefined when there is nothing to upload. Not called where
   * `sendLog` is there.
   */
  uploadLog?(request: LogRequest, report: (status: LogStatus) => void, signal: AbortSignal): string | undefined;
  /** What a log holds; undefined when there is none. The station knows its security log by itself. */
  readLog?(request: LogRequest): string | Uint8Array | undefined;
  /** Uploads a file once; rejects when that fails. `httpTransfer` has one for HTTP. */
  sendLog?(file: LogFile, location: string, signal: AbortSignal): Promise<void>;
}

export interface FirmwareRequest {
  requestId?: number | undefined;
  location: string;
  retrieveAt: Date;
  installAt?: Date | undefined;
  /** Tries after the first, 0 to 100. */
  retries: number;
  /** 1 s to a day. Default 60. */
  retryIntervalS?: number | undefined;
  /** The manufacturer's signature: certificate in PEM, signature over the file in base64. */
  signed?: { certificate: string; signature: string } | undefined;
}

/** A firmware that was fetched. */
export interface FirmwareFile {
  /** The whole file; a host that keeps it elsewhere leaves it out. */
  data?: Uint8Array | undefined;
  /** True: it is installed while vehicles charge, and new ones may; the restart after it waits until nobody does. */
  keepsConnectors?: boolean | undefined;
  /** Whether it is signed so; without it, the station looks at `data`. */
  verify?(signed: { certificate: string; signature: string }): Promise<boolean>;
}

/** OCPP 2.0.1 FirmwareStatusEnumType; unsigned updates of 1.6 know fewer. */
export type FirmwareStatus =
  | 'Idle'
  | 'DownloadScheduled'
  | 'Downloading'
  | 'DownloadPaused'
  | 'Downloaded'
  | 'DownloadFailed'
  | 'SignatureVerified'
  | 'InvalidSignature'
  | 'InstallScheduled'
  | 'Installing'
  | 'InstallRebooting'
  | 'Installed'
  | 'InstallationFailed'
  | 'InstallVerificationFailed';

export interface LogRequest {
  location: string;
  kind: 'DiagnosticsLog' | 'SecurityLog' | 'DataCollectorLog';
  from?: Date;
  to?: Date;
  /** Tries after the first, 0 to 100. Default 0. */
  retries?: number | undefined;
  /** 1 s to a day. Default 60. */
  retryIntervalS?: number | undefined;
  /** The security log, where that is asked for. */
  text?: string;
}

export interface LogFile {
  name: string;
  data: string | Uint8Array;
}

/** OCPP 2.0.1 UploadLogStatusEnumType. */
export type LogStatus =
  | 'Idle'
  | 'Uploading'
  | 'Uploaded'
  | 'UploadFailure'
  | 'BadMessage'
  | 'NotSupportedOperation'
  | 'PermissionDenied'
  | 'AcceptedCanceled';
