import { configurationKey, type VariableAddress } from '../../domain/device-model.ts';

/** OCPP 1.6 keys and the 2.0.1 variable that means the same: component, variable, and its instance if it has one. */
const rows: readonly (readonly [key: string, component: string, variable: string, instance?: string])[] = [
  ['AllowOfflineTxForUnknownId', 'AuthCtrlr', 'OfflineTxForUnknownIdEnabled'],
  ['AuthorizationCacheEnabled', 'AuthCacheCtrlr', 'Enabled'],
  ['AuthorizeRemoteTxRequests', 'AuthCtrlr', 'AuthorizeRemoteStart'],
  ['LocalAuthorizeOffline', 'AuthCtrlr', 'LocalAuthorizeOffline'],
  ['LocalPreAuthorize', 'AuthCtrlr', 'LocalPreAuthorize'],
  ['ClockAlignedDataInterval', 'AlignedDataCtrlr', 'Interval'],
  ['MeterValuesAlignedData', 'AlignedDataCtrlr', 'Measurands'],
  ['StopTxnAlignedData', 'AlignedDataCtrlr', 'TxEndedMeasurands'],
  ['MeterValueSampleInterval', 'SampledDataCtrlr', 'TxUpdatedInterval'],
  ['MeterValuesSampledData', 'SampledDataCtrlr', 'TxUpdatedMeasurands'],
  ['StopTxnSampledData', 'SampledDataCtrlr', 'TxEndedMeasurands'],
  ['ConnectionTimeOut', 'TxCtrlr', 'EVConnectionTimeOut'],
  ['MaxEnergyOnInvalidId', 'TxCtrlr', 'MaxEnergyOnInvalidId'],
  ['StopTransactionOnEVSideDisconnect', 'TxCtrlr', 'StopTxOnEVSideDisconnect'],
  ['StopTransactionOnInvalidId', 'TxCtrlr', 'StopTxOnInvalidId'],
  ['ConnectorPhaseRotation', 'Connector', 'PhaseRotation'],
  ['GetConfigurationMaxKeys', 'DeviceDataCtrlr', 'ItemsPerMessage', 'GetVariables'],
  ['HeartbeatInterval', 'OCPPCommCtrlr', 'HeartbeatInterval'],
  ['ResetRetries', 'OCPPCommCtrlr', 'ResetRetries'],
  ['TransactionMessageAttempts', 'OCPPCommCtrlr', 'MessageAttempts', 'TransactionEvent'],
  ['TransactionMessageRetryInterval', 'OCPPCommCtrlr', 'MessageAttemptInterval', 'TransactionEvent'],
  ['UnlockConnectorOnEVSideDisconnect', 'OCPPCommCtrlr', 'UnlockOnEVSideDisconnect'],
  ['WebSocketPingInterval', 'OCPPCommCtrlr', 'WebSocketPingInterval'],
  ['SupportedFileTransferProtocols', 'OCPPCommCtrlr', 'FileTransferProtocols'],
  ['LocalAuthListEnabled', 'LocalAuthListCtrlr', 'Enabled'],
  ['LocalAuthListMaxLength', 'LocalAuthListCtrlr', 'Entries'],
  ['SendLocalListMaxLength', 'LocalAuthListCtrlr', 'ItemsPerMessage'],
  ['ReserveConnectorZeroSupported', 'ReservationCtrlr', 'NonEvseSpecific'],
  ['ChargeProfileMaxStackLevel', 'SmartChargingCtrlr', 'ProfileStackLevel'],
  ['ChargingScheduleAllowedChargingRateUnit', 'SmartChargingCtrlr', 'RateUnit'],
  ['ChargingScheduleMaxPeriods', 'SmartChargingCtrlr', 'PeriodsPerSchedule'],
  ['ConnectorSwitch3to1PhaseSupported', 'SmartChargingCtrlr', 'Phases3to1'],
  ['MaxChargingProfilesInstalled', 'SmartChargingCtrlr', 'Entries', 'ChargingProfiles'],
  ['AdditionalRootCertificateCheck', 'SecurityCtrlr', 'AdditionalRootCertificateCheck'],
  ['AuthorizationKey', 'SecurityCtrlr', 'BasicAuthPassword'],
  ['CertificateSignedMaxChainSize', 'SecurityCtrlr', 'MaxCertificateChainSize'],
  ['CertificateStoreMaxLength', 'SecurityCtrlr', 'CertificateEntries'],
  ['CpoName', 'SecurityCtrlr', 'OrganizationName'],
  ['SecurityProfile', 'SecurityCtrlr', 'SecurityProfile'],
  ['CertSigningWaitMinimum', 'SecurityCtrlr', 'CertSigningWaitMinimum'],
  ['CertSigningRepeatTimes', 'SecurityCtrlr', 'CertSigningRepeatTimes'],
  ['ISO15118PnCEnabled', 'ISO15118Ctrlr', 'PnCEnabled'],
  ['ContractValidationOffline', 'ISO15118Ctrlr', 'ContractValidationOffline'],
  ['CentralContractValidationAllowed', 'ISO15118Ctrlr', 'CentralContractValidationAllowed'],
  ['NumberOfDecimalsForCostValues', 'TariffCostCtrlr', 'NumberOfDecimalsForCostValues'],
  ['TimeOffset', 'ClockCtrlr', 'TimeOffset'],
  ['TimeOffsetNextTransition', 'ClockCtrlr', 'TimeOffset', 'NextTransition'],
  ['NextTimeOffsetTransitionDateTime', 'ClockCtrlr', 'NextTimeOffsetTransitionDateTime'],
  ['Language', 'DisplayMessageCtrlr', 'Language'],
  ['CustomDisplayCostAndPrice', 'CustomizationCtrlr', 'CustomImplementationEnabled', 'org.openchargealliance.costmsg'],
  [
    'CustomMultiLanguageMessages',
    'CustomizationCtrlr',
    'CustomImplementationEnabled',
    'org.openchargealliance.multilanguage',
  ],
];

const keys = new Map(rows.map(([key, component, variable, instance]) => [nameOf(component, variable, instance), key]));

const addresses = new Map<string, VariableAddress>(
  rows.map(([key, component, variable, instance]) => [
    key.toLowerCase(),
    {
      component: { name: component },
      variable: { name: variable, ...(instance !== undefined && { instance }) },
    },
  ]),
);

/** The 1.6 key of a variable; `undefined` when 1.6 has none. */
export function toKey({ component, variable }: VariableAddress): string | undefined {
  if (component.name === configurationKey) return variable.name;
  if (component.instance !== undefined || (component.evseId ?? 0) !== 0) return undefined;
  return keys.get(nameOf(component.name, variable.name, variable.instance));
}

/** The 2.0.1 address of a 1.6 key. A key without one is a variable of the component `ConfigurationKey`. */
export function toVariable(key: string): VariableAddress {
  return addresses.get(key.toLowerCase()) ?? { component: { name: configurationKey }, variable: { name: key } };
}

function nameOf(component: string, variable: string, instance: string | undefined): string {
  return `${component}/${variable}/${instance ?? ''}`.toLowerCase();
}
