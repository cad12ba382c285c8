import type { DeviceModel } from '../device-model/device-model.ts';
import type { VariableDefinition } from '../device-model/variable-definition.ts';
import type { VariableName } from '../device-model/standard-variables.ts';
import {
  areEvseIds,
  isAuthorizationKey,
  isJson,
  isPhaseRotation,
  isSecurityProfile,
  isTimeOffset,
} from './key-rules.ts';

/**
 * Where a key belongs. `Metering`: of each connector's meter. `Internal`: keys that libocpp has beside the standard.
 * `Custom`: from a component file.
 */
export type KeyProfile =
  | 'Core'
  | 'LocalAuthListManagement'
  | 'Reservation'
  | 'SmartCharging'
  | 'FirmwareManagement'
  | 'Security'
  | 'PnC'
  | 'CostAndPrice'
  | 'Metering'
  | 'Internal'
  | 'Custom';

/**
 * A configuration key of OCPP 1.6, and the variable that holds its value. Type, limits and whether a restart is needed
 * are the variable's. A key whose variable has no value is one that the station does not have.
 */
export interface ConfigurationKey {
  readonly key: string;
  readonly profile: KeyProfile;
  /** Canonical text of the variable. */
  readonly variable: string;
  readonly access: 'R' | 'RW' | 'W';
  /** OCPP 1.6 asks for it, in stations that have its profile. */
  readonly required: boolean;
  /** Other variables by which EVerest calls it. */
  readonly aliases?: readonly string[];
  /** The value is no value of the variable, but follows from what the variable is. */
  readonly derived?: (definition: VariableDefinition) => number | undefined;
  /** The value is a part of the variable's: undefined where the station has none; `merge` is the whole with another part. */
  readonly part?: { read(model: DeviceModel): string | undefined; merge(model: DeviceModel, value: string): string };
  /** Where 1.6 has another word: by the word of 2.x. */
  readonly words?: Readonly<Record<string, string>>;
  /** Of the value as 1.6 writes it, where it differs from the variable's. */
  readonly length?: { min: number; max: number };
  /** What a new value must be beside its type and limits. */
  readonly isAllowed?: (value: string, model: DeviceModel) => boolean;
}

interface Row extends Omit<ConfigurationKey, 'key' | 'profile' | 'required'> {
  variable: VariableName;
  required?: true;
}

const valueCount = ({ values }: VariableDefinition) => values?.length;
const maxLimit = ({ maxLimit }: VariableDefinition) => maxLimit;

/** All keys but those of connectors and of component files, in the order in which GetConfiguration lists them. */
const table: Record<Exclude<KeyProfile, 'Metering' | 'Custom'>, Record<string, Row>> = {
  Core: {
    AllowOfflineTxForUnknownId: { variable: 'AuthCtrlr.OfflineTxForUnknownIdEnabled', access: 'RW' },
    AuthorizationCacheEnabled: { variable: 'AuthCacheCtrlr.Enabled', access: 'RW' },
    AuthorizeRemoteTxRequests: { variable: 'AuthCtrlr.AuthorizeRemoteStart', access: 'RW', required: true },
    BlinkRepeat: { variable: 'OCPP16LegacyCtrlr.BlinkRepeat', access: 'RW' },
    ClockAlignedDataInterval: { variable: 'AlignedDataCtrlr.Interval', access: 'RW', required: true },
    ConnectionTimeOut: { variable: 'TxCtrlr.EVConnectionTimeOut', access: 'RW', required: true },
    ConnectorPhaseRotation: {
      variable: 'OCPP16LegacyCtrlr.PhaseRotation',
      access: 'RW',
      required: true,
      isAllowed: isPhaseRotation,
      aliases: ['OCPP16LegacyCtrlr.ConnectorPhaseRotation'],
    },
    ConnectorPhaseRotationMaxLength: { variable: 'OCPP16LegacyCtrlr.ConnectorPhaseRotationMaxLength', access: 'R' },
    GetConfigurationMaxKeys: { variable: 'OCPP16LegacyCtrlr.GetConfigurationMaxKeys', access: 'R', required: true },
    HeartbeatInterval: { variable: 'OCPPCommCtrlr.HeartbeatInterval', access: 'RW', required: true },
    LightIntensity: { variable: 'OCPP16LegacyCtrlr.LightIntensity', access: 'RW' },
    LocalAuthorizeOffline: { variable: 'AuthCtrlr.LocalAuthorizeOffline', access: 'RW', required: true },
    LocalPreAuthorize: { variable: 'AuthCtrlr.LocalPreAuthorize', access: 'RW', required: true },
    MaxEnergyOnInvalidId: { variable: 'TxCtrlr.MaxEnergyOnInvalidId', access: 'RW' },
    MeterValuesAlignedData: { variable: 'AlignedDataCtrlr.Measurands', access: 'RW', required: true },
    MeterValuesAlignedDataMaxLength: { variable: 'AlignedDataCtrlr.Measurands', access: 'R', derived: valueCount },
    MeterValuesSampledData: { variable: 'SampledDataCtrlr.TxUpdatedMeasurands', access: 'RW', required: true },
    MeterValuesSampledDataMaxLength: {
      variable: 'SampledDataCtrlr.TxUpdatedMeasurands',
      access: 'R',
      derived: valueCount,
    },
    MeterValueSampleInterval: { variable: 'SampledDataCtrlr.TxUpdatedInterval', access: 'RW', required: true },
    MinimumStatusDuration: { variable: 'OCPP16LegacyCtrlr.MinimumStatusDuration', access: 'RW' },
    NumberOfConnectors: { variable: 'OCPP16LegacyCtrlr.NumberOfConnectors', access: 'R', required: true },
    ResetRetries: { variable: 'OCPPCommCtrlr.ResetRetries', access: 'RW', required: true },
    StopTransactionOnEVSideDisconnect: {
      variable: 'OCPP16LegacyCtrlr.StopTransactionOnEVSideDisconnect',
      access: 'RW',
      required: true,
    },
    StopTransactionOnInvalidId: { variable: 'TxCtrlr.StopTxOnInvalidId', access: 'RW', required: true },
    StopTxnAlignedData: { variable: 'AlignedDataCtrlr.TxEndedMeasurands', access: 'RW', required: true },
    StopTxnAlignedDataMaxLength: { variable: 'AlignedDataCtrlr.TxEndedMeasurands', access: 'R', derived: valueCount },
    StopTxnSampledData: { variable: 'SampledDataCtrlr.TxEndedMeasurands', access: 'RW', required: true },
    StopTxnSampledDataMaxLength: { variable: 'SampledDataCtrlr.TxEndedMeasurands', access: 'R', derived: valueCount },
    SupportedFeatureProfiles: { variable: 'OCPP16LegacyCtrlr.SupportedFeatureProfiles', access: 'R', required: true },
    SupportedFeatureProfilesMaxLength: { variable: 'OCPP16LegacyCtrlr.SupportedFeatureProfilesMaxLength', access: 'R' },
    TransactionMessageAttempts: {
      variable: 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]',
      access: 'RW',
      required: true,
      aliases: ['OCPPCommCtrlr.MessageAttempts'],
    },
    TransactionMessageRetryInterval: {
      variable: 'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]',
      access: 'RW',
      required: true,
      aliases: ['OCPPCommCtrlr.MessageAttemptInterval'],
    },
    UnlockConnectorOnEVSideDisconnect: {
      variable: 'OCPPCommCtrlr.UnlockOnEVSideDisconnect',
      access: 'RW',
      required: true,
      aliases: ['OCPP16LegacyCtrlr.UnlockConnectorOnEVSideDisconnect'],
    },
    WebSocketPingInterval: { variable: 'OCPPCommCtrlr.WebSocketPingInterval', access: 'RW' },
  },
  LocalAuthListManagement: {
    LocalAuthListEnabled: { variable: 'LocalAuthListCtrlr.Enabled', access: 'RW', required: true },
    LocalAuthListMaxLength: { variable: 'LocalAuthListCtrlr.Entries', access: 'R', required: true, derived: maxLimit },
    SendLocalListMaxLength: { variable: 'LocalAuthListCtrlr.ItemsPerMessage', access: 'R', required: true },
  },
  Reservation: {
    ReserveConnectorZeroSupported: {
      variable: 'ReservationCtrlr.NonEvseSpecific',
      access: 'R',
      aliases: ['OCPP16LegacyCtrlr.ReserveConnectorZeroSupported'],
    },
  },
  SmartCharging: {
    ChargeProfileMaxStackLevel: { variable: 'SmartChargingCtrlr.ProfileStackLevel', access: 'R', required: true },
    ChargingScheduleAllowedChargingRateUnit: {
      variable: 'SmartChargingCtrlr.RateUnit',
      access: 'R',
      required: true,
      words: { A: 'Current', W: 'Power' },
    },
    ChargingScheduleMaxPeriods: { variable: 'SmartChargingCtrlr.PeriodsPerSchedule', access: 'R', required: true },
    ConnectorSwitch3to1PhaseSupported: { variable: 'SmartChargingCtrlr.Phases3to1', access: 'R' },
    MaxChargingProfilesInstalled: {
      variable: 'SmartChargingCtrlr.Entries[ChargingProfiles]',
      access: 'R',
      required: true,
      derived: maxLimit,
    },
  },
  FirmwareManagement: {
    SupportedFileTransferProtocols: { variable: 'OCPPCommCtrlr.FileTransferProtocols', access: 'R' },
  },
  Security: {
    AdditionalRootCertificateCheck: { variable: 'SecurityCtrlr.AdditionalRootCertificateCheck', access: 'R' },
    AuthorizationKey: {
      variable: 'SecurityCtrlr.BasicAuthPassword',
      access: 'W',
      length: { min: 16, max: 80 },
      isAllowed: isAuthorizationKey,
      aliases: ['NetworkConfiguration[1].BasicAuthPassword'],
    },
    CertificateSignedMaxChainSize: { variable: 'SecurityCtrlr.MaxCertificateChainSize', access: 'R' },
    CertificateStoreMaxLength: { variable: 'SecurityCtrlr.CertificateEntries', access: 'R', derived: maxLimit },
    CpoName: { variable: 'SecurityCtrlr.OrganizationName', access: 'RW' },
    SecurityProfile: {
      variable: 'SecurityCtrlr.SecurityProfile',
      access: 'RW',
      isAllowed: isSecurityProfile,
      aliases: ['NetworkConfiguration[1].SecurityProfile'],
    },
    DisableSecurityEventNotifications: {
      variable: 'OCPP16LegacyCtrlr.DisableSecurityEventNotifications',
      access: 'RW',
    },
  },
  PnC: {
    CentralContractValidationAllowed: { variable: 'ISO15118Ctrlr.CentralContractValidationAllowed', access: 'RW' },
    CertSigningRepeatTimes: { variable: 'SecurityCtrlr.CertSigningRepeatTimes', access: 'RW' },
    CertSigningWaitMinimum: { variable: 'SecurityCtrlr.CertSigningWaitMinimum', access: 'RW' },
    ContractValidationOffline: { variable: 'ISO15118Ctrlr.ContractValidationOffline', access: 'RW' },
    ISO15118CertificateManagementEnabled: {
      variable: 'OCPP16LegacyCtrlr.ISO15118CertificateManagementEnabled',
      access: 'RW',
    },
    ISO15118PnCEnabled: { variable: 'ISO15118Ctrlr.PnCEnabled', access: 'RW' },
  },
  CostAndPrice: {
    CustomDisplayCostAndPrice: { variable: 'OCPP16LegacyCtrlr.CustomDisplayCostAndPrice', access: 'R' },
    CustomIdleFeeAfterStop: { variable: 'OCPP16LegacyCtrlr.CustomIdleFeeAfterStop', access: 'RW' },
    CustomMultiLanguageMessages: { variable: 'OCPP16LegacyCtrlr.CustomMultiLanguageMessages', access: 'R' },
    DefaultPrice: { variable: 'OCPP16LegacyCtrlr.DefaultPrice', access: 'RW', isAllowed: isJson },
    DefaultPriceText: { variable: 'OCPP16LegacyCtrlr.DefaultPriceText', access: 'RW', isAllowed: isJson },
    Language: { variable: 'OCPP16LegacyCtrlr.Language', access: 'RW' },
    NextTimeOffsetTransitionDateTime: { variable: 'ClockCtrlr.NextTimeOffsetTransitionDateTime', access: 'RW' },
    NumberOfDecimalsForCostValues: { variable: 'TariffCostCtrlr.NumberOfDecimalsForCostValues', access: 'R' },
    SupportedLanguages: { variable: 'OCPP16LegacyCtrlr.SupportedLanguages', access: 'R' },
    TimeOffset: { variable: 'ClockCtrlr.TimeOffset', access: 'RW', isAllowed: isTimeOffset },
    TimeOffsetNextTransition: {
      variable: 'ClockCtrlr.TimeOffset[NextTransition]',
      access: 'RW',
      isAllowed: isTimeOffset,
      aliases: ['ClockCtrlr.NextTransition'],
    },
    WaitForSetUserPriceTimeout: { variable: 'OCPP16LegacyCtrlr.WaitForSetUserPriceTimeout', access: 'RW' },
  },
  Internal: {
    AllowCSMSRootCertInstallWithUnsecureConnection: {
      variable: 'InternalCtrlr.AllowCSMSRootCertInstallWithUnsecureConnection',
      access: 'R',
    },
    AuthorizeConnectorZeroOnConnectorOne: {
      variable: 'InternalCtrlr.AuthorizeConnectorZeroOnConnectorOne',
      access: 'R',
    },
    CentralSystemURI: { variable: 'NetworkConfiguration[1].OcppCsmsUrl', access: 'R' },
    ChargeBoxSerialNumber: { variable: 'ChargingStation.SerialNumber', access: 'R' },
    ChargePointId: { variable: 'SecurityCtrlr.Identity', access: 'R' },
    ChargePointModel: { variable: 'ChargingStation.Model', access: 'R' },
    ChargePointVendor: { variable: 'ChargingStation.VendorName', access: 'R' },
    CompositeScheduleDefaultLimitAmps: {
      variable: 'SmartChargingCtrlr.CompositeScheduleDefaultLimitAmps',
      access: 'RW',
    },
    CompositeScheduleDefaultLimitWatts: {
      variable: 'SmartChargingCtrlr.CompositeScheduleDefaultLimitWatts',
      access: 'RW',
    },
    CompositeScheduleDefaultNumberPhases: {
      variable: 'SmartChargingCtrlr.CompositeScheduleDefaultNumberPhases',
      access: 'RW',
    },
    ConnectorEvseIds: { variable: 'InternalCtrlr.ConnectorEvseIds', access: 'RW', isAllowed: areEvseIds },
    FirmwareVersion: { variable: 'ChargingStation.FirmwareVersion', access: 'R' },
    HostName: { variable: 'NetworkConfiguration[1].HostName', access: 'R' },
    IgnoredProfilePurposesOffline: { variable: 'SmartChargingCtrlr.IgnoredProfilePurposesOffline', access: 'RW' },
    MaxCompositeScheduleDuration: { variable: 'InternalCtrlr.MaxCompositeScheduleDuration', access: 'R' },
    MaxMessageSize: { variable: 'InternalCtrlr.MaxMessageSize', access: 'R' },
    MessageQueueSizeThreshold: { variable: 'InternalCtrlr.MessageQueueSizeThreshold', access: 'R' },
    MessageTypesDiscardForQueueing: { variable: 'OCPPCommCtrlr.MessageTypesDiscardForQueueing', access: 'R' },
    OcspRequestInterval: { variable: 'InternalCtrlr.OcspRequestInterval', access: 'RW' },
    QueueAllMessages: { variable: 'OCPPCommCtrlr.QueueAllMessages', access: 'R' },
    RejectRemoteStartTransactionWithoutConnectorId: {
      variable: 'InternalCtrlr.RejectRemoteStartTransactionWithoutConnectorId',
      access: 'RW',
    },
    RemoteStartTransactionWithoutConnectorIdFindFirst: {
      variable: 'InternalCtrlr.RemoteStartTransactionWithoutConnectorIdFindFirst',
      access: 'RW',
    },
    ReportSuspendedEVSEReasonChange: { variable: 'InternalCtrlr.ReportSuspendedEVSEReasonChange', access: 'RW' },
    RetryBackoffRandomRange: { variable: 'OCPPCommCtrlr.RetryBackOffRandomRange', access: 'RW' },
    RetryBackoffRepeatTimes: { variable: 'OCPPCommCtrlr.RetryBackOffRepeatTimes', access: 'RW' },
    RetryBackoffWaitMinimum: { variable: 'OCPPCommCtrlr.RetryBackOffWaitMinimum', access: 'RW' },
    SeccLeafSubjectCommonName: { variable: 'InternalCtrlr.SeccLeafSubjectCommonName', access: 'RW' },
    SeccLeafSubjectCountry: { variable: 'InternalCtrlr.SeccLeafSubjectCountry', access: 'RW' },
    SeccLeafSubjectOrganization: { variable: 'InternalCtrlr.SeccLeafSubjectOrganization', access: 'RW' },
    StopTransactionIfUnlockNotSupported: {
      variable: 'InternalCtrlr.StopTransactionIfUnlockNotSupported',
      access: 'RW',
    },
    SupplyVoltage: { variable: 'SmartChargingCtrlr.SupplyVoltage', access: 'RW' },
    SupportedChargingProfilePurposeTypes: {
      variable: 'InternalCtrlr.SupportedChargingProfilePurposeTypes',
      access: 'R',
      words: { ChargingStationMaxProfile: 'ChargePointMaxProfile' },
    },
    SupportedCiphers12: { variable: 'InternalCtrlr.SupportedCiphers12', access: 'R' },
    SupportedCiphers13: { variable: 'InternalCtrlr.SupportedCiphers13', access: 'R' },
    SupportedMeasurands: { variable: 'InternalCtrlr.SupportedMeasurands', access: 'R' },
    SwitchSecurityProfileConnectionTimeout: {
      variable: 'InternalCtrlr.SwitchSecurityProfileConnectionTimeout',
      access: 'RW',
    },
    VerifyCsmsAllowWildcards: { variable: 'InternalCtrlr.VerifyCsmsAllowWildcards', access: 'RW' },
    VerifyCsmsCommonName: { variable: 'InternalCtrlr.VerifyCsmsCommonName', access: 'R' },
    WaitForStopTransactionsOnResetTimeout: {
      variable: 'InternalCtrlr.WaitForStopTransactionsOnResetTimeout',
      access: 'RW',
    },
    WebsocketPongTimeout: { variable: 'InternalCtrlr.WebsocketPongTimeout', access: 'R' },
  },
};

const profiles = [
  'Core',
  'LocalAuthListManagement',
  'Reservation',
  'SmartCharging',
  'FirmwareManagement',
  'Security',
  'PnC',
  'CostAndPrice',
  'Internal',
] as const;

export const configurationKeys: readonly ConfigurationKey[] = profiles.flatMap((profile) =>
  Object.entries(table[profile]).map(([key, row]) => ({ required: false, ...row, key, profile })),
);
