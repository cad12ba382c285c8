import { types201 } from '../authorization/id-token.ts';
import type {
  ChargingState,
  EvseDescription,
  FirmwareStatus,
  IdToken,
  LogStatus,
  MeterReading,
  PowerLimit,
  StopReason,
} from '../station-host.ts';
import type { TokenInfo } from '../authorization/tokens.ts';
import type {
  EvseEntry,
  ExternalLimits,
  HardwareCapabilities,
  Powermeter,
  ProvidedIdToken,
  ValidationResult,
} from './neighbour-types.ts';

/** EVerest's reasons for the end of a transaction; what is not here is Other. */
const stopReasons: Partial<Record<string, StopReason>> = {
  DeAuthorized: 'DeAuthorized',
  EmergencyStop: 'EmergencyStop',
  EnergyLimitReached: 'EnergyLimitReached',
  EVDisconnected: 'EVDisconnected',
  GroundFault: 'GroundFault',
  HardReset: 'HardReset',
  Local: 'Local',
  OvercurrentFault: 'OvercurrentFault',
  PowerLoss: 'PowerLoss',
  Reboot: 'Reboot',
  Remote: 'Remote',
  SOCLimitReached: 'SOCLimitReached',
  SoftReset: 'SoftReset',
  StoppedByEV: 'StoppedByEV',
  TimeLimitReached: 'TimeLimitReached',
  UnlockCommand: 'UnlockCommand',
};

export const toStopReason = (reason = 'Local'): StopReason => stopReasons[reason] ?? 'Other';

/** The session events after which a vehicle is in another state. */
const chargingStates: Partial<Record<string, ChargingState>> = {
  PrepareCharging: 'EVConnected',
  ChargingStarted: 'Charging',
  ChargingPausedEV: 'SuspendedEV',
  ChargingPausedEVSE: 'SuspendedEVSE',
};

export const toChargingState = (event: string): ChargingState | undefined => chargingStates[event];

/** Statuses of an update that the station has a word for. */
const firmwareStatuses: Partial<Record<string, FirmwareStatus>> = {
  Idle: 'Idle',
  Downloading: 'Downloading',
  Downloaded: 'Downloaded',
  DownloadFailed: 'DownloadFailed',
  Installing: 'Installing',
  InstallRebooting: 'Installing',
  Installed: 'Installed',
  InstallationFailed: 'InstallationFailed',
  InstallVerificationFailed: 'InstallationFailed',
  InvalidSignature: 'InstallationFailed',
};

export const toFirmwareStatus = (status: string): FirmwareStatus | undefined => firmwareStatuses[status];

const logStatuses: Partial<Record<string, LogStatus>> = {
  Idle: 'Idle',
  Uploading: 'Uploading',
  Uploaded: 'Uploaded',
  UploadFailure: 'UploadFailure',
  BadMessage: 'UploadFailure',
  NotSupportedOperation: 'UploadFailure',
  PermissionDenied: 'UploadFailure',
};

export const toLogStatus = (status: string): LogStatus | undefined => logStatuses[status];

/** Names of connectors that the board has and OCPP writes otherwise. */
const connectorTypes: Partial<Record<string, string>> = {
  IEC62196Type2Cable: 'cType2',
  IEC62196Type2Socket: 'sType2',
  sCEE_7_7: 'sCEE-7-7',
};

const voltageV = 230;

/** What an EVSE is, from what its manager and its board tell. Without the board: three phases of 32 A. */
export function toDescription(
  { id, connectors = [] }: EvseEntry,
  board: HardwareCapabilities | undefined,
): EvseDescription {
  const toType = (type = board?.connector_type ?? 'Unknown') => connectorTypes[type] ?? type;
  return {
    id,
    phases: (board?.max_phase_count_import ?? 3) >= 2 ? 3 : 1,
    maxCurrentA: board?.max_current_A_import ?? 32,
    voltageV,
    connectorType: toType(connectors?.[0]?.type),
    ...(connectors.length > 1 && { connectors: connectors.map((each) => ({ id: each.id, type: toType(each.type) })) }),
  };
}

type Phases = { DC?: number; L1?: number; L2?: number; L3?: number } | undefined;

const linesOf = (phases: Phases): number[] =>
  [phases?.DC, phases?.L1, phases?.L2, phases?.L3].filter((line) => line !== undefined);

/** A meter's message as the station reads it. `soc` is what the vehicle told last. */
export function toReading(meter: Powermeter, soc: number | undefined): MeterReading {
  const frequencyHz = meter.frequency_Hz?.L1;
  return {
    energyWh: meter.energy_Wh_import.total,
    powerW: meter.power_W?.total ?? 0,
    currentsA: linesOf(meter.current_A),
    voltagesV: linesOf(meter.voltage_V),
    ...(frequencyHz !== undefined && { frequencyHz }),
    ...(soc !== undefined && { soc }),
  };
}

/** Who limits, as the energy manager shows it. */
const source = 'OCPP';

/** A limit from now on; no entry at all lifts it. */
export function toExternalLimits(limit: PowerLimit | undefined, now: Date): ExternalLimits {
  const entry = limit && {
    timestamp: now.toISOString(),
    limits_to_root: {
      ac_max_current_A: { value: limit.currentA, source },
      ac_max_phase_count: { value: limit.phases, source },
    },
    limits_to_leaves: {},
  };
  return { schedule_import: entry ? [entry] : [], schedule_export: [], schedule_setpoints: [] };
}

export const toIdToken = ({ id_token }: ProvidedIdToken): IdToken => ({ idToken: id_token.value, type: id_token.type });

/** A token that need not be validated: the CSMS has sent it, or this station has asked for it. */
export function toProvidedToken({ idToken, type }: IdToken, evseId: number): ProvidedIdToken {
  return {
    id_token: { value: idToken, type: types201[type] },
    authorization_type: 'OCPP',
    connectors: [evseId],
    prevalidated: true,
  };
}

/** What EVerest's authorization knows of statuses; 1.6 and 2.x have the same names. */
const authorizationStatuses: ReadonlySet<string> = new Set([
  'Accepted',
  'Blocked',
  'ConcurrentTx',
  'Expired',
  'Invalid',
  'NoCredit',
  'NotAllowedTypeEVSE',
  'NotAtThisLocation',
  'NotAtThisTime',
  'Unknown',
  'PinRequired',
  'Timeout',
]);

export function toValidationResult({ status, expiresAt, groupId }: TokenInfo): ValidationResult {
  return {
    authorization_status: authorizationStatuses.has(status) ? status : 'Invalid',
    tariff_messages: [],
    ...(expiresAt && { expiry_time: expiresAt.toISOString() }),
    ...(groupId !== undefined && { parent_id_token: { value: groupId, type: 'Central' } }),
  };
}
