import type { EventEmitter } from 'node:events';

/**
 * EVerest's interface `ocpp`: what an OCPP module offers to the modules beside it. Names are EVerest's, on purpose:
 * the same objects go over MQTT as they are. Timestamps are RFC 3339 in UTC with `Z`.
 *
 * No command rejects for what a caller asks: a refusal is a status per item, or `Rejected` with a reason code.
 */
export interface OcppInterface {
  readonly events: EventEmitter<OcppVariables>;
  /** Closes the connection and stops the OCPP communication. False when it is not running or could not stop. */
  stop(): Promise<boolean>;
  /** Connects again after `stop`. False when it was not stopped. */
  restart(): Promise<boolean>;
  /** Sends a SecurityEventNotification when the event is critical, else only logs it. */
  security_event(event: SecurityEvent): Promise<void>;
  /** As many results as requests, in their order. Before the station has started every one is `Rejected`. */
  get_variables(requests: readonly GetVariableRequest[]): Promise<GetVariableResult[]>;
  /** As many results as requests, in their order. `source` names who sets the values; it is kept with them. */
  set_variables(requests: readonly SetVariableRequest[], source: string): Promise<SetVariableResult[]>;
  /** As a ChangeAvailabilityRequest of the CSMS. What cannot be addressed is `Rejected` with `InvalidInput`. */
  change_availability(request: ChangeAvailabilityRequest): Promise<ChangeAvailabilityResponse>;
  /** Adds to what is watched, also before the start; names that the version spoken does not know are skipped. Every change of a value then is an `event_data`. */
  monitor_variables(componentVariables: readonly ComponentVariable[]): Promise<void>;
}

/** What is published, and when. Each is one event with one argument. */
export interface OcppVariables {
  /** A transaction message was made. */
  ocpp_transaction_event: [OcppTransactionEvent];
  /** The CSMS answered a transaction message. */
  ocpp_transaction_event_response: [OcppTransactionEventResponse];
  /** At start, when a profile changes, and periodically. */
  charging_schedules: [ChargingSchedules];
  /** Every connect and every disconnect. */
  connection_status: [ConnectionStatus];
  /** At the same instants; what `connection_status` was before EVerest had it. */
  is_connected: [boolean];
  /** Raised inside the OCPP stack; not an echo of the command. */
  security_event: [SecurityEvent];
  /** A monitored variable has changed. */
  event_data: [EventData];
  /** Every answer to a BootNotification. */
  boot_notification_response: [BootNotificationResponse];
  /** Every OCPP message in and out, when that is switched on. Passwords are masked. */
  ocpp_message: [Message];
}

export type OcppVariableName = keyof OcppVariables;

export type OcppCommandName = Exclude<keyof OcppInterface, 'events'>;

export type TransactionEvent = 'Started' | 'Updated' | 'Ended';

export interface OcppTransactionEvent {
  transaction_event: TransactionEvent;
  /** The session that the EVSE manager gave this id; one for each plugging in. */
  session_id: string;
  evse?: EVSE;
  /** As the CSMS knows it; in OCPP 1.6 a decimal number, and absent until the CSMS has given it. */
  transaction_id?: string;
}

export interface OcppTransactionEventResponse {
  original_transaction_event: OcppTransactionEvent;
  /** Running or final, in the currency of the station. */
  total_cost?: number;
  /** -9 to 9, higher is more urgent; default 0. */
  charging_priority?: number;
  personal_message?: MessageContent;
}

export type MessageFormat = 'ASCII' | 'HTML' | 'URI' | 'UTF8' | 'QRCODE';

export interface MessageContent {
  content: string;
  format?: MessageFormat;
  /** RFC 5646. */
  language?: string;
}

export interface ChargingSchedules {
  /** One for each EVSE, and first the whole station's as EVSE 0. */
  schedules: ChargingSchedule[];
}

export interface ChargingSchedule {
  /** 0 is the whole station. */
  evse: number;
  /** `A` or `W`: the unit of every limit and setpoint in it. */
  charging_rate_unit: string;
  charging_schedule_period: ChargingSchedulePeriod[];
  /** Seconds. */
  duration?: number;
  start_schedule?: string;
  min_charging_rate?: number;
}

export type OperationMode =
  | 'Idle'
  | 'ChargingOnly'
  | 'CentralSetpoint'
  | 'ExternalSetpoint'
  | 'ExternalLimits'
  | 'CentralFrequency'
  | 'LocalFrequency'
  | 'LocalLoadBalancing';

/** Limits and setpoints are in the schedule's unit: A per phase, or W over all phases unless L2 and L3 have their own. */
export interface ChargingSchedulePeriod {
  /** Seconds after the schedule's start. */
  start_period: number;
  limit: number;
  limit_L2?: number;
  limit_L3?: number;
  /** 1 to 3; default 3. */
  number_phases?: number;
  /** Of the profile it comes from; ≥ 0. */
  stack_level?: number;
  /** 1 to 3, where only one phase is used. */
  phase_to_use?: number;
  /** ≤ 0. */
  discharge_limit?: number;
  discharge_limit_L2?: number;
  discharge_limit_L3?: number;
  /** Positive charges, negative discharges. */
  setpoint?: number;
  setpoint_L2?: number;
  setpoint_L3?: number;
  setpoint_reactive?: number;
  setpoint_reactive_L2?: number;
  setpoint_reactive_L3?: number;
  /** A boolean in OCPP 2.1, a number here: 1 is true. */
  preconditioning_request?: number;
  /** Default false. */
  evse_sleep?: boolean;
  /** W. */
  v2x_baseline?: number;
  operation_mode?: OperationMode;
  v2x_freq_watt_curve?: V2XFreqWattPointType[];
  v2x_signal_watt_curve?: V2XSignalWattPointCurve[];
}

export interface V2XFreqWattPointType {
  /** Hz. */
  frequency: number;
  /** W; positive charges. */
  power: number;
}

export interface V2XSignalWattPointCurve {
  /** Of an AFRRSignalRequest. */
  signal: number;
  /** W; positive charges. */
  power: number;
}

/** The connection it tells of: the one that is open, or the one just lost. Details that are not known are absent. */
export interface ConnectionStatus {
  connected: boolean;
  csms_url?: string;
  identity?: string;
  /** 0 to 3. */
  security_profile?: number;
  /** Of the network connection profile; ≥ 1. */
  configuration_slot?: number;
  /** As `Wired0`. */
  ocpp_interface?: string;
  /** `JSON`. */
  ocpp_transport?: string;
  /** `1.6`, `2.0.1` or `2.1`. */
  ocpp_version?: string;
}

export interface SecurityEvent {
  /** A name of the OCPP security events, or a vendor's; at most 50 characters reach the CSMS. */
  type: string;
  /** At most 255 characters reach the CSMS. */
  info?: string;
  /** Overrides what OCPP recommends for the type. */
  critical?: boolean;
  /** Default now. */
  timestamp?: string;
}

/** OCPP 1.6: `name` is the configuration key when the component's name is empty. */
export interface Variable {
  /** 0 to 50 characters. */
  name: string;
  /** 0 to 50 characters. */
  instance?: string;
}

export interface Component {
  /** 0 to 50 characters; empty addresses a configuration key of OCPP 1.6. */
  name: string;
  /** 0 to 50 characters. */
  instance?: string;
  evse?: EVSE;
}

/** An EVSE, or with `connector_id` a connector of it. */
export interface EVSE {
  /** ≥ 1. */
  id: number;
  /** ≥ 1. */
  connector_id?: number;
}

export interface ComponentVariable {
  component: Component;
  variable: Variable;
}

export type AttributeEnum = 'Actual' | 'Target' | 'MinSet' | 'MaxSet';

export type GetVariableStatusEnumType =
  | 'Accepted'
  | 'Rejected'
  | 'UnknownComponent'
  | 'UnknownVariable'
  | 'NotSupportedAttributeType';

export type SetVariableStatusEnumType = GetVariableStatusEnumType | 'RebootRequired';

export interface GetVariableRequest {
  component_variable: ComponentVariable;
  /** Default Actual. */
  attribute_type?: AttributeEnum;
}

export interface GetVariableResult {
  status: GetVariableStatusEnumType;
  /** As requested. */
  component_variable: ComponentVariable;
  attribute_type?: AttributeEnum;
  /** 0 to 2500 characters; present when Accepted. */
  value?: string;
}

export interface SetVariableRequest {
  component_variable: ComponentVariable;
  /** 0 to 1000 characters. */
  value: string;
  /** Default Actual. */
  attribute_type?: AttributeEnum;
}

export interface SetVariableResult {
  status: SetVariableStatusEnumType;
  /** As requested. */
  component_variable: ComponentVariable;
  attribute_type?: AttributeEnum;
}

export type EventTriggerEnum = 'Alerting' | 'Delta' | 'Periodic';

export type EventNotificationType =
  | 'HardWiredNotification'
  | 'HardWiredMonitor'
  | 'PreconfiguredMonitor'
  | 'CustomMonitor';

export interface EventData {
  /** In the form in which it was registered. */
  component_variable: ComponentVariable;
  event_id: number;
  timestamp: string;
  trigger: EventTriggerEnum;
  /** At most 2500 characters; empty for what may only be written. */
  actual_value: string;
  event_notification_type: EventNotificationType;
  /** The `event_id` of what caused it. */
  cause?: number;
  /** At most 50 characters. */
  tech_code?: string;
  /** At most 500 characters. */
  tech_info?: string;
  cleared?: boolean;
  /** At most 36 characters. */
  transaction_id?: string;
  variable_monitoring_id?: number;
}

export type OperationalStatusEnumType = 'Inoperative' | 'Operative';

export interface ChangeAvailabilityRequest {
  operational_status: OperationalStatusEnumType;
  /** Absent: the whole station. */
  evse?: EVSE;
}

export type ChangeAvailabilityStatusEnumType = 'Accepted' | 'Rejected' | 'Scheduled';

export interface ChangeAvailabilityResponse {
  status: ChangeAvailabilityStatusEnumType;
  status_info?: StatusInfoType;
}

export interface StatusInfoType {
  reason_code: string;
  additional_info?: string;
}

export type RegistrationStatus = 'Accepted' | 'Pending' | 'Rejected';

export interface BootNotificationResponse {
  status: RegistrationStatus;
  current_time: string;
  /** Seconds: between heartbeats when Accepted, else until the next BootNotification. */
  interval: number;
  status_info?: StatusInfoType;
}

export type MessageDirection = 'CSMSToChargingStation' | 'ChargingStationToCSMS';

export interface Message {
  /** The frame as JSON text. */
  message: string;
  direction: MessageDirection;
  /** `1.6`, `2.0.1` or `2.1`. */
  version?: string;
}

export interface CustomData {
  vendor_id: string;
  /** JSON as text. */
  data: string;
}

/** Of EVerest's interface `ocpp_data_transfer`. */
export interface DataTransferRequest {
  vendor_id: string;
  message_id?: string;
  data?: string;
  custom_data?: CustomData;
}

export type DataTransferStatus = 'Accepted' | 'Rejected' | 'UnknownMessageId' | 'UnknownVendorId' | 'Offline';

export interface DataTransferResponse {
  status: DataTransferStatus;
  data?: string;
  custom_data?: CustomData;
}

/** Legacy of EVerest's 1.6-only interface, as the two types after it. */
export interface KeyValue {
  /** At most 50 characters. */
  key: string;
  read_only: boolean;
  /** At most 5000 characters. */
  value?: string;
}

export interface GetConfigurationResponse {
  configuration_keys: KeyValue[];
  /** At most 50 characters each. */
  unknown_keys: string[];
}

export type ConfigurationStatus = 'Accepted' | 'Rejected' | 'RebootRequired' | 'NotSupported';

/** The security events OCPP knows; a {@link SecurityEvent} may have others. */
export type SecurityEventEnum =
  | 'FirmwareUpdated'
  | 'FailedToAuthenticateAtCsms'
  | 'CsmsFailedToAuthenticate'
  | 'SettingSystemTime'
  | 'StartupOfTheDevice'
  | 'ResetOrReboot'
  | 'SecurityLogWasCleared'
  | 'ReconfigurationOfSecurityParameters'
  | 'MemoryExhaustion'
  | 'InvalidMessages'
  | 'AttemptedReplayAttacks'
  | 'TamperDetectionActivated'
  | 'InvalidFirmwareSignature'
  | 'InvalidFirmwareSigningCertificate'
  | 'InvalidCsmsCertificate'
  | 'InvalidChargingStationCertificate'
  | 'InvalidTLSVersion'
  | 'InvalidTLSCipherSuite'
  | 'MaintenanceLoginAccepted'
  | 'MaintenanceLoginFailed';
