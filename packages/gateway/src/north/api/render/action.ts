import type { Command, CommandRecord, CommandStatus, CommandType } from '../../../domain/commands.ts';
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

/** The action type of a command: OCPP 1.6's name of it in snake case, unless eDRV has a name of its own. */
export function actionTypeOf(command: Command): string {
  if (command.type === 'call') return `chargestation.${toActionName(command.action)}`;
  if (command.type !== 'setCurrentLimit') return `chargestation.${actionNames[command.type]}`;
  const object = command.evseId === 0 ? 'chargestation' : 'connector';
  return `${object}.${command.currentLimit === undefined ? 'clear' : 'set'}_power_limit`;
}

const actionNames: Record<Exclude<CommandType, 'call' | 'setCurrentLimit'>, string> = {
  requestStartTransaction: 'remote_start_transaction',
  requestStopTransaction: 'remote_stop_transaction',
  reset: 'reset',
  changeAvailability: 'change_availability',
  unlockConnector: 'unlock_connector',
  triggerMessage: 'trigger_message',
  clearCache: 'clear_cache',
  getVariables: 'get_configuration',
  setVariables: 'update_configuration',
  getBaseReport: 'get_configuration',
  reserveNow: 'reserve_now',
  cancelReservation: 'cancel_reservation',
};

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

/** What the action shows as `data`. */
function toData(command: Command): unknown {
  switch (command.type) {
    case 'requestStartTransaction':
      return {
        ...placeOf(command),
        token: command.idToken.idToken,
        ...(command.currentLimit !== undefined && { current_limit: command.currentLimit, unit: 'A' }),
      };
    case 'requestStopTransaction':
      return { transaction_id: command.transactionId };
    case 'reset':
      return { type: command.mode, ...placeOf(command) };
    case 'changeAvailability':
      return { available: command.operationalStatus === 'Operative', ...placeOf(command) };
    case 'unlockConnector':
      return placeOf(command);
    case 'triggerMessage':
      return { message: command.requestedMessage, ...placeOf(command) };
    case 'clearCache':
      return {};
    case 'getVariables':
      return { keys: command.variables.map(nameOf) };
    case 'setVariables': {
      const [only, ...others] = command.variables.map((variable) => toRow(nameOf(variable), variable.value));
      return only !== undefined && others.length === 0 ? only : { variables: [only, ...others] };
    }
    case 'getBaseReport':
      return { base: command.reportBase };
    case 'setCurrentLimit':
      return { unit: 'current', limit: command.currentLimit ?? null, ...placeOf(command) };
    case 'reserveNow':
      return {
        reservation_id: command.reservationId,
        ...placeOf(command),
        token: command.idToken.idToken,
        expiresAt: command.expiresAt.toISOString(),
      };
    case 'cancelReservation':
      return { reservation_id: command.reservationId };
    case 'call':
      return masked(command.payload);
  }
}

function placeOf({ evseId, connectorId }: { evseId?: number | undefined; connectorId?: number | undefined }) {
  return {
    ...(evseId !== undefined && { evse: evseId }),
    ...(connectorId !== undefined && { connector: connectorId }),
  };
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
