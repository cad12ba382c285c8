import type { CommandRecord } from '../../domain/commands.ts';
import type { FactOf, FactType, StoredFact } from '../../domain/facts.ts';
import { nameOf } from '../../domain/device-model.ts';
import { connectorIdOf, sessionIdOf, stationIdOf } from './ids.ts';
import { actionTypeOf, toAction } from './render/action.ts';
import { toReservation, toToken } from './render/records.ts';
import { toEnergyReport, toSession } from './render/session.ts';
import { toBootInfo, toStatus } from './render/station.ts';
import type { Event } from './schemas.ts';
import { isSecret, mask, masked } from './secrets.ts';

interface Rule<T extends FactType> {
  object: string;
  /** The event type, where it is always the same or depends on the fact. */
  type: string | ((fact: FactOf<T>) => string);
  /** Every type the row can give, if they are few. */
  types?: readonly string[];
  data: (fact: FactOf<T>) => unknown;
}

/**
 * Which fact is shown as which eDRV event. The event list, the stream and webhooks all use this table. `data` comes from
 * the fact alone, so that an event reads the same whenever it is read. Facts without a row have no public event.
 */
const rules: { readonly [T in FactType]?: Rule<T> } = {
  'station.registered': {
    object: 'chargestation',
    type: 'chargestation.created',
    data: (fact) => ({ ...stationOf(fact), admission: fact.admission }),
  },
  'station.admission-changed': {
    object: 'chargestation',
    type: 'chargestation.updated',
    data: (fact) => ({ ...stationOf(fact), admission: fact.admission }),
  },
  'station.deleted': { object: 'chargestation', type: 'chargestation.deleted', data: stationOf },
  'station.connected': {
    object: 'chargestation',
    type: 'chargestation.online',
    data: (fact) => ({
      ...stationOf(fact),
      online: true,
      protocol: fact.protocol,
      lastConnectAt: fact.at.toISOString(),
    }),
  },
  'station.disconnected': {
    object: 'chargestation',
    type: 'chargestation.offline',
    data: (fact) => ({
      ...stationOf(fact),
      online: false,
      reason: fact.reason,
      lastDisconnectAt: fact.at.toISOString(),
    }),
  },
  'station.booted': {
    object: 'chargestation',
    type: 'chargestation.booted',
    data: (fact) => ({
      ...stationOf(fact),
      bootInfo: toBootInfo(fact.info),
      registration: fact.registration,
      ...(fact.reason !== undefined && { reason: fact.reason }),
    }),
  },
  'station.availability-changed': {
    object: 'chargestation',
    type: 'chargestation.availability.updated',
    data: (fact) => ({
      ...stationOf(fact),
      availability: fact.availability,
      ...(fact.errorCode !== undefined && { error_code: fact.errorCode }),
    }),
  },
  'connector.status-changed': {
    object: 'chargestation',
    type: 'chargestation.connector_status.updated',
    data: (fact) => ({ ...stationOf(fact), connectors: [toChangedConnector(fact)] }),
  },
  'evse.limit-changed': {
    object: 'chargestation',
    type: 'chargestation.power_limit.updated',
    data: (fact) => ({ ...stationOf(fact), evse: fact.evseId, unit: 'current', limit: fact.currentLimit ?? null }),
  },
  'transaction.started': {
    object: 'session',
    type: 'session.started',
    data: (fact) => toSession(fact.transaction, fact.at),
  },
  'transaction.updated': {
    object: 'session',
    type: 'session.updated',
    data: (fact) => ({ ...toSession(fact.transaction, fact.at), trigger: fact.triggerReason }),
  },
  'transaction.ended': {
    object: 'session',
    type: 'session.ended',
    data: (fact) => toSession(fact.transaction, fact.at),
  },
  'measurements.taken': {
    object: 'session',
    type: ({ transactionId }) => (transactionId === undefined ? 'chargestation' : 'session') + '.energy_report',
    types: ['chargestation.energy_report', 'session.energy_report'],
    data: ({ stationId, transactionId, measurements }) => ({
      ...(transactionId === undefined
        ? { _id: stationIdOf(stationId) }
        : { _id: sessionIdOf({ stationId, transactionId }) }),
      chargestation: stationIdOf(stationId),
      endpoint: stationId,
      ...(transactionId !== undefined && { transaction_id: transactionId }),
      reports: measurements.map((measurement) => ({ evse: measurement.evseId, ...toEnergyReport(measurement) })),
    }),
  },
  'variable.changed': {
    object: 'chargestation',
    type: 'chargestation.variable.updated',
    data: ({ variable, ...fact }) => {
      const name = nameOf(variable);
      return { ...stationOf(fact), key: name, value: isSecret(name) ? mask : (variable.value ?? null) };
    },
  },
  'event.notified': {
    object: 'chargestation',
    type: 'chargestation.event.notified',
    data: ({ event, ...fact }) => {
      const { component, variable, attribute: _, occurredAt, actualValue, ...rest } = event;
      const name = nameOf({ component, variable });
      return {
        ...stationOf(fact),
        variable: name,
        actualValue: isSecret(name) ? mask : actualValue,
        ...rest,
        occurredAt: occurredAt.toISOString(),
      };
    },
  },
  'data.transferred': {
    object: 'chargestation',
    type: 'chargestation.data_transfer.received',
    data: (fact) => ({
      ...stationOf(fact),
      vendorId: fact.vendorId,
      ...(fact.messageId !== undefined && { messageId: fact.messageId }),
      ...(fact.data !== undefined && { data: masked(fact.data) }),
    }),
  },
  'firmware.status-changed': {
    object: 'chargestation',
    type: 'chargestation.firmware_status.updated',
    data: (fact) => ({ ...stationOf(fact), firmware_status: fact.status }),
  },
  'log.status-changed': {
    object: 'chargestation',
    type: 'chargestation.diagnostics_status.updated',
    data: (fact) => ({ ...stationOf(fact), log_status: fact.status }),
  },
  'security-event.raised': {
    object: 'chargestation',
    type: 'chargestation.security_event',
    data: (fact) => ({
      ...stationOf(fact),
      event: fact.event,
      ...(fact.techInfo !== undefined && { info: fact.techInfo }),
      raised_by: fact.raisedBy,
      occurredAt: fact.occurredAt.toISOString(),
    }),
  },
  'reservation.changed': {
    object: 'reservation',
    type: 'reservation.updated',
    data: (fact) => toReservation({ ...fact.reservation, stationId: fact.stationId }),
  },
  'command.sent': {
    object: 'action',
    type: ({ command }) => `${actionTypeOf(command.command)}.requested`,
    data: ({ command }) => toAction(command),
  },
  'command.settled': {
    object: 'action',
    type: ({ command }) => `${actionTypeOf(command.command)}.${endingOf(command)}`,
    data: ({ command }) => toAction(command),
  },
  'token.changed': { object: 'token', type: 'token.updated', data: (fact) => toToken(fact.token, fact.at) },
  'token.deleted': { object: 'token', type: 'token.deleted', data: (fact) => toToken(fact.token, fact.at) },
};

/** The public event of a fact; `undefined` when it has none. */
export function toEvent(fact: StoredFact): Event | undefined {
  const view = viewOf(fact, fact.type);
  if (view === undefined) return undefined;
  return {
    _id: eventIdOf(fact),
    object: view.object,
    type: view.type,
    data: view.data(),
    createdAt: fact.at.toISOString(),
  };
}

/** Binds the row of a fact to it. The rows are typed by their fact, so the same key fits both. */
function viewOf<T extends FactType>(fact: StoredFact, type: T) {
  const rule = rules[type];
  if (rule === undefined || !isOf(fact, type)) return undefined;
  const name = typeof rule.type === 'string' ? rule.type : rule.type(fact);
  return { object: rule.object, type: name, data: () => rule.data(fact) };
}

function isOf<T extends FactType>(fact: StoredFact, type: T): fact is StoredFact & FactOf<T> {
  return fact.type === type;
}

/** Whether an event type is asked for by `*`, `session.*` or its own name. No pattern asks for all. */
export function isWanted(type: string, patterns: readonly string[]): boolean {
  if (patterns.length === 0) return true;
  return patterns.some(
    (pattern) => pattern === type || (pattern.endsWith('*') && type.startsWith(pattern.slice(0, -1))),
  );
}

/** The facts that can become an event of these types: what to read of the log. */
export function factTypesOf(patterns: readonly string[]): FactType[] {
  return factTypes.filter((fact) => publicTypesOf(fact)?.some((type) => isWanted(type, patterns)) ?? true);
}

/** The event types a fact can become; `undefined` when they are as many as there are commands. */
export function publicTypesOf(fact: FactType): readonly string[] | undefined {
  const rule = rules[fact];
  return typeof rule?.type === 'string' ? [rule.type] : rule?.types;
}

const factTypes: readonly FactType[] = Object.keys(rules).filter(hasRule);

function hasRule(name: string): name is keyof typeof rules {
  return Object.hasOwn(rules, name);
}

/** Eight digits of seconds, sixteen of the place in the log. */
export function eventIdOf({ seq, at }: { seq: number; at: Date }): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `${seconds.toString(16).padStart(8, '0').slice(-8)}${seq.toString(16).padStart(16, '0')}`;
}

/** The place in the log an event id, or a bare number, stands for. `undefined` when it is neither. */
export function seqOf(eventId: string): number | undefined {
  const text = /^[0-9a-f]{24}$/.test(eventId) ? `0x${eventId.slice(8)}` : eventId;
  const seq = /^(0x[0-9a-f]{16}|\d{1,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(seq) ? seq : undefined;
}

function endingOf(command: CommandRecord): 'accepted' | 'rejected' {
  return command.status === 'accepted' ? 'accepted' : 'rejected';
}

function stationOf({ stationId }: { stationId: string }) {
  return { _id: stationIdOf(stationId), endpoint: stationId };
}

function toChangedConnector({ stationId, evseId, connector }: FactOf<'connector.status-changed'>) {
  return {
    _id: connectorIdOf(stationId, evseId, connector.connectorId),
    evse: evseId,
    connector: connector.connectorId,
    status: toStatus(connector, {}, false),
    ...(connector.statusDetail !== undefined && { status_detail: connector.statusDetail }),
    ...(connector.errorCode !== undefined && connector.errorCode !== 'NoError' && { error_code: connector.errorCode }),
    ...(connector.vendorErrorCode !== undefined && { vendor_error_code: connector.vendorErrorCode }),
    ...(connector.info !== undefined && { info: connector.info }),
    updatedAt: connector.since.toISOString(),
  };
}
