import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { parse } from 'yaml';
import type * as ocpp from '../../src/interface/ocpp-interface.ts';
import { ocppCommands, ocppVariables } from '../../src/everest/ocpp-table.ts';
import { ocppTypes } from '../../src/everest/ocpp-types.ts';
import { isRecord, type Schema, type Static } from '../../src/everest/schema.ts';

interface OcppTypes {
  EVSE: ocpp.EVSE;
  Component: ocpp.Component;
  Variable: ocpp.Variable;
  ComponentVariable: ocpp.ComponentVariable;
  AttributeEnum: ocpp.AttributeEnum;
  GetVariableStatusEnumType: ocpp.GetVariableStatusEnumType;
  SetVariableStatusEnumType: ocpp.SetVariableStatusEnumType;
  MessageFormat: ocpp.MessageFormat;
  MessageContent: ocpp.MessageContent;
  StatusInfoType: ocpp.StatusInfoType;
  TransactionEvent: ocpp.TransactionEvent;
  OcppTransactionEvent: ocpp.OcppTransactionEvent;
  V2XFreqWattPointType: ocpp.V2XFreqWattPointType;
  V2XSignalWattPointCurve: ocpp.V2XSignalWattPointCurve;
  ChargingSchedulePeriod: ocpp.ChargingSchedulePeriod;
  ChargingSchedule: ocpp.ChargingSchedule;
  CustomData: ocpp.CustomData;
  DataTransferStatus: ocpp.DataTransferStatus;
  EventTriggerEnum: ocpp.EventTriggerEnum;
  EventNotificationType: ocpp.EventNotificationType;
  OperationalStatusEnumType: ocpp.OperationalStatusEnumType;
  ChangeAvailabilityStatusEnumType: ocpp.ChangeAvailabilityStatusEnumType;
  RegistrationStatus: ocpp.RegistrationStatus;
  MessageDirection: ocpp.MessageDirection;
  KeyValue: ocpp.KeyValue;
  ChargingSchedules: ocpp.ChargingSchedules;
  OcppTransactionEventResponse: ocpp.OcppTransactionEventResponse;
  ConnectionStatus: ocpp.ConnectionStatus;
  SecurityEvent: ocpp.SecurityEvent;
  SecurityEventEnum: ocpp.SecurityEventEnum;
  GetVariableRequest: ocpp.GetVariableRequest;
  GetVariableResult: ocpp.GetVariableResult;
  SetVariableRequest: ocpp.SetVariableRequest;
  SetVariableResult: ocpp.SetVariableResult;
  EventData: ocpp.EventData;
  ChangeAvailabilityRequest: ocpp.ChangeAvailabilityRequest;
  ChangeAvailabilityResponse: ocpp.ChangeAvailabilityResponse;
  BootNotificationResponse: ocpp.BootNotificationResponse;
  Message: ocpp.Message;
  DataTransferRequest: ocpp.DataTransferRequest;
  DataTransferResponse: ocpp.DataTransferResponse;
  GetConfigurationResponse: ocpp.GetConfigurationResponse;
  ConfigurationStatus: ocpp.ConfigurationStatus;
}

it('has the same types at run time as in TypeScript', () => {
  type Tables = { [Name in keyof typeof ocppTypes]: Static<(typeof ocppTypes)[Name]> };
  expectTypeOf<Tables>().toEqualTypeOf<OcppTypes>();
});

/** A checkout of EVerest/EVerest. */
const sources = process.env['EVEREST_SOURCES'];
if (!sources) console.log('ocpp-table.test.ts: no EVEREST_SOURCES, the tables are not compared with EVerest’s YAML');

describe.skipIf(!sources)('the tables against EVerest’s YAML', () => {
  const yaml = sources ? load(sources) : { types: {}, cmds: {}, vars: {} };

  it('has every type, with its fields, enums, lengths and minima', () => {
    const ours = Object.fromEntries(Object.entries(ocppTypes).map(([name, schema]) => [name, ofTable(schema)]));
    const theirs = Object.fromEntries(
      Object.entries(yaml.types).map(([name, type]) => [name, ofYaml(type, yaml.types)]),
    );
    expect(ours).toEqual(theirs);
  });

  it('has every command, with its arguments and result', () => {
    const ours = Object.fromEntries(
      Object.entries(ocppCommands).map(([name, { args, result }]) => [
        name,
        { arguments: mapped(args.required, ofTable), result: result && ofTable(result) },
      ]),
    );
    const theirs = mapped(yaml.cmds, (command) => ({
      arguments: mapped(memberOf(command, 'arguments') ?? {}, (type) => ofYaml(type, yaml.types)),
      result: isRecord(command) && 'result' in command ? ofYaml(command['result'], yaml.types) : undefined,
    }));
    expect(ours).toEqual(theirs);
  });

  it('has every variable, and is_connected besides', () => {
    const { is_connected, ...today } = ocppVariables;
    expect(is_connected).toEqual({ type: 'boolean' });
    expect(mapped(today, ofTable)).toEqual(mapped(yaml.vars, (type) => ofYaml(type, yaml.types)));
  });
});

function load(folder: string) {
  const read = (path: string): unknown => parse(readFileSync(join(folder, path), 'utf8'));
  const contract = read('interfaces/ocpp.yaml');
  return {
    types: {
      ...memberOf(read('types/ocpp.yaml'), 'types'),
      ...memberOf(read('types/text_message.yaml'), 'types'),
    },
    cmds: memberOf(contract, 'cmds') ?? {},
    vars: memberOf(contract, 'vars') ?? {},
  };
}

function memberOf(value: unknown, name: string): Record<string, unknown> | undefined {
  const member = isRecord(value) ? value[name] : undefined;
  return isRecord(member) ? member : undefined;
}

function mapped<T, R>(record: Readonly<Record<string, T>>, to: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));
}

/** One form for both sides; what is absent on both is undefined. */
function ofTable(schema: Schema): unknown {
  switch (schema.type) {
    case 'object':
      return {
        type: 'object',
        required: Object.keys(schema.required).sort(),
        properties: mapped({ ...schema.required, ...schema.optional }, ofTable),
        isClosed: schema.isClosed,
      };
    case 'array':
      return { type: 'array', items: ofTable(schema.items) };
    default:
      return schema;
  }
}

function ofYaml(type: unknown, types: Record<string, unknown>): unknown {
  if (!isRecord(type)) throw new Error('not a type');
  const { $ref, items, required, properties, enum: values, minimum, maximum, minLength, maxLength, format } = type;
  if (typeof $ref === 'string') return ofYaml(types[$ref.slice($ref.indexOf('#/') + 2)], types);
  if (type['type'] === 'array') return { type: 'array', items: ofYaml(items, types) };
  if (type['type'] === 'object') {
    return {
      type: 'object',
      required: Array.isArray(required) ? required.map(String).sort() : [],
      properties: mapped(isRecord(properties) ? properties : {}, (property) => ofYaml(property, types)),
      isClosed: type['additionalProperties'] === false,
    };
  }
  // A string's `maximum` in the YAML is meant as its length.
  return { type: type['type'], enum: values, minimum, minLength, maxLength: maxLength ?? maximum, format };
}
