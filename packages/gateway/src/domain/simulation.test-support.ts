import type { ChargingStation } from './charging-station.ts';
import { newStation } from './charging-station.ts';
import type { Evolution } from './evolve.ts';
import { evolve, needsOf } from './evolve.ts';
import type { Fact, FactOf, FactType } from './facts.ts';
import type { Measurement } from './measurement.ts';
import type { MeterValuesReport, Report, ReportContext, StatusNotificationReport } from './reports.ts';
import type { TransactionEventReport } from './reports.ts';
import type { Transaction } from './transaction.ts';

export const noon = new Date('2026-05-04T12:00:00Z');

/** `minutes` after noon. */
export function at(minutes: number): Date {
  return new Date(noon.getTime() + minutes * 60_000);
}

/** A station with a record behind it, as the core keeps it: what `needsOf` asks for is looked up there. */
export class Simulation {
  station: ChargingStation;
  readonly facts: Fact[] = [];
  readonly record = new Map<string, Transaction>();
  readonly #values = new Set<string>();
  context: ReportContext = { now: at(120), heartbeatInterval: 300, idTokenInfo: { status: 'Accepted' } };

  constructor(station: ChargingStation = newStation('CP1', 'admitted', noon)) {
    this.station = station;
  }

  report<R extends Report>(report: R, context: Partial<ReportContext> = {}): Evolution<R> {
    const all = { ...this.context, ...this.#found(report), ...context };
    const evolution = evolve(this.station, report, all);
    this.keep(evolution);
    return evolution;
  }

  keep({ station, facts }: { station: ChargingStation; facts: readonly Fact[] }): void {
    this.station = station;
    for (const transaction of station.transactions) this.record.set(transaction.transactionId, transaction);
    for (const fact of facts) {
      this.facts.push(fact);
      if (fact.type === 'measurements.taken') for (const one of fact.measurements) this.#values.add(keyOf(one));
    }
  }

  transaction(transactionId: string): Transaction {
    const found = this.record.get(transactionId);
    if (found === undefined) throw new Error(`No transaction ${transactionId} in the record of the simulation.`);
    return found;
  }

  factsOf<T extends FactType>(type: T): FactOf<T>[] {
    return this.facts.filter((fact): fact is FactOf<T> => fact.type === type);
  }

  #found(report: Report): Partial<ReportContext> {
    const needs = needsOf(this.station, report);
    const { transactionId, startKey, storedMeasurements } = needs;
    const transactions = [...this.record.values()];
    const transaction = transactions.find(
      (one) => one.transactionId === transactionId || (startKey !== undefined && one.startKey === startKey),
    );
    return {
      ...(transaction !== undefined && { transaction }),
      ...(storedMeasurements !== undefined && {
        newMeasurements: storedMeasurements.measurements.filter((one) => !this.#values.has(keyOf(one))),
      }),
    };
  }
}

function keyOf(measurement: Measurement): string {
  return JSON.stringify(Object.entries(measurement).toSorted(([one], [other]) => one.localeCompare(other)));
}

export function register(value: number, minutes: number, more: Partial<Measurement> = {}): Measurement {
  return { evseId: 1, measurand: 'Energy.Active.Import.Register', value, takenAt: at(minutes), ...more };
}

export function values(measurements: Measurement[], more: Partial<MeterValuesReport> = {}): MeterValuesReport {
  return { type: 'MeterValues', evseId: 1, measurements, ...more };
}

export function status(more: Partial<StatusNotificationReport> = {}): StatusNotificationReport {
  return { type: 'StatusNotification', evseId: 1, connectorId: 1, status: 'Available', ...more };
}

export const tag = { idToken: 'TAG1', type: 'ISO14443' };

/** 1.6 StartTransaction. */
export function start(minutes: number, more: Partial<TransactionEventReport> = {}): TransactionEventReport {
  const meterStart = register(1000, minutes, { evseId: more.evseId ?? 1, context: 'Transaction.Begin' });
  return {
    type: 'TransactionEvent',
    eventType: 'Started',
    triggerReason: 'Authorized',
    evseId: 1,
    connectorId: 1,
    idToken: tag,
    offline: false,
    occurredAt: at(minutes),
    measurements: [meterStart],
    ...more,
  };
}

/** 1.6 StopTransaction. */
export function stop(
  transactionId: string,
  minutes: number,
  more: Partial<TransactionEventReport> = {},
): TransactionEventReport {
  return {
    type: 'TransactionEvent',
    eventType: 'Ended',
    triggerReason: 'StopAuthorized',
    transactionId,
    stoppedReason: 'Local',
    offline: false,
    occurredAt: at(minutes),
    measurements: [register(6000, minutes, { evseId: 0, context: 'Transaction.End' })],
    ...more,
  };
}

/** 2.x TransactionEvent of transaction `T1`. */
export function event(
  eventType: TransactionEventReport['eventType'],
  seqNo: number,
  more: Partial<TransactionEventReport> = {},
): TransactionEventReport {
  return {
    type: 'TransactionEvent',
    eventType,
    triggerReason: 'ChargingStateChanged',
    transactionId: 'T1',
    seqNo,
    offline: false,
    occurredAt: at(seqNo),
    measurements: [],
    ...more,
  };
}
