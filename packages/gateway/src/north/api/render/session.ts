import type { ChargingStation } from '../../../domain/charging-station.ts';
import type { Measurement } from '../../../domain/measurement.ts';
import { unitOf } from '../../../domain/measurement.ts';
import type { Transaction } from '../../../domain/transaction.ts';
import { connectorIdOf, sessionIdOf, stationIdOf } from '../ids.ts';
import type { EnergyReport, Session } from '../schemas.ts';
import { toMetrics } from './station.ts';

/** A transaction as eDRV's session. `station`, if given, adds the live values of an open one. */
export function toSession(transaction: Transaction, now: Date, station?: ChargingStation): Session {
  const { stationId, transactionId, evseId, connectorId, idToken } = transaction;
  return {
    _id: sessionIdOf(transaction),
    chargestation: stationIdOf(stationId),
    endpoint: stationId,
    connector: connectorIdOf(stationId, evseId, connectorId),
    evse: evseId,
    status: transaction.state === 'active' ? 'Started' : 'Ended',
    transaction_id: transactionId,
    ...(idToken && { token: idToken.idToken, token_type: idToken.type }),
    ...(transaction.authorization !== undefined && { authorization: transaction.authorization }),
    ...(transaction.chargingState !== undefined && { charging_state: transaction.chargingState }),
    ...(transaction.stoppedReason !== undefined && { stoppedReason: transaction.stoppedReason }),
    metrics: toSessionMetrics(transaction, now),
    energy_report: toLatestReport(transaction, station),
    offline: transaction.offline,
    anomalies: [...transaction.anomalies],
    ...(transaction.reservationId !== undefined && { reservation_id: transaction.reservationId }),
    createdAt: transaction.startedAt.toISOString(),
    updatedAt: transaction.updatedAt.toISOString(),
  };
}

function toSessionMetrics(transaction: Transaction, now: Date): Session['metrics'] {
  const { startedAt, endedAt, meterStart, meterLast, energy } = transaction;
  const seconds = ((endedAt ?? now).getTime() - startedAt.getTime()) / 1000;
  return {
    chargingStart: startedAt.toISOString(),
    ...(endedAt && { chargingStop: endedAt.toISOString() }),
    timezone: 'UTC',
    ...(meterStart !== undefined && { meterStart }),
    ...(meterLast !== undefined && { meterStop: meterLast }),
    energyConsumed: energy,
    energyUnit: 'Wh',
    energyPeriod: Math.max(0, Math.round(seconds)),
  };
}

function toLatestReport(transaction: Transaction, station?: ChargingStation): Session['energy_report'] {
  const { meterLast, meterLastAt, soc, energy } = transaction;
  const open = transaction.state === 'active';
  const evse = open ? station?.evses.find(({ evseId }) => evseId === transaction.evseId) : undefined;
  const { power, current, voltage } = evse && station ? toMetrics({ station, evse, transaction }) : {};
  return {
    ...(meterLastAt && { timestamp: meterLastAt.toISOString() }),
    energy: { value: energy, unit: 'Wh' },
    ...(meterLast !== undefined && { energy_meter: { value: meterLast, unit: 'Wh' } }),
    ...(power && { power }),
    ...(current && { current }),
    ...(voltage && { voltage }),
    ...(soc !== undefined && { state_of_charge: { value: soc, unit: '%' } }),
  };
}

export function toEnergyReport(measurement: Measurement): EnergyReport {
  const { takenAt, measurand, value, phase, location, context, signedData } = measurement;
  return {
    timestamp: takenAt.toISOString(),
    measurand,
    value,
    unit: unitOf(measurand),
    ...(phase !== undefined && { phase }),
    ...(location !== undefined && { location }),
    ...(context !== undefined && { context }),
    ...(signedData !== undefined && { signed_data: signedData }),
  };
}
