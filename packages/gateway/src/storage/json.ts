import type { CommandRecord } from '../domain/commands.ts';
import type { Fact, FactType } from '../domain/facts.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Transaction } from '../domain/transaction.ts';

/** Reads JSON that this gateway wrote itself, where the column says what it holds. */
export function parseJson<T>(text: string): T {
  return JSON.parse(text);
}

/** A value that JSON made a string of, as a date again. Anything else is left alone. */
function reviveDates(value: unknown, fields: readonly string[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const field of fields) {
    const text: unknown = Reflect.get(value, field);
    if (typeof text === 'string') Reflect.set(value, field, new Date(text));
  }
}

const transactionDates = ['startedAt', 'endedAt', 'meterLastAt', 'updatedAt'];
const commandDates = ['requestedAt', 'updatedAt', 'expiresAt'];
const tokenDates = ['expiresAt', 'createdAt', 'updatedAt'];

/** Brings back the dates of the command itself (`reserveNow` has one). */
export function reviveCommand(command: CommandRecord['command']): void {
  if (command.type === 'reserveNow') reviveDates(command, ['expiresAt']);
}

export function reviveMeasurements(measurements: readonly Measurement[]): void {
  for (const measurement of measurements) reviveDates(measurement, ['takenAt']);
}

function reviveRecord(record: CommandRecord): void {
  reviveDates(record, commandDates);
  reviveCommand(record.command);
}

type Revive<T extends FactType> = (fact: Extract<Fact, { type: T }>) => void;

const dateless = () => {};

/** Where the payload of each fact has dates. */
const revivers: { [T in FactType]: Revive<T> } = {
  'station.registered': dateless,
  'station.admission-changed': dateless,
  'station.connected': dateless,
  'station.disconnected': dateless,
  'station.booted': dateless,
  'station.availability-changed': dateless,
  'station.deleted': dateless,
  'connector.status-changed': (fact) => reviveDates(fact.connector, ['since']),
  'evse.limit-changed': dateless,
  'transaction.started': (fact) => reviveDates(fact.transaction, transactionDates),
  'transaction.updated': (fact) => reviveDates(fact.transaction, transactionDates),
  'transaction.ended': (fact) => reviveDates(fact.transaction, transactionDates),
  'measurements.taken': (fact) => reviveMeasurements(fact.measurements),
  'variables.reported': dateless,
  'variable.changed': dateless,
  'event.notified': (fact) => reviveDates(fact.event, ['occurredAt']),
  'data.transferred': dateless,
  'firmware.status-changed': dateless,
  'log.status-changed': dateless,
  'security-event.raised': (fact) => reviveDates(fact, ['occurredAt']),
  'reservation.changed': (fact) => reviveDates(fact.reservation, ['expiresAt', 'updatedAt']),
  'token.authorized': (fact) => reviveDates(fact.idTokenInfo, ['cacheExpiryDateTime']),
  'command.requested': (fact) => reviveRecord(fact.command),
  'command.sent': (fact) => reviveRecord(fact.command),
  'command.settled': (fact) => reviveRecord(fact.command),
  'token.changed': (fact) => reviveDates(fact.token, tokenDates),
  'token.deleted': (fact) => reviveDates(fact.token, tokenDates),
};

/** Brings back the dates of a fact that was read from the log. */
export function reviveFact<T extends FactType>(fact: Extract<Fact, { type: T }>, type: T): void {
  revivers[type](fact);
}

/** JSON of what a fact carries beyond type, station and time, which are columns. */
export function payloadOf(fact: Fact): string {
  const { type: _type, stationId: _stationId, at: _at, ...payload } = fact;
  return JSON.stringify(payload);
}

/** What changes in a transaction with each reading; times in ms. Of its events at least the newest is told. */
export type Progress = Pick<
  Transaction,
  'chargingState' | 'meterLast' | 'energy' | 'soc' | 'events' | 'offline' | 'anomalies'
> & {
  meterLastAt?: number;
  updatedAt: number;
};
