import type { OcppCommandName, OcppInterface, OcppVariableName } from '../interface/ocpp-interface.ts';
import { CommandError } from './command-error.ts';
import { ocppTypes as types } from './ocpp-types.ts';
import {
  boolean,
  listOf,
  matches,
  object,
  problemIn,
  text,
  type ObjectSchema,
  type Properties,
  type Schema,
  type Static,
} from './schema.ts';

/** A command of an interface as the wire has it: named arguments in, a JSON value out. */
export interface Command<Target> {
  readonly args: ObjectSchema;
  /** Undefined: it answers null. */
  readonly result: Schema | undefined;
  /** Rejects with {@link CommandError} `SchemaValidationError` for arguments that are not of the table's types. */
  call(target: Target, args: unknown): Promise<unknown>;
}

/** The seven commands of interface `ocpp`. */
export const ocppCommands: Readonly<Record<OcppCommandName, Command<OcppInterface>>> = {
  stop: defineCommand({}, boolean, (ocpp) => ocpp.stop()),
  restart: defineCommand({}, boolean, (ocpp) => ocpp.restart()),
  security_event: defineCommand({ event: types.SecurityEvent }, undefined, (ocpp, { event }) =>
    ocpp.security_event(event),
  ),
  get_variables: defineCommand(
    { requests: listOf(types.GetVariableRequest) },
    listOf(types.GetVariableResult),
    (ocpp, { requests }) => ocpp.get_variables(requests),
  ),
  set_variables: defineCommand(
    { requests: listOf(types.SetVariableRequest), source: text },
    listOf(types.SetVariableResult),
    (ocpp, { requests, source }) => ocpp.set_variables(requests, source),
  ),
  change_availability: defineCommand(
    { request: types.ChangeAvailabilityRequest },
    types.ChangeAvailabilityResponse,
    (ocpp, { request }) => ocpp.change_availability(request),
  ),
  monitor_variables: defineCommand(
    { component_variables: listOf(types.ComponentVariable) },
    undefined,
    (ocpp, { component_variables }) => ocpp.monitor_variables(component_variables),
  ),
};

/** The variables of interface `ocpp`, and `is_connected`, which EVerest had before `connection_status`. */
export const ocppVariables: Readonly<Record<OcppVariableName, Schema>> = {
  ocpp_transaction_event: types.OcppTransactionEvent,
  ocpp_transaction_event_response: types.OcppTransactionEventResponse,
  charging_schedules: types.ChargingSchedules,
  connection_status: types.ConnectionStatus,
  is_connected: boolean,
  security_event: types.SecurityEvent,
  event_data: types.EventData,
  boot_notification_response: types.BootNotificationResponse,
  ocpp_message: types.Message,
};

export function defineCommand<Target, Args extends Properties>(
  args: Args,
  result: Schema | undefined,
  run: (target: Target, args: Static<ObjectSchema<Args, undefined>>) => Promise<unknown>,
): Command<Target> {
  const schema = object(args);
  return {
    args: schema,
    result,
    async call(target, value) {
      if (!matches(schema, value)) throw new CommandError('SchemaValidationError', problemIn(schema, value) ?? '');
      return (await run(target, value)) ?? null;
    },
  };
}
