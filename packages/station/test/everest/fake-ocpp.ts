import { EventEmitter } from 'node:events';
import type { OcppInterface, OcppVariables } from '../../src/interface/ocpp-interface.ts';

export type RecordedCall = [name: string, ...args: unknown[]];

/** An OCPP module that remembers what it was asked and answers what EVerest's types allow. */
export interface FakeOcpp extends OcppInterface {
  readonly calls: RecordedCall[];
}

export function createFakeOcpp(): FakeOcpp {
  const calls: RecordedCall[] = [];
  return {
    events: new EventEmitter<OcppVariables>(),
    calls,
    stop: async () => {
      calls.push(['stop']);
      return true;
    },
    restart: async () => {
      calls.push(['restart']);
      return false;
    },
    security_event: async (event) => {
      calls.push(['security_event', event]);
      if (event.type === 'Boom') throw new Error('the log is full');
    },
    get_variables: async (requests) => {
      calls.push(['get_variables', requests]);
      return requests.map(({ component_variable }) => ({
        status: 'Accepted',
        component_variable,
        attribute_type: 'Actual',
        value: '1800',
      }));
    },
    set_variables: async (requests, source) => {
      calls.push(['set_variables', requests, source]);
      return requests.map(({ component_variable }) => ({ status: 'RebootRequired', component_variable }));
    },
    change_availability: async (request) => {
      calls.push(['change_availability', request]);
      return { status: 'Scheduled', status_info: { reason_code: 'TxInProgress' } };
    },
    monitor_variables: async (componentVariables) => {
      calls.push(['monitor_variables', componentVariables]);
    },
  };
}

const heartbeatInterval = {
  component: { name: 'OCPPCommCtrlr' },
  variable: { name: 'HeartbeatInterval' },
};

/** For each command: arguments as EVerest names them, the call they become, and the result. */
export const commandSamples = [
  { name: 'stop', args: {}, call: ['stop'], result: true },
  { name: 'restart', args: {}, call: ['restart'], result: false },
  {
    name: 'security_event',
    args: { event: { type: 'TamperDetectionActivated', critical: true } },
    call: ['security_event', { type: 'TamperDetectionActivated', critical: true }],
    result: null,
  },
  {
    name: 'get_variables',
    args: { requests: [{ component_variable: heartbeatInterval }] },
    call: ['get_variables', [{ component_variable: heartbeatInterval }]],
    result: [{ status: 'Accepted', component_variable: heartbeatInterval, attribute_type: 'Actual', value: '1800' }],
  },
  {
    name: 'set_variables',
    args: { requests: [{ component_variable: heartbeatInterval, value: '60' }], source: 'test' },
    call: ['set_variables', [{ component_variable: heartbeatInterval, value: '60' }], 'test'],
    result: [{ status: 'RebootRequired', component_variable: heartbeatInterval }],
  },
  {
    name: 'change_availability',
    args: { request: { operational_status: 'Inoperative', evse: { id: 1 } } },
    call: ['change_availability', { operational_status: 'Inoperative', evse: { id: 1 } }],
    result: { status: 'Scheduled', status_info: { reason_code: 'TxInProgress' } },
  },
  {
    name: 'monitor_variables',
    args: { component_variables: [heartbeatInterval] },
    call: ['monitor_variables', [heartbeatInterval]],
    result: null,
  },
] as const;

const transaction = {
  transaction_event: 'Started',
  session_id: '4d3a8f0c',
  evse: { id: 1, connector_id: 1 },
  transaction_id: '42',
} as const;

/** A value for each variable. */
export const variableSamples: { [Name in keyof OcppVariables]: OcppVariables[Name][0] } = {
  ocpp_transaction_event: transaction,
  ocpp_transaction_event_response: {
    original_transaction_event: transaction,
    total_cost: 1.25,
    charging_priority: 3,
    personal_message: { content: 'Welcome', format: 'UTF8', language: 'en' },
  },
  charging_schedules: {
    schedules: [
      {
        evse: 0,
        charging_rate_unit: 'A',
        duration: 600,
        start_schedule: '2026-11-01T08:00:00Z',
        charging_schedule_period: [{ start_period: 0, limit: 32, number_phases: 3, stack_level: 0 }],
      },
    ],
  },
  connection_status: {
    connected: true,
    csms_url: 'ws://127.0.0.1:9000/ocpp',
    identity: 'CP1',
    security_profile: 1,
    configuration_slot: 1,
    ocpp_interface: 'Wired0',
    ocpp_transport: 'JSON',
    ocpp_version: '2.0.1',
  },
  is_connected: true,
  security_event: { type: 'InvalidMessages', info: 'not JSON' },
  event_data: {
    component_variable: heartbeatInterval,
    event_id: 7,
    timestamp: '2026-11-01T08:00:00Z',
    trigger: 'Alerting',
    actual_value: '42',
    event_notification_type: 'CustomMonitor',
  },
  boot_notification_response: { status: 'Accepted', current_time: '2026-11-01T08:00:00Z', interval: 300 },
  ocpp_message: { message: '[2,"1","Heartbeat",{}]', direction: 'ChargingStationToCSMS', version: '2.0.1' },
};

/** Arguments of a command as the EVerest API has them in a payload. */
export function apiPayloadOf(name: string, args: Readonly<Record<string, unknown>>): unknown {
  const { requests, source, component_variables, event, request } = args;
  if (name === 'set_variables') return { variables: { items: requests }, source };
  const items = requests ?? component_variables;
  return items === undefined ? (event ?? request) : { items };
}

/** A result as the EVerest API replies it. */
export const apiReplyOf = (name: string, result: unknown): unknown =>
  name.endsWith('et_variables') ? { items: result } : result;

export function variableNameOf(name: string): keyof OcppVariables {
  const known = Object.keys(variableSamples).find((key): key is keyof OcppVariables => key === name);
  if (!known) throw new Error(`${name} is no variable`);
  return known;
}
