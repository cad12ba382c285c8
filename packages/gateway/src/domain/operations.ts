import type { ChargingStation } from './charging-station.ts';
import type { CommandOf, CommandRecord, CommandResult, CommandType } from './commands.ts';
import type { ReportedVariable, VariableResult } from './device-model.ts';
import { ConflictError } from './errors.ts';
import type { Outcome } from './evolution.ts';
import { evseOrNew, unchanged, withAnomaly, withEvse } from './evolution.ts';
import type { Fact } from './facts.ts';
import { endReservation, putReservation } from './reservations.ts';
import { holdsSecret } from './secrets.ts';
import { withTransaction } from './transaction-list.ts';
import type { Transaction } from './transaction.ts';

/** What a command did to a station that agreed to it. Pure. */
type Effect<T extends CommandType> = (
  station: ChargingStation,
  command: CommandOf<T>,
  context: { result: CommandResult; now: Date },
) => Outcome;

type Effects = { [T in CommandType]?: Effect<T> };

const effects: Effects = {
  setCurrentLimit,
  reserveNow: (station, { reservationId, evseId, idToken, expiresAt }, { now }) =>
    putReservation(station, {
      reservationId,
      ...(evseId !== undefined && { evseId }),
      idToken,
      expiresAt,
      status: 'Active',
      updatedAt: now,
    }),
  cancelReservation: (station, { reservationId }, { now }) =>
    endReservation(station, reservationId, { status: 'Cancelled', now }),
  setVariables,
  getVariables: variablesReported,
  getBaseReport: variablesReported,
};

/** Commands whose result tells of each variable: those that were agreed to count, whatever became of the others. */
const perVariable: ReadonlySet<CommandType> = new Set(['setVariables', 'getVariables']);

/** What a settled command changes in the state of its station: nothing unless the station agreed to it. */
export function evolveSettled(station: ChargingStation, record: CommandRecord, { now }: { now: Date }): Outcome {
  const { command, result } = record;
  const isAnswered = record.status === 'accepted' || (record.status === 'rejected' && perVariable.has(command.type));
  if (result === undefined || !isAnswered) return unchanged(station);
  return effectOf(station, command.type, command)?.({ result, now }) ?? unchanged(station);
}

type CommandMap = { [T in CommandType]: CommandOf<T> };

function effectOf<T extends CommandType>(station: ChargingStation, type: T, command: CommandMap[T]) {
  const effect:
    | ((station: ChargingStation, command: CommandMap[T], context: { result: CommandResult; now: Date }) => Outcome)
    | undefined = effects[type];
  return effect && ((context: { result: CommandResult; now: Date }) => effect(station, command, context));
}

/** EVSE 0 limits each EVSE the station has. */
function setCurrentLimit(
  station: ChargingStation,
  { evseId, currentLimit }: CommandOf<'setCurrentLimit'>,
  { now }: { now: Date },
): Outcome {
  const one = evseId === 0 ? undefined : evseOrNew(station, evseId);
  const evses = evseId === 0 ? station.evses.filter((evse) => evse.evseId > 0) : one === undefined ? [] : [one];
  const limit = currentLimit === undefined ? {} : { currentLimit };
  const facts: Fact[] = [];
  let next = station;
  for (const { currentLimit: before, ...evse } of evses) {
    if (before === currentLimit) continue;
    next = withEvse(next, { ...evse, ...limit });
    facts.push({
      type: 'evse.limit-changed',
      stationId: station.stationId,
      at: now,
      evseId: evse.evseId,
      ...limit,
    });
  }
  return { station: next, facts };
}

function setVariables(
  station: ChargingStation,
  { variables }: CommandOf<'setVariables'>,
  { result, now }: { result: CommandResult; now: Date },
): Outcome {
  const facts: Fact[] = [];
  for (const [index, one] of (result.variables ?? []).entries()) {
    if (one.status !== 'Accepted' && one.status !== 'RebootRequired') continue;
    const value = one.value ?? variables[index]?.value;
    const variable = toReported({ ...one, ...(value !== undefined && { value }) });
    facts.push({ type: 'variable.changed', stationId: station.stationId, at: now, variable });
  }
  return { station, facts };
}

function variablesReported(
  station: ChargingStation,
  _: unknown,
  { result, now }: { result: CommandResult; now: Date },
): Outcome {
  const variables = (result.variables ?? []).filter(({ status }) => status === 'Accepted').map(toReported);
  if (variables.length === 0) return unchanged(station);
  return {
    station,
    facts: [{ type: 'variables.reported', stationId: station.stationId, at: now, toBeContinued: false, variables }],
  };
}

/** The value of a variable that holds a secret is told to nobody. */
function toReported(result: VariableResult): ReportedVariable {
  const { component, variable, attribute, key, value, writable } = result;
  return {
    component,
    variable,
    ...(attribute !== undefined && { attribute }),
    ...(key !== undefined && { key }),
    ...(value !== undefined && !holdsSecret(result) && { value }),
    ...(writable !== undefined && { writable }),
  };
}

/**
 * Ends a transaction that its station will never end. Its own end, should it still come, corrects it.
 * @throws ConflictError when it has ended
 */
export function closeTransaction(
  station: ChargingStation,
  transaction: Transaction,
  { reason, now }: { reason: string; now: Date },
): Outcome {
  const { stationId, transactionId } = transaction;
  if (transaction.state === 'ended') {
    throw new ConflictError(
      `Transaction ${transactionId} of station ${stationId} has ended already: there is nothing to close.`,
    );
  }
  const closed: Transaction = {
    ...transaction,
    state: 'ended',
    endedAt: now < transaction.startedAt ? transaction.startedAt : now,
    stoppedReason: reason,
    anomalies: withAnomaly(transaction.anomalies, 'closed-by-operator'),
    updatedAt: now,
  };
  return {
    station: withTransaction(station, closed),
    facts: [{ type: 'transaction.ended', stationId, at: now, transaction: closed }],
  };
}
