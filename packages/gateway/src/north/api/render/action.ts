import type { Command, CommandOf, CommandRecord, CommandStatus, CommandType } from '../../../domain/commands.ts';
import { nameOf, type VariableResult } from '../../../domain/device-model.ts';
import { connectorIdOf, stationIdOf } from '../ids.ts';
import type { Action } from '../schemas.ts';
import { isSecret, mask, masked } from '../secrets.ts';

/** A command as eDRV's action. */
export function toAction(record: CommandRecord): Action {
  const { commandId, stationId, command } = record;
  const response = toResponseData(record);
  return {
    _id: commandId,
    type: actionTypeOf(command),
    status: statuses[record.status],
    chargestation: stationIdOf(stationId),
    endpoint: stationId,
    ...connectorOf(stationId, command),
    data: toData(command),
    ...(response !== undefined && { response_data: response }),
    phase: phases[record.status],
    ...(record.failure !== undefined && { reason: record.failure }),
    ...(record.detail !== undefined && { detail: record.detail }),
    requestedBy: record.requestedBy,
    ...(command.type === 'call' && { ocppAction: command.action }),
    expiresAt: record.expiresAt.toISOString(),
    createdAt: record.requestedAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  };
}

const statuses: Record<CommandStatus, Action['status']> = {
  pending: 'requested',
  sent: 'requested',
  accepted: 'completed',
  rejected: 'rejected',
  failed: 'failed',
};

const phases: Record<CommandStatus, Action['phase']> = {
  pending: 'queued',
  sent: 'sent',
  accepted: 'done',
  rejected: 'done',
  failed: 'done',
};

interface Rendering<T extends CommandType> {
  type: (command: CommandOf<T>) => string;
  data: (command: CommandOf<T>) => unknown;
}

/** eDRV's name of each command, and what it shows as `data`. */
const renderings: { [T in CommandType]: Rendering<T> } = {
  requestStartTransaction: {
    type: () => 'chargestation.remote_start_transaction',
    data: ({ evseId, idToken, currentLimit }) => ({
      ...(evseId !== undefined && { evse: evseId }),
      token: idToken.idToken,
      ...(currentLimit !== undefined && { current_limit: currentLimit, unit: 'A' }),
    }),
  },
  requestStopTransaction: {
    type: () => 'chargestation.remote_stop_transaction',
    data: ({ transactionId }) => ({ transaction_id: transactionId }),
  },
  reset: {
    type: () => 'chargestation.reset',
    data: ({ mode, evseId }) => ({ type: mode, ...(evseId !== undefined && { evse: evseId }) }),
  },
  changeAvailability: {
    type: () => 'chargestation.change_availability',
    data: ({ operationalStatus, evseId, connectorId }) => ({
      available: operationalStatus === 'Operative',
      ...placeOf({ evseId, connectorId }),
    }),
  },
  unlockConnector: { type: () => 'chargestation.unlock_connector', data: placeOf },
  triggerMessage: {
    type: () => 'chargestation.trigger_message',
    data: ({ requestedMessage, ...place }) => ({ message: requestedMessage, ...placeOf(place) }),
  },
  clearCache: { type: () => 'chargestation.clear_cache', data: () => ({}) },
  getVariables: {
    type: () => 'chargestation.get_configuration',
    data: ({ variables }) => ({ keys: variables.map(nameOf) }),
  },
  setVariables: {
    type: () => 'chargestation.update_configuration',
    data: ({ variables }) => {
      const rows = variables.map((variable) => toRow(nameOf(variable), variable.value));
      return rows.length === 1 ? rows[0] : { variables: rows };
    },
  },
  getBaseReport: { type: () => 'chargestation.get_configuration', data: ({ reportBase }) => ({ base: reportBase }) },
  setCurrentLimit: {
    type: ({ evseId, currentLimit }) =>
      `${evseId === 0 ? 'chargestation' : 'connector'}.${currentLimit === undefined ? 'clear' : 'set'}_power_limit`,
    data: ({ evseId, currentLimit }) => ({
      unit: 'current',
      ...(currentLimit !== undefined && { limit: currentLimit }),
      evse: evseId,
    }),
  },
  reserveNow: {
    type: () => 'chargestation.reserve_now',
    data: ({ reservationId, evseId, idToken, expiresAt }) => ({
      reservation_id: reservationId,
      ...(evseId !== undefined && { evse: evseId }),
      token: idToken.idToken,
      expiresAt: new Date(expiresAt).toISOString(),
    }),
  },
  cancelReservation: {
    type: () => 'chargestation.cancel_reservation',
    data: ({ reservationId }) => ({ reservation_id: reservationId }),
  },
  call: { type: ({ action }) => `chargestation.${toActionName(action)}`, data: ({ payload }) => masked(payload) },
};

function placeOf({ evseId, connectorId }: { evseId?: number | undefined; connectorId?: number | undefined }) {
  return { ...(evseId !== undefined && { evse: evseId }), ...(connectorId !== undefined && { connector: connectorId }) };
}

/** Actions that eDRV, or this API, calls otherwise than OCPP does. */
const edrvNames: Record<string, string> = {
  ChangeConfiguration: 'update_configuration',
  SetVariables: 'update_configuration',
  GetVariables: 'get_configuration',
  GetBaseReport: 'get_configuration',
  RequestStartTransaction: 'remote_start_transaction',
  RequestStopTransaction: 'remote_stop_transaction',
};

function toActionName(ocppAction: string): string {
  return edrvNames[ocppAction] ?? ocppAction.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
}

export function actionTypeOf(command: Command): string {
  return renderingOf(command).type;
}

function toData(command: Command): unknown {
  return renderingOf(command).data();
}

/** The row of a command, bound to it. */
function renderingOf(command: Command): { type: string; data: () => unknown } {
  const bind = <T extends CommandType>(rendering: Rendering<T>, one: CommandOf<T>) => ({
    type: rendering.type(one),
    data: () => rendering.data(one),
  });
  switch (command.type) {
    case 'requestStartTransaction':
      return bind(renderings.requestStartTransaction, command);
    case 'requestStopTransaction':
      return bind(renderings.requestStopTransaction, command);
    case 'reset':
      return bind(renderings.reset, command);
    case 'changeAvailability':
      return bind(renderings.changeAvailability, command);
    case 'unlockConnector':
      return bind(renderings.unlockConnector, command);
    case 'triggerMessage':
      return bind(renderings.triggerMessage, command);
    case 'clearCache':
      return bind(renderings.clearCache, command);
    case 'getVariables':
      return bind(renderings.getVariables, command);
    case 'setVariables':
      return bind(renderings.setVariables, command);
    case 'getBaseReport':
      return bind(renderings.getBaseReport, command);
    case 'setCurrentLimit':
      return bind(renderings.setCurrentLimit, command);
    case 'reserveNow':
      return bind(renderings.reserveNow, command);
    case 'cancelReservation':
      return bind(renderings.cancelReservation, command);
    case 'call':
      return bind(renderings.call, command);
  }
}

function connectorOf(stationId: string, command: Command): { connector?: string } {
  const evseId = 'evseId' in command ? command.evseId : undefined;
  if (evseId === undefined || evseId === 0) return {};
  const connectorId = 'connectorId' in command ? command.connectorId : undefined;
  return { connector: connectorIdOf(stationId, evseId, connectorId ?? 1) };
}

function toResponseData(record: CommandRecord): unknown {
  if (record.status === 'pending' || record.status === 'sent') return undefined;
  if (record.status === 'failed') return toFailure(record);
  const { command, result } = record;
  if (result === undefined) return {};
  if (command.type === 'call') return masked(result.response ?? {});
  if (command.type === 'getVariables') return toReadValues(result.status, result.variables ?? []);
  if (command.type === 'setVariables') return toWrittenValues(result.status, result.variables ?? []);
  return { status: result.status, ...(result.reason !== undefined && { reason: result.reason }) };
}

/** Never a bare status: what is known of the failure, so that a caller can tell what to do. */
function toFailure({ failure, detail, outcomeUnknown, result }: CommandRecord): unknown {
  const callError = typeof result?.response === 'object' && result.response !== null ? result.response : {};
  return {
    status: failure ?? 'Failed',
    ...(detail !== undefined && { detail }),
    ...(outcomeUnknown === true && { outcomeUnknown: true }),
    ...(failure === 'CallError' && callError),
  };
}

/** 1.6's answer, which eDRV shows for every station. */
function toReadValues(status: string, variables: readonly VariableResult[]): unknown {
  const known = variables.filter((variable) => variable.status === 'Accepted');
  const unknown = variables.filter((variable) => variable.status !== 'Accepted');
  return {
    status,
    configurationKey: known.map((variable) => ({
      ...toRow(nameOf(variable), variable.value),
      ...(variable.writable !== undefined && { readonly: !variable.writable }),
    })),
    unknownKey: unknown.map(nameOf),
    ...(unknown.length > 0 && { unknown: unknown.map(toOutcome) }),
  };
}

function toWrittenValues(status: string, variables: readonly VariableResult[]): unknown {
  const [only, ...others] = variables;
  if (only === undefined || others.length > 0) return { status, variables: variables.map(toOutcome) };
  const edrvStatus = notSupported.includes(only.status) ? 'NotSupported' : only.status;
  return {
    status: edrvStatus,
    ...(edrvStatus !== only.status && { ocppStatus: only.status }),
    ...(only.status === 'RebootRequired' && { effective: false }),
    ...(only.reason !== undefined && { reason: only.reason }),
  };
}

/** What 1.6 calls NotSupported. */
const notSupported: readonly string[] = ['UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType'];

function toOutcome(variable: VariableResult): unknown {
  return {
    key: nameOf(variable),
    status: variable.status,
    ...(variable.reason !== undefined && { reason: variable.reason }),
  };
}

function toRow(key: string, value: string | undefined): { key: string; value?: string } {
  if (value === undefined) return { key };
  return { key, value: isSecret(key) ? mask : value };
}
