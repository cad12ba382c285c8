import { boolean, integer, integerFrom, listOf, number, object, oneOf, text, time, type Static } from './schema.ts';

/**
 * What is read of EVerest's other types. Only what is used is named; whatever else is in a message does not matter, so that
 * a field added by EVerest changes nothing here.
 */

const phases = object({}, { DC: number, L1: number, L2: number, L3: number });
const total = object({ total: number });

export const powermeterSchema = object(
  { energy_Wh_import: total },
  { timestamp: time, power_W: total, voltage_V: phases, current_A: phases, frequency_Hz: phases },
);

export type Powermeter = Static<typeof powermeterSchema>;

export const idTokenTypes = [
  'Central',
  'eMAID',
  'MacAddress',
  'ISO14443',
  'ISO15693',
  'KeyCode',
  'Local',
  'NoAuthorization',
] as const;

const idToken = object({ value: text, type: oneOf(idTokenTypes) });

export const providedTokenSchema = object(
  { id_token: idToken, authorization_type: text },
  { parent_id_token: idToken, connectors: listOf(integerFrom(1)), request_id: integer, prevalidated: boolean },
);

export type ProvidedIdToken = Static<typeof providedTokenSchema>;

const metered = object({}, { meter_value: powermeterSchema });

export const sessionEventSchema = object(
  { uuid: text, event: text },
  {
    timestamp: text,
    connector_id: integer,
    session_started: object({ reason: text }, { meter_value: powermeterSchema }),
    session_finished: metered,
    transaction_started: object({ id_tag: providedTokenSchema }, { meter_value: powermeterSchema }),
    transaction_finished: object({}, { meter_value: powermeterSchema, reason: text, id_tag: providedTokenSchema }),
    charging_state_changed_event: metered,
    authorization_event: metered,
  },
);

export type SessionEvent = Static<typeof sessionEventSchema>;

export const evInfoSchema = object({}, { soc: number });

export const capabilitiesSchema = object(
  { max_current_A_import: number, max_phase_count_import: integer },
  { connector_type: text },
);

export type HardwareCapabilities = Static<typeof capabilitiesSchema>;

/** Of a place for limits. */
export const limitCapabilitiesSchema = object({
  max_current_A: number,
  max_phase_count: integer,
  nominal_voltage_V: number,
});

export const evseSchema = object(
  { id: integerFrom(1) },
  { connectors: listOf(object({ id: integerFrom(1) }, { type: text })) },
);

export type EvseEntry = Static<typeof evseSchema>;

export const firmwareStatusSchema = object({ firmware_update_status: text, request_id: integer });
export const logStatusSchema = object({ log_status: text, request_id: integer });
export const uploadLogsSchema = object({ upload_logs_status: text }, { file_name: text });

export const reservationUpdateSchema = object({ reservation_id: integer, reservation_status: text });

export const bootReasons = [
  'ApplicationReset',
  'FirmwareUpdate',
  'LocalReset',
  'PowerUp',
  'RemoteReset',
  'ScheduledReset',
  'Triggered',
  'Unknown',
  'Watchdog',
] as const;

export const bootReasonSchema = oneOf(bootReasons);
export type EverestBootReason = Static<typeof bootReasonSchema>;

/** What is sent to `external_energy_limits`. */
export interface ExternalLimits {
  schedule_import: {
    timestamp: string;
    limits_to_root: Record<string, { value: number; source: string }>;
    limits_to_leaves: Record<string, never>;
  }[];
  schedule_export: never[];
  schedule_setpoints: never[];
}

/** What `validate_result_update` says later of a token that was validated. */
export interface ValidationUpdate {
  validation_result: ValidationResult;
  /** The EVSE where the token charges. */
  connector_id: number;
}

/** The answer to `validate_token`. */
export interface ValidationResult {
  authorization_status: string;
  tariff_messages: never[];
  expiry_time?: string;
  parent_id_token?: { value: string; type: 'Central' };
  evse_ids?: number[];
}
