/** A variable of the station itself, as in the device model of OCPP 2.0.1. */
export interface VariableDefinition {
  type: 'boolean' | 'integer' | 'decimal' | 'string' | 'dateTime' | 'OptionList' | 'MemberList' | 'SequenceList';
  access: 'R' | 'RW' | 'W';
  default: string;
  unit?: string;
  /** Of the value, for a string of its length. */
  min?: number;
  max?: number;
  /** What an OptionList, MemberList or SequenceList may contain. */
  values?: readonly string[];
  /** A new value is used after the next start only. */
  reboot?: true;
}

export const measurands = [
  'Energy.Active.Import.Register',
  'Power.Active.Import',
  'Current.Import',
  'Voltage',
  'SoC',
  'Frequency',
  'Current.Offered',
  'Power.Offered',
] as const;

export type Measurand = (typeof measurands)[number];

const txPoints = [
  'ParkingBayOccupancy',
  'EVConnected',
  'Authorized',
  'DataSigned',
  'PowerPathClosed',
  'EnergyTransfer',
] as const;

const yes = { type: 'boolean', access: 'RW', default: 'true' } as const;
const no = { type: 'boolean', access: 'RW', default: 'false' } as const;
const isAvailable = { type: 'boolean', access: 'R', default: 'true' } as const;
const text = { type: 'string', access: 'R', default: '' } as const;
const count = { type: 'integer', access: 'R', min: 0 } as const;
const count0 = { ...count, default: '0' } as const;
const setting = { type: 'integer', access: 'RW', min: 0 } as const;
const seconds = { type: 'integer', access: 'RW', min: 0, unit: 's' } as const;
const list = { type: 'MemberList', access: 'RW', values: measurands } as const;
const energy = 'Energy.Active.Import.Register';

/** Every variable of the station, by `Component.Variable[instance]`. Both versions of OCPP read and write these. */
export const standardVariables = {
  'AlignedDataCtrlr.Available': isAvailable,
  'AlignedDataCtrlr.Enabled': yes,
  'AlignedDataCtrlr.Interval': { ...seconds, default: '0' },
  'AlignedDataCtrlr.Measurands': { ...list, default: energy },
  'AlignedDataCtrlr.TxEndedInterval': { ...seconds, default: '0' },
  'AlignedDataCtrlr.TxEndedMeasurands': { ...list, default: '' },
  'AuthCacheCtrlr.Available': isAvailable,
  'AuthCacheCtrlr.Enabled': yes,
  'AuthCtrlr.Enabled': yes,
  'AuthCtrlr.AuthorizeRemoteStart': yes,
  'AuthCtrlr.LocalAuthorizeOffline': yes,
  'AuthCtrlr.LocalPreAuthorize': no,
  'AuthCtrlr.OfflineTxForUnknownIdEnabled': yes,
  'ChargingStation.AllowNewSessionsPendingFirmwareUpdate': no,
  'ChargingStation.AvailabilityState': { ...text, type: 'OptionList' },
  'ChargingStation.Available': isAvailable,
  'ChargingStation.FirmwareVersion': text,
  'ChargingStation.Model': text,
  'ChargingStation.SerialNumber': text,
  'ChargingStation.SupplyPhases': { ...count, default: '3' },
  'ChargingStation.VendorName': text,
  'ClockCtrlr.DateTime': { ...text, type: 'dateTime' },
  'ClockCtrlr.TimeAdjustmentReportingThreshold': { ...seconds, default: '0' },
  'ClockCtrlr.TimeSource': {
    type: 'SequenceList',
    access: 'RW',
    default: 'Heartbeat',
    values: ['Heartbeat', 'NTP', 'RealTimeClock'],
  },
  'DeviceDataCtrlr.BytesPerMessage[GetReport]': { ...count, default: '8192' },
  'DeviceDataCtrlr.BytesPerMessage[GetVariables]': { ...count, default: '8192' },
  'DeviceDataCtrlr.BytesPerMessage[SetVariables]': { ...count, default: '8192' },
  'DeviceDataCtrlr.ItemsPerMessage[GetReport]': { ...count, default: '100' },
  'DeviceDataCtrlr.ItemsPerMessage[GetVariables]': { ...count, default: '100' },
  'DeviceDataCtrlr.ItemsPerMessage[SetVariables]': { ...count, default: '100' },
  'LocalAuthListCtrlr.Available': isAvailable,
  'LocalAuthListCtrlr.BytesPerMessage': { ...count, default: '65536' },
  'LocalAuthListCtrlr.Enabled': yes,
  'LocalAuthListCtrlr.Entries': { ...count, default: '0', max: 10_000 },
  'LocalAuthListCtrlr.ItemsPerMessage': { ...count, default: '250' },
  'OCPP16LegacyCtrlr.GetConfigurationMaxKeys': { ...count, default: '100' },
  'OCPP16LegacyCtrlr.NumberOfConnectors': { ...count, default: '1' },
  'OCPP16LegacyCtrlr.PhaseRotation': { type: 'string', access: 'RW', default: 'NotApplicable', max: 500, reboot: true },
  'OCPP16LegacyCtrlr.DisableSecurityEventNotifications': no,
  'OCPP16LegacyCtrlr.StopTransactionOnEVSideDisconnect': yes,
  'OCPP16LegacyCtrlr.SupportedFeatureProfiles': {
    ...text,
    default: 'Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger',
  },
  'OCPPCommCtrlr.ActiveNetworkProfile': count0,
  'OCPPCommCtrlr.FileTransferProtocols': { ...text, type: 'MemberList', default: 'HTTPS,HTTP,FTP' },
  'OCPPCommCtrlr.HeartbeatInterval': { ...seconds, default: '300', min: 1 },
  'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]': { ...seconds, default: '10' },
  'OCPPCommCtrlr.MessageAttempts[TransactionEvent]': { ...setting, default: '5', min: 1 },
  'OCPPCommCtrlr.MessageTimeout[Default]': { ...count, default: '30', unit: 's' },
  'OCPPCommCtrlr.NetworkConfigurationPriority': {
    type: 'SequenceList',
    access: 'RW',
    default: '1',
    values: ['1', '2', '3', '4'],
    reboot: true,
  },
  'OCPPCommCtrlr.NetworkProfileConnectionAttempts': { ...setting, default: '3', min: -1 },
  'OCPPCommCtrlr.OfflineThreshold': { ...seconds, default: '60' },
  'OCPPCommCtrlr.ResetRetries': { ...setting, default: '3' },
  'OCPPCommCtrlr.RetryBackOffRandomRange': { ...seconds, default: '10' },
  'OCPPCommCtrlr.RetryBackOffRepeatTimes': { ...setting, default: '3', max: 16 },
  'OCPPCommCtrlr.RetryBackOffWaitMinimum': { ...seconds, default: '3' },
  'OCPPCommCtrlr.UnlockOnEVSideDisconnect': yes,
  'OCPPCommCtrlr.WebSocketPingInterval': { ...seconds, default: '0' },
  'ReservationCtrlr.Available': isAvailable,
  'ReservationCtrlr.Enabled': yes,
  'ReservationCtrlr.NonEvseSpecific': { ...isAvailable, default: 'false' },
  'SampledDataCtrlr.Available': isAvailable,
  'SampledDataCtrlr.Enabled': yes,
  'SampledDataCtrlr.TxEndedInterval': { ...seconds, default: '0' },
  'SampledDataCtrlr.TxEndedMeasurands': { ...list, default: energy },
  'SampledDataCtrlr.TxStartedMeasurands': { ...list, default: energy },
  'SampledDataCtrlr.TxUpdatedInterval': { ...seconds, default: '60' },
  'SampledDataCtrlr.TxUpdatedMeasurands': {
    ...list,
    default: `${energy},Power.Active.Import,Current.Import,Voltage,SoC`,
  },
  'SecurityCtrlr.BasicAuthPassword': { type: 'string', access: 'W', default: '', min: 16, max: 40 },
  'SecurityCtrlr.AdditionalRootCertificateCheck': { ...isAvailable, default: 'false' },
  'SecurityCtrlr.CertSigningRepeatTimes': { ...setting, default: '2' },
  'SecurityCtrlr.CertSigningWaitMinimum': { ...seconds, default: '30' },
  'SecurityCtrlr.CertificateEntries': { ...count, default: '0' },
  'SecurityCtrlr.Identity': text,
  'SecurityCtrlr.MaxCertificateChainSize': { ...count, default: '10000' },
  'SecurityCtrlr.OrganizationName': { type: 'string', access: 'RW', default: '', max: 100 },
  'SecurityCtrlr.SecurityProfile': { ...count, default: '0', max: 3 },
  'SmartChargingCtrlr.Available': isAvailable,
  'SmartChargingCtrlr.Enabled': yes,
  'SmartChargingCtrlr.Entries[ChargingProfiles]': { ...count, default: '0', max: 100 },
  'SmartChargingCtrlr.LimitChangeSignificance': { type: 'decimal', access: 'RW', default: '1', unit: 'Percent' },
  'SmartChargingCtrlr.PeriodsPerSchedule': { ...count, default: '1440' },
  'SmartChargingCtrlr.ProfileStackLevel': { ...count, default: '42' },
  'SmartChargingCtrlr.RateUnit': { ...text, type: 'MemberList', default: 'A,W' },
  'TxCtrlr.EVConnectionTimeOut': { ...seconds, default: '120' },
  'TxCtrlr.StopTxOnEVSideDisconnect': isAvailable,
  'TxCtrlr.StopTxOnInvalidId': yes,
  'TxCtrlr.TxStartPoint': { type: 'MemberList', access: 'RW', default: 'PowerPathClosed', values: txPoints },
  'TxCtrlr.TxStopPoint': { type: 'MemberList', access: 'RW', default: 'EVConnected,Authorized', values: txPoints },
} as const satisfies Record<string, VariableDefinition>;

export type VariableName = keyof typeof standardVariables;

const definitions: ReadonlyMap<string, VariableDefinition> = new Map(Object.entries(standardVariables));

/** The definition of `Component.Variable[instance]`, whatever its case; undefined when there is none. */
export function variableOf(name: string): { name: VariableName; definition: VariableDefinition } | undefined {
  const known = namesByLowerCase.get(name.toLowerCase());
  const definition = known && definitions.get(known);
  return known && definition ? { name: known, definition } : undefined;
}

function isVariableName(name: string): name is VariableName {
  return definitions.has(name);
}

/** All names, in the order of the table. */
export const variableNames: readonly VariableName[] = Object.keys(standardVariables).filter(isVariableName);

const namesByLowerCase: ReadonlyMap<string, VariableName> = new Map(
  variableNames.map((name) => [name.toLowerCase(), name]),
);

/** What is wrong with `value` for the variable; undefined when nothing is. */
export function valueError(definition: VariableDefinition, value: string): string | undefined {
  const { type, values } = definition;
  if (type === 'boolean') return /^(true|false)$/i.test(value) ? undefined : 'neither true nor false';
  if (type === 'integer' && !/^[+-]?\d{1,15}$/.test(value)) return 'not an integer';
  if (type === 'decimal' && !/^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value)) return 'not a number';
  if (type === 'integer' || type === 'decimal') return rangeError(definition, Number(value));
  if (!values) return rangeError(definition, value.length);
  const items = type === 'OptionList' ? [value] : itemsOf(value);
  const unknown = items.find((item) => !values.includes(item));
  return unknown === undefined ? undefined : `${unknown.slice(0, 50)} is not one of its values`;
}

function rangeError({ min, max }: VariableDefinition, size: number): string | undefined {
  if (min !== undefined && size < min) return `below ${min}`;
  return max !== undefined && size > max ? `above ${max}` : undefined;
}

/** The items of a comma-separated list. */
export function itemsOf(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
