import { measurands, type VariableName } from '../standard-variables.ts';

/** A configuration key of OCPP 1.6, and the variable of 2.0.1 that holds its value. */
export interface ConfigurationKey {
  key: string;
  variable: VariableName;
  /** Where 1.6 words a value differently. */
  toValue?(value: string): string;
}

const measurandCount = () => String(measurands.length);
const rateUnits: Record<string, string> = { A: 'Current', W: 'Power' };

export const configurationKeys: readonly ConfigurationKey[] = [
  { key: 'AllowOfflineTxForUnknownId', variable: 'AuthCtrlr.OfflineTxForUnknownIdEnabled' },
  { key: 'AuthorizationCacheEnabled', variable: 'AuthCacheCtrlr.Enabled' },
  { key: 'AuthorizationKey', variable: 'SecurityCtrlr.BasicAuthPassword' },
  { key: 'AuthorizeRemoteTxRequests', variable: 'AuthCtrlr.AuthorizeRemoteStart' },
  { key: 'AdditionalRootCertificateCheck', variable: 'SecurityCtrlr.AdditionalRootCertificateCheck' },
  { key: 'CertSigningRepeatTimes', variable: 'SecurityCtrlr.CertSigningRepeatTimes' },
  { key: 'CertSigningWaitMinimum', variable: 'SecurityCtrlr.CertSigningWaitMinimum' },
  { key: 'CertificateSignedMaxChainSize', variable: 'SecurityCtrlr.MaxCertificateChainSize' },
  { key: 'CertificateStoreMaxLength', variable: 'SecurityCtrlr.CertificateEntries', toValue: () => '100' },
  { key: 'ClockAlignedDataInterval', variable: 'AlignedDataCtrlr.Interval' },
  { key: 'ConnectionTimeOut', variable: 'TxCtrlr.EVConnectionTimeOut' },
  { key: 'ConnectorPhaseRotation', variable: 'OCPP16LegacyCtrlr.PhaseRotation' },
  { key: 'CpoName', variable: 'SecurityCtrlr.OrganizationName' },
  { key: 'GetConfigurationMaxKeys', variable: 'OCPP16LegacyCtrlr.GetConfigurationMaxKeys' },
  { key: 'HeartbeatInterval', variable: 'OCPPCommCtrlr.HeartbeatInterval' },
  { key: 'LocalAuthorizeOffline', variable: 'AuthCtrlr.LocalAuthorizeOffline' },
  { key: 'LocalPreAuthorize', variable: 'AuthCtrlr.LocalPreAuthorize' },
  { key: 'MeterValuesAlignedData', variable: 'AlignedDataCtrlr.Measurands' },
  {
    key: 'MeterValuesAlignedDataMaxLength',
    variable: 'OCPP16LegacyCtrlr.GetConfigurationMaxKeys',
    toValue: measurandCount,
  },
  { key: 'MeterValuesSampledData', variable: 'SampledDataCtrlr.TxUpdatedMeasurands' },
  {
    key: 'MeterValuesSampledDataMaxLength',
    variable: 'OCPP16LegacyCtrlr.GetConfigurationMaxKeys',
    toValue: measurandCount,
  },
  { key: 'MeterValueSampleInterval', variable: 'SampledDataCtrlr.TxUpdatedInterval' },
  { key: 'NumberOfConnectors', variable: 'OCPP16LegacyCtrlr.NumberOfConnectors' },
  { key: 'ResetRetries', variable: 'OCPPCommCtrlr.ResetRetries' },
  { key: 'SecurityProfile', variable: 'SecurityCtrlr.SecurityProfile' },
  { key: 'StopTransactionOnEVSideDisconnect', variable: 'OCPP16LegacyCtrlr.StopTransactionOnEVSideDisconnect' },
  { key: 'StopTransactionOnInvalidId', variable: 'TxCtrlr.StopTxOnInvalidId' },
  { key: 'StopTxnAlignedData', variable: 'AlignedDataCtrlr.TxEndedMeasurands' },
  { key: 'StopTxnSampledData', variable: 'SampledDataCtrlr.TxEndedMeasurands' },
  { key: 'SupportedFeatureProfiles', variable: 'OCPP16LegacyCtrlr.SupportedFeatureProfiles' },
  { key: 'TransactionMessageAttempts', variable: 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]' },
  { key: 'TransactionMessageRetryInterval', variable: 'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]' },
  { key: 'UnlockConnectorOnEVSideDisconnect', variable: 'OCPPCommCtrlr.UnlockOnEVSideDisconnect' },
  { key: 'WebSocketPingInterval', variable: 'OCPPCommCtrlr.WebSocketPingInterval' },
  { key: 'LocalAuthListEnabled', variable: 'LocalAuthListCtrlr.Enabled' },
  { key: 'LocalAuthListMaxLength', variable: 'LocalAuthListCtrlr.Entries', toValue: () => '10000' },
  { key: 'SendLocalListMaxLength', variable: 'LocalAuthListCtrlr.ItemsPerMessage' },
  { key: 'ChargeProfileMaxStackLevel', variable: 'SmartChargingCtrlr.ProfileStackLevel' },
  {
    key: 'ChargingScheduleAllowedChargingRateUnit',
    variable: 'SmartChargingCtrlr.RateUnit',
    toValue: (value) => value.replace(/[AW]/g, (unit) => rateUnits[unit] ?? unit),
  },
  { key: 'ChargingScheduleMaxPeriods', variable: 'SmartChargingCtrlr.PeriodsPerSchedule' },
  {
    key: 'MaxChargingProfilesInstalled',
    variable: 'SmartChargingCtrlr.Entries[ChargingProfiles]',
    toValue: () => '100',
  },
  { key: 'SupportedFileTransferProtocols', variable: 'OCPPCommCtrlr.FileTransferProtocols' },
];

const keysByName = new Map(configurationKeys.map((row) => [row.key, row]));

/** The row of a key; keys are compared as they are written. */
export function keyOf(name: string): ConfigurationKey | undefined {
  return keysByName.get(name);
}
