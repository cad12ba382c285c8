import {
  boolean,
  closedObject,
  integer,
  integerFrom,
  listOf,
  number,
  object,
  oneOf,
  text,
  textUpTo,
  time,
  type StringSchema,
} from './schema.ts';

/** Names of components and variables. */
const name: StringSchema = { type: 'string', minLength: 0, maxLength: 50 };

const EVSE = object({ id: integerFrom(1) }, { connector_id: integerFrom(1) });
const Component = object({ name }, { instance: name, evse: EVSE });
const Variable = object({ name }, { instance: name });
const ComponentVariable = object({ component: Component, variable: Variable });
const AttributeEnum = oneOf(['Actual', 'Target', 'MinSet', 'MaxSet']);

const GetVariableStatusEnumType = oneOf([
  'Accepted',
  'Rejected',
  'UnknownComponent',
  'UnknownVariable',
  'NotSupportedAttributeType',
]);

const SetVariableStatusEnumType = oneOf([
  'Accepted',
  'Rejected',
  'UnknownComponent',
  'UnknownVariable',
  'NotSupportedAttributeType',
  'RebootRequired',
]);

const MessageFormat = oneOf(['ASCII', 'HTML', 'URI', 'UTF8', 'QRCODE']);
const MessageContent = object({ content: text }, { format: MessageFormat, language: text });
const StatusInfoType = object({ reason_code: text }, { additional_info: text });
const TransactionEvent = oneOf(['Started', 'Updated', 'Ended']);

const OcppTransactionEvent = object(
  { transaction_event: TransactionEvent, session_id: text },
  { evse: EVSE, transaction_id: text },
);

const V2XFreqWattPointType = object({ frequency: number, power: number });
const V2XSignalWattPointCurve = object({ signal: integer, power: number });

const ChargingSchedulePeriod = object(
  { start_period: integer, limit: number },
  {
    limit_L2: number,
    limit_L3: number,
    number_phases: integer,
    stack_level: integer,
    phase_to_use: integer,
    discharge_limit: number,
    discharge_limit_L2: number,
    discharge_limit_L3: number,
    setpoint: number,
    setpoint_L2: number,
    setpoint_L3: number,
    setpoint_reactive: number,
    setpoint_reactive_L2: number,
    setpoint_reactive_L3: number,
    preconditioning_request: number,
    evse_sleep: boolean,
    v2x_baseline: number,
    operation_mode: oneOf([
      'Idle',
      'ChargingOnly',
      'CentralSetpoint',
      'ExternalSetpoint',
      'ExternalLimits',
      'CentralFrequency',
      'LocalFrequency',
      'LocalLoadBalancing',
    ]),
    v2x_freq_watt_curve: listOf(V2XFreqWattPointType),
    v2x_signal_watt_curve: listOf(V2XSignalWattPointCurve),
  },
);

const ChargingSchedule = object(
  { evse: integerFrom(0), charging_rate_unit: text, charging_schedule_period: listOf(ChargingSchedulePeriod) },
  { duration: integer, start_schedule: text, min_charging_rate: number },
);

const CustomData = object({ vendor_id: text, data: text });
const DataTransferStatus = oneOf(['Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId', 'Offline']);
const EventTriggerEnum = oneOf(['Alerting', 'Delta', 'Periodic']);

const EventNotificationType = oneOf([
  'HardWiredNotification',
  'HardWiredMonitor',
  'PreconfiguredMonitor',
  'CustomMonitor',
]);

const OperationalStatusEnumType = oneOf(['Inoperative', 'Operative']);
const ChangeAvailabilityStatusEnumType = oneOf(['Accepted', 'Rejected', 'Scheduled']);
const RegistrationStatus = oneOf(['Accepted', 'Pending', 'Rejected']);
const MessageDirection = oneOf(['CSMSToChargingStation', 'ChargingStationToCSMS']);
const KeyValue = closedObject({ key: textUpTo(50), read_only: boolean }, { value: textUpTo(5000) });

/** EVerest's types/ocpp.yaml and the two of types/text_message.yaml: every type, under its name there. */
export const ocppTypes = {
  EVSE,
  Component,
  Variable,
  ComponentVariable,
  AttributeEnum,
  GetVariableStatusEnumType,
  SetVariableStatusEnumType,
  MessageFormat,
  MessageContent,
  StatusInfoType,
  TransactionEvent,
  OcppTransactionEvent,
  V2XFreqWattPointType,
  V2XSignalWattPointCurve,
  ChargingSchedulePeriod,
  ChargingSchedule,
  CustomData,
  DataTransferStatus,
  EventTriggerEnum,
  EventNotificationType,
  OperationalStatusEnumType,
  ChangeAvailabilityStatusEnumType,
  RegistrationStatus,
  MessageDirection,
  KeyValue,
  ChargingSchedules: object({ schedules: listOf(ChargingSchedule) }),
  OcppTransactionEventResponse: object(
    { original_transaction_event: OcppTransactionEvent },
    { total_cost: number, charging_priority: integer, personal_message: MessageContent },
  ),
  ConnectionStatus: closedObject(
    { connected: boolean },
    {
      csms_url: text,
      identity: text,
      security_profile: integer,
      configuration_slot: integer,
      ocpp_interface: text,
      ocpp_transport: text,
      ocpp_version: text,
    },
  ),
  SecurityEvent: object({ type: text }, { info: text, critical: boolean, timestamp: time }),
  SecurityEventEnum: oneOf([
    'FirmwareUpdated',
    'FailedToAuthenticateAtCsms',
    'CsmsFailedToAuthenticate',
    'SettingSystemTime',
    'StartupOfTheDevice',
    'ResetOrReboot',
    'SecurityLogWasCleared',
    'ReconfigurationOfSecurityParameters',
    'MemoryExhaustion',
    'InvalidMessages',
    'AttemptedReplayAttacks',
    'TamperDetectionActivated',
    'InvalidFirmwareSignature',
    'InvalidFirmwareSigningCertificate',
    'InvalidCsmsCertificate',
    'InvalidChargingStationCertificate',
    'InvalidTLSVersion',
    'InvalidTLSCipherSuite',
    'MaintenanceLoginAccepted',
    'MaintenanceLoginFailed',
  ]),
  GetVariableRequest: object({ component_variable: ComponentVariable }, { attribute_type: AttributeEnum }),
  GetVariableResult: object(
    { status: GetVariableStatusEnumType, component_variable: ComponentVariable },
    { attribute_type: AttributeEnum, value: { type: 'string', minLength: 0, maxLength: 2500 } },
  ),
  SetVariableRequest: object(
    { component_variable: ComponentVariable, value: { type: 'string', minLength: 0, maxLength: 1000 } },
    { attribute_type: AttributeEnum },
  ),
  SetVariableResult: object(
    { status: SetVariableStatusEnumType, component_variable: ComponentVariable },
    { attribute_type: AttributeEnum },
  ),
  EventData: object(
    {
      component_variable: ComponentVariable,
      event_id: integer,
      timestamp: time,
      trigger: EventTriggerEnum,
      actual_value: textUpTo(2500),
      event_notification_type: EventNotificationType,
    },
    {
      cause: integer,
      tech_code: textUpTo(50),
      tech_info: textUpTo(500),
      cleared: boolean,
      transaction_id: textUpTo(36),
      variable_monitoring_id: integer,
    },
  ),
  ChangeAvailabilityRequest: object({ operational_status: OperationalStatusEnumType }, { evse: EVSE }),
  ChangeAvailabilityResponse: object({ status: ChangeAvailabilityStatusEnumType }, { status_info: StatusInfoType }),
  BootNotificationResponse: object(
    { status: RegistrationStatus, current_time: time, interval: integer },
    { status_info: StatusInfoType },
  ),
  Message: object({ message: text, direction: MessageDirection }, { version: text }),
  DataTransferRequest: closedObject({ vendor_id: text }, { message_id: text, data: text, custom_data: CustomData }),
  DataTransferResponse: closedObject({ status: DataTransferStatus }, { data: text, custom_data: CustomData }),
  GetConfigurationResponse: object({ configuration_keys: listOf(KeyValue), unknown_keys: listOf(textUpTo(50)) }),
  ConfigurationStatus: oneOf(['Accepted', 'Rejected', 'RebootRequired', 'NotSupported']),
};
