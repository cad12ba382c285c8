import type { IdToken, IdTokenInfo, Token } from './authorization.ts';
import type { ChargingStation, Connector, Protocol, Reservation, StationInfo } from './charging-station.ts';
import type { CommandRecord } from './commands.ts';
import type { ReportedVariable } from './device-model.ts';
import type { Measurement } from './measurement.ts';
import type { MonitoredEvent } from './reports.ts';
import type { Transaction } from './transaction.ts';

/** What became of a report or a command, in the past tense. The `type` is the bus subject and the row in the log. */
export type Fact =
  | StationFact<'station.registered', { admission: ChargingStation['admission'] }>
  | StationFact<'station.admission-changed', { admission: ChargingStation['admission'] }>
  | StationFact<'station.connected', { protocol: Protocol }>
  | StationFact<'station.disconnected', { reason: string }>
  | StationFact<
      'station.booted',
      { info: StationInfo; reason?: string; registration: 'Accepted' | 'Pending' | 'Rejected' }
    >
  | StationFact<'station.availability-changed', { availability: 'Operative' | 'Inoperative'; errorCode?: string }>
  | StationFact<'station.deleted', object>
  | StationFact<'connector.status-changed', { evseId: number; connector: Connector }>
  | StationFact<'evse.limit-changed', { evseId: number; /** A per phase */ currentLimit?: number }>
  | StationFact<'transaction.started', { transaction: Transaction }>
  | StationFact<'transaction.updated', { transaction: Transaction; triggerReason: string }>
  | StationFact<'transaction.ended', { transaction: Transaction }>
  | StationFact<'measurements.taken', { transactionId?: string; measurements: readonly Measurement[] }>
  | StationFact<
      'variables.reported',
      { requestId?: number; toBeContinued: boolean; variables: readonly ReportedVariable[] }
    >
  | StationFact<'variable.changed', { variable: ReportedVariable }>
  | StationFact<'event.notified', { event: MonitoredEvent }>
  | StationFact<'data.transferred', { vendorId: string; messageId?: string; data?: unknown }>
  | StationFact<'firmware.status-changed', { status: string; requestId?: number }>
  | StationFact<'log.status-changed', { status: string; requestId?: number }>
  | StationFact<
      'security-event.raised',
      { event: string; techInfo?: string; raisedBy: 'station' | 'gateway'; occurredAt: Date }
    >
  | StationFact<'reservation.changed', { reservation: Reservation }>
  | StationFact<'token.authorized', { idToken: IdToken; idTokenInfo: IdTokenInfo }>
  | StationFact<'command.requested', { command: CommandRecord }>
  | StationFact<'command.sent', { command: CommandRecord }>
  | StationFact<'command.settled', { command: CommandRecord }>
  | GatewayFact<'token.changed', { token: Token }>
  | GatewayFact<'token.deleted', { token: Token }>;

type StationFact<T extends string, P> = { type: T; stationId: string; /** by the gateway's clock */ at: Date } & P;
type GatewayFact<T extends string, P> = { type: T; stationId?: undefined; at: Date } & P;

export type FactType = Fact['type'];
export type FactOf<T extends FactType> = Extract<Fact, { type: T }>;

/** A fact in the log. `seq` is gapless and ascending over all stations, from 1. */
export type StoredFact = Fact & { seq: number };
