import { types201 } from '../authorization/id-token.ts';
import type { Claim } from '../availability/reservations.ts';
import {
  stopReasons,
  type ChargingState,
  type EvseDescription,
  type FirmwareStatus,
  type IdToken,
  type LogStatus,
  type MeterReading,
  type PowerLimit,
  type StopReason,
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

/** EVerest has the same reasons; one that it adds is Other. */
export const toStopReason = (reason = 'Local'): StopReason => stopReasons.find((known) => known === reason) ?? 'Other';

/** The session events after which a vehicle is in another state. */
const chargingStates: Partial<Record<string, ChargingState>> = {
  PrepareCharging: 'EVConnected',
  ChargingStarted: 'Charging',
  ChargingPausedEV: 'SuspendedEV',
  ChargingPausedEVSE: 'SuspendedEVSE',
};

export const toChargingState = (event: string): ChargingState | undefined => chargingStates[event];

/** EVerest has the statuses of OCPP 2.0.1. After a restart it tells the end itself, so that the station need not guess it. */
const firmwareStatuses = [
  'Idle',
  'DownloadScheduled',
  'Downloading',
  'DownloadPaused',
  'Downloaded',
  'DownloadFailed',
  'SignatureVerified',
  'InvalidSignature',
  'InstallScheduled',
  'Installing',
  'Installed',
  'InstallationFailed',
  'InstallVerificationFailed',
] as const satisfies readonly FirmwareStatus[];

export const toFirmwareStatus = (status: string): FirmwareStatus | undefined =>
  status === 'InstallRebooting' ? 'Installing' : firmwareStatuses.find((known) => known === status);

const logStatuses = [
  'Idle',
  'Uploading',
  'Uploaded',
  'UploadFailure',
  'BadMessage',
  'NotSupportedOperation',
  'PermissionDenied',
  'AcceptedCanceled',
] as const satisfies readonly LogStatus[];

export const toLogStatus = (status: string): LogStatus | undefined => logStatuses.find((known) => known === status);

/** Names of connectors that the board has for itself. */
const boardTypes: Partial<Record<string, string>> = { IEC62196Type2Cable: 'cType2', IEC62196Type2Socket: 'sType2' };

/** Names of connectors that EVerest writes otherwise than OCPP. */
const connectorTypes: readonly { everest: string; ocpp: string }[] = [
  { everest: 's309_1P_16A', ocpp: 's309-1P-16A' },
  { everest: 's309_1P_32A', ocpp: 's309-1P-32A' },
  { everest: 's309_3P_16A', ocpp: 's309-3P-16A' },
  { everest: 's309_3P_32A', ocpp: 's309-3P-32A' },
  { everest: 'sCEE_7_7', ocpp: 'sCEE-7-7' },
];

const toOcppConnectorType = (type: string): string =>
  boardTypes[type] ?? connectorTypes.find(({ everest }) => everest === type)?.ocpp ?? type;

export const toEverestConnectorType = (type: string): string =>
  connectorTypes.find(({ ocpp }) => ocpp === type)?.everest ?? type;

const voltageV = 230;

/** What an EVSE is, from what its manager and its board tell. Without the board: three phases of 32 A. */
export function toDescription(
  { id, connectors = [] }: EvseEntry,
  board: HardwareCapabilities | undefined,
): EvseDescription {
  const toType = (type = board?.connector_type ?? 'Unknown') => toOcppConnectorType(type);
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
export function toProvidedToken({ idToken, groupId }: Claim, evseId: number): ProvidedIdToken {
  return {
    id_token: { value: idToken.idToken, type: types201[idToken.type] },
    ...(groupId !== undefined && { parent_id_token: toParentToken(groupId) }),
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

/** `evseIds`: the only EVSEs where the token may charge. */
export function toValidationResult({ status, expiresAt, groupId, evseIds }: TokenInfo): ValidationResult {
  return {
    authorization_status: authorizationStatuses.has(status) ? status : 'Invalid',
    tariff_messages: [],
    ...(expiresAt && { expiry_time: expiresAt.toISOString() }),
    ...(groupId !== undefined && { parent_id_token: toParentToken(groupId) }),
    ...(evseIds && { evse_ids: [...evseIds] }),
  };
}

/** Of which kind a group is, nobody asks. */
const toParentToken = (value: string) => ({ value, type: 'Central' as const });
