import type { OperationMode } from './smart-charging/charging-profile.ts';
import type { ContractProof } from './authorization/contract.ts';
import type { Customer } from './authorization/customer-information.ts';
import type { DisplayMessage } from './messages/display-messages.ts';
import type { GridDescription, GridEvents, GridHost } from './grid/grid-host.ts';
import type { EvChargingNeeds, EvChargingSchedule } from './smart-charging/ev-charging.ts';
import type { ClearedLimit, ExternalLimit } from './smart-charging/external-limits.ts';
import type { Measurand21 } from './metering/measurands.ts';
import type { PriceNotice } from './prices/price.ts';
import type { BootReason } from './protocol.ts';
import type { Reservation } from './availability/reservations.ts';

/**
 * What a charger's firmware supplies to its OCPP station, and what it tells it. Units: W, Wh, A, V, Hz, %. A method that is
 * missing is something the charger cannot do.
 */
export interface StationHost extends GridHost {
  readonly evses: readonly EvseDescription[];
  /** What is installed now; without it, the station's option holds. At most 50 characters. */
  readonly firmwareVersion?: string;
  /** Why the device has started, where the station did not restart it. Without it, or after 10 s: PowerUp. */
  bootReason?(): BootReason | Promise<BootReason>;
  /** Called once, when the station starts: where the host reports what happens, beginning with what is plugged in. */
  attach(events: HostEvents): void;
  /** Lets energy flow to the vehicle; it is plugged in and authorised. */
  start(evseId: number): void;
  /** Ends the flow of energy. */
  stop(evseId: number): void;
  /** The most the vehicle may take from now on; undefined lifts it. 0 A pauses. */
  limit(evseId: number, limit: PowerLimit | undefined): void;
  /** The meter now. `energyWh` never falls. */
  meter(evseId: number): MeterReading;
  /** The public key of a meter that signs, as the CSMS may ask for it beforehand; at most 2,500 characters. */
  meterPublicKey?(evseId: number): string | undefined;
  /** The meter of the whole station, EVSE 0. */
  gridMeter?(): MeterReading;
  /** OCPP 2.1: whether the vehicle's battery is being brought to temperature. */
  preconditioning?(evseId: number): Preconditioning | undefined;
  /** Releases the plug; false when it cannot. */
  unlock(evseId: number, connectorId: number): Promise<boolean>;
  /** After a power cut: true when the vehicle still charges in this transaction. Without it, every one is ended. */
  resumes?(open: InterruptedTransaction): boolean;
  /** Not usable any more by order of the CSMS, or usable again; without an EVSE the whole station. Never while in use. */
  setAvailable?(isAvailable: boolean, place: Place): void;
  /** How long a plug is awaited after a token, s: at the start, and when it changes. */
  setConnectionTimeout?(seconds: number): void;
  /** Tokens of this group may stop everything and start nothing; empty for none. At the start, and when it changes. */
  setMasterPassGroup?(groupId: string): void;
  /** What the host calls what goes on at an EVSE from plugging in to unplugging. Default: the transaction's own id. */
  sessionIdOf?(evseId: number): string | undefined;
  /** Keeps its readers and plugs for whom has reserved; the same id replaces. False when it cannot. Never rejects. */
  reserve?(reservation: Reservation): boolean | Promise<boolean>;
  /** The reservation is used up, cancelled or expired. */
  reservationEnded?(reservationId: number): void;
  /** False keeps the station, or one EVSE, from being reset now. Without it, a reset is always allowed. */
  isResetAllowed?(kind: ResetKind, evseId?: number): boolean | Promise<boolean>;
  /** Restarts one EVSE; resolves when it is up again. Without it, only the whole station can be reset. */
  resetEvse?(evseId: number): Promise<void>;
  /** OCPP 2.1 CustomTrigger: sends what a vendor's own trigger asks for. False when the name is unknown. */
  customTrigger?(name: string, place: Place): boolean;
  /** Restarts the device; resolves when it is up again. */
  reset(kind: ResetKind): Promise<void>;
  /** Brings up the network for a profile before it is dialled; a promise while it works on it. */
  configureNetwork?(request: NetworkRequest): NetworkAnswer | Promise<NetworkAnswer>;
  /** Sets the device's clock to the CSMS's time. */
  setTime?(time: Date): void;
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
  /** How the CSMS answered what the vehicle needs; when Rejected, the vehicle must not feed back. */
  chargingNeedsAnswered?(evseId: number, status: 'Accepted' | 'Rejected' | 'Processing' | 'NoChargingProfile'): void;
  /** The ways of charging that the CSMS allows the vehicle (OCPP 2.1 Q01); false when the vehicle cannot change now. */
  allowEnergyTransfer?(evseId: number, modes: readonly EnergyTransferMode[]): boolean;
  /** A vendor's own request from the CSMS; undefined when the vendor is unknown. */
  dataTransfer?(request: VendorMessage): VendorAnswer | undefined | Promise<VendorAnswer | undefined>;
  /**
   * Shows a message of the CSMS, or takes it away again. Which of those that are shown is in front, the priorities say: an
   * AlwaysFront before all, InFront before the others, and the others in turn. It is to be seen in its state only.
   */
  displayMessage?(message: DisplayMessage, what: 'show' | 'hide'): void;
  /** What the host knows of a customer; undefined when nothing. */
  customerInformation?(who: Customer): string | undefined;
  /** Forgets what it knows of a customer. */
  forgetCustomer?(who: Customer): void;
  /** OCPP 2.1 C25: somebody pays on a web page for an EVSE, and is expected for so long, s. */
  webPaymentStarted?(evseId: number, timeoutS: number): void;
  /** Shows what something costs, instead of what it showed before of the same kind and place. */
  showPrice?(notice: PriceNotice): void;
}

/** A connector, an EVSE, or, without both, the station. */
export interface Place {
  evseId?: number | undefined;
  connectorId?: number | undefined;
}

/** What the host tells its station. */
export interface HostEvents {
  /** Of the EVSE's connectors, the first by default; the cable where the station knows it. */
  pluggedIn(evseId: number, connectorId?: number, cable?: Cable): void;
  unplugged(evseId: number): void;
  /** A vehicle is in the bay, or has left it. */
  occupied(evseId: number, isOccupied: boolean): void;
  /** EVSE 0: at a reader that serves all of them. */
  tokenPresented(evseId: number, idToken: IdToken): void;
  /** A vehicle has shown a contract certificate: OCPP 2.0.1 C07. `idToken` is an eMAID. */
  contractPresented(evseId: number, idToken: string, proof: ContractProof): void;
  /** The meter has signed a reading that `meter` could not give at once. */
  readingSigned(evseId: number, reading: MeterReading): void;
  chargingStateChanged(evseId: number, state: ChargingState): void;
  faulted(evseId: number, fault: Fault): void;
  faultCleared(evseId: number): void;
  /** The user, the vehicle or a protection ended it. */
  stopRequested(evseId: number, reason: StopReason): void;
  /** Of the grid and of batteries: OCPP 2.1. */
  readonly grid: GridEvents;
  /** An energy manager or the grid limits, in place of what the source said of the place before. Throws RangeError for no limit. */
  externalLimit(limit: ExternalLimit): void;
  externalLimitCleared(cleared: ClearedLimit): void;
  /** What the vehicle needs, by ISO 15118; `chargingNeedsAnswered` tells what the CSMS thinks of it. */
  chargingNeeds(needs: EvChargingNeeds): void;
  /** What the vehicle plans to take. */
  chargingSchedule(schedule: EvChargingSchedule): void;
  /** OCPP 2.1: somebody wants priority for what charges there, or gives it up. False when no profile grants it. */
  priorityRequested(evseId: number, state: 'on' | 'off'): boolean;
}

/** A network profile that is to be dialled. */
export interface NetworkRequest {
  /** Of OCPP 2.1's NetworkConfiguration. */
  slot: number;
  url: string;
  /** 0 to 3. */
  securityProfile: number;
  /** As in OCPP 2.0.1 OCPPInterfaceEnumType; undefined when it does not matter. */
  interface: string | undefined;
}

/** `NotSupported`: dial as it is. `Ready`: dial, from `localAddress` where one is given. `Failed`: try another profile. */
export interface NetworkAnswer {
  status: 'NotSupported' | 'Ready' | 'Failed';
  localAddress?: string | undefined;
}

export interface EvseDescription extends GridDescription {
  /** 1, 2, … without gaps. */
  id: number;
  phases: 1 | 3;
  /** How L1 to L3 of the EVSE, and of what its meter tells and its limits say, are wired to those of the station. */
  phaseRotation?: PhaseRotation;
  /** Per phase. */
  maxCurrentA: number;
  /** Phase to neutral. */
  voltageV: number;
  /** As in OCPP 2.0.1 ConnectorEnumType. */
  connectorType: string;
  /** Default: one, of `connectorType`. */
  connectors?: readonly ConnectorDescription[];
}

/** As in OCPP 2.x: to which phases (R, S, T are L1, L2, L3) the first, second and third one are wired; x to none. */
export const phaseRotations = ['RST', 'RTS', 'SRT', 'STR', 'TRS', 'TSR', 'Rxx', 'Sxx', 'Txx'] as const;

export type PhaseRotation = (typeof phaseRotations)[number];

export interface ConnectorDescription {
  /** 1, 2, … without gaps, within its EVSE. */
  id: number;
  /** As in OCPP 2.0.1 ConnectorEnumType. */
  type: string;
}

/** A cable that can be taken off at the station. */
export interface Cable {
  /** What it carries, A per phase. */
  maxCurrentA: number;
}

export interface InterruptedTransaction {
  id: string;
  evseId: number;
  connectorId: number;
}

/** As in OCPP 2.1 EnergyTransferModeEnumType; 2.0.1 knows the first four. */
export type EnergyTransferMode =
  | 'AC_single_phase'
  | 'AC_two_phase'
  | 'AC_three_phase'
  | 'DC'
  | 'AC_BPT'
  | 'AC_BPT_DER'
  | 'AC_DER'
  | 'DC_BPT'
  | 'DC_ACDP'
  | 'DC_ACDP_BPT'
  | 'WPT';

export interface MeterReading {
  /** Import register since the meter was made. */
  energyWh: number;
  powerW: number;
  /** L1, L2, L3; one entry on a single phase. */
  currentsA: readonly number[];
  /** L1-N, L2-N, L3-N. */
  voltagesV: readonly number[];
  frequencyHz?: number;
  /** State of charge of the vehicle, where it tells. */
  soc?: number;
  /** Per phase, what the vehicle is offered. */
  offeredA?: number;
  /** Import registers of L1, L2, L3. */
  energiesWh?: readonly number[];
  /** Export register. */
  exportWh?: number;
  reactiveImportVarh?: number;
  reactiveExportVarh?: number;
  apparentImportVah?: number;
  apparentExportVah?: number;
  /** Imported on L1, L2, L3. */
  powersW?: readonly number[];
  /** What flows back from the vehicle. */
  exportW?: number;
  reactiveImportVar?: number;
  reactiveExportVar?: number;
  /** -1 to 1. */
  powerFactor?: number;
  /** L1, L2, L3, back from the vehicle. */
  exportCurrentsA?: readonly number[];
  /** Default: what `offeredA` makes. */
  offeredW?: number;
  temperatureC?: number;
  /** Of a fan. */
  rpm?: number;
  /** Measurands of OCPP 2.1 that have no field here, in their base units. */
  others?: Partial<Record<Measurand21, number>>;
  /** The meter's own signature of this reading. */
  signed?: SignedReading;
}

/** A reading as the meter has signed it, such as OCMF. */
export interface SignedReading {
  /** Base64, at most 2,500 characters. */
  data: string;
  /** At most 50 characters. */
  signingMethod: string;
  /** At most 50 characters. */
  encodingMethod: string;
  /** Base64, at most 2,500 characters; empty when it is known. */
  publicKey: string;
}

export interface PowerLimit {
  /** Per phase; with `currentsA`, the lowest of them. */
  currentA: number;
  phases: number;
  /** L1, L2, L3, where they differ. */
  currentsA?: readonly number[] | undefined;
  /** 1 to 3: the phase to use of a single one. */
  phaseToUse?: number | undefined;
  /** The most that may flow back, per phase and not negative; L1, L2, L3 where they differ. Undefined: nothing may. */
  dischargeA?: number | undefined;
  dischargesA?: readonly number[] | undefined;
  /** What to charge with per phase, negative to discharge; never beyond the limits. */
  setpointA?: number | undefined;
  setpointsA?: readonly number[] | undefined;
  /** Reactive, per phase. */
  setpointReactiveA?: number | undefined;
  setpointsReactiveA?: readonly number[] | undefined;
  /** OCPP 2.1 OperationModeEnumType. Default ChargingOnly. */
  operationMode?: OperationMode | undefined;
  /** The electronics of the EVSE may sleep. */
  evseSleep?: boolean | undefined;
  /** The vehicle shall warm or cool its battery. */
  preconditioning?: boolean | undefined;
  /** W. */
  v2xBaselineW?: number | undefined;
  /** Hz and W. */
  v2xFreqWattCurve?: readonly { frequency: number; power: number }[] | undefined;
  v2xSignalWattCurve?: readonly { signal: number; power: number }[] | undefined;
}

export interface IdToken {
  /** Up to 20 characters in OCPP 1.6, 36 in 2.0.1; compared without regard to case. */
  idToken: string;
  type: IdTokenType;
}

/** OCPP 2.0.1 IdTokenEnumType, and what 2.1 adds. */
export type IdTokenType =
  | 'Central'
  | 'DirectPayment'
  | 'eMAID'
  | 'EVCCID'
  | 'ISO14443'
  | 'ISO15693'
  | 'KeyCode'
  | 'Local'
  | 'MacAddress'
  | 'NoAuthorization'
  | 'VIN';

/** OCPP 2.1 PreconditioningStatusEnumType. */
export type Preconditioning = 'Unknown' | 'Ready' | 'NotReady' | 'Preconditioning';

export type ChargingState = 'EVConnected' | 'Charging' | 'SuspendedEV' | 'SuspendedEVSE';
export type ResetKind = 'Hard' | 'Soft';

/** Why a transaction ended: the reasons of OCPP 1.6 and 2.0.1 together. */
export const stopReasons = [
  'DeAuthorized',
  'EmergencyStop',
  'EnergyLimitReached',
  'EVDisconnected',
  'EVSEDisabled',
  'GroundFault',
  'HardReset',
  'Local',
  'LocalOutOfCredit',
  'MasterPass',
  'Other',
  'OvercurrentFault',
  'PowerLoss',
  'PowerQuality',
  'Reboot',
  'Remote',
  'ReqEnergyTransferRejected',
  'SOCLimitReached',
  'SoftReset',
  'StoppedByEV',
  'TimeLimitReached',
  'Timeout',
  'UnlockCommand',
] as const;

export type StopReason = (typeof stopReasons)[number];

export interface Fault {
  code: FaultCode;
  /** At most 50 characters. */
  info?: string;
  vendorErrorCode?: string;
}

/** As in OCPP 1.6 ChargePointErrorCode. */
export type FaultCode =
  | 'ConnectorLockFailure'
  | 'EVCommunicationError'
  | 'GroundFailure'
  | 'HighTemperature'
  | 'InternalError'
  | 'OtherError'
  | 'OverCurrentFailure'
  | 'OverVoltage'
  | 'PowerMeterFailure'
  | 'PowerSwitchFailure'
  | 'ReaderFailure'
  | 'ResetFailure'
  | 'UnderVoltage'
  | 'WeakSignal';

export interface FirmwareRequest {
  requestId?: number | undefined;
  location: string;
  retrieveAt: Date;
  installAt?: Date | undefined;
  /** Tries after the first. */
  retries: number;
  /** Default 60. */
  retryIntervalS?: number | undefined;
  /** The manufacturer's signature: certificate in PEM, signature over the file in base64. */
  signed?: { certificate: string; signature: string } | undefined;
}

/** A firmware that was fetched. */
export interface FirmwareFile {
  /** The whole file; a host that keeps it elsewhere leaves it out. */
  data?: Uint8Array | undefined;
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
  /** Tries after the first. Default 0. */
  retries?: number | undefined;
  /** Default 60. */
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

export interface VendorMessage {
  vendorId: string;
  messageId?: string | undefined;
  data?: unknown;
}

export interface VendorAnswer {
  status: 'Accepted' | 'Rejected' | 'UnknownMessageId';
  data?: unknown;
}
