export type { BackOff } from './back-off.ts';
export type { OperationMode } from './charging-profile.ts';
export type { ChargingSchedules, PublishedPeriod, PublishedSchedule } from './charging-schedules.ts';
export { ManualClock, systemClock, type Clock, type Timer } from './clock.ts';
export type { StationEvents } from './events.ts';
export type { EvChargingNeeds, EvChargingSchedule } from './ev-charging.ts';
export type { EvseStatus } from './evse.ts';
export type { ExternalLimit } from './external-limits.ts';
export { createFleet, type Arrivals, type Fleet, type FleetMember, type FleetOptions } from './fleet.ts';
export { MemoryQueue, type OfflineQueue, type QueuedMessage, type TransactionMessage } from './offline-queue.ts';
export type { StationIdentity, StationOptions, StationVersion, TlsOptions } from './options.ts';
export type { BootAnswer, Registration } from './protocol.ts';
export {
  createSimulatedHost,
  type Arrival,
  type Failures,
  type SimulatedHost,
  type SimulatedHostOptions,
} from './simulated-host.ts';
export type { VariableName } from './standard-variables.ts';
export { createStation, type Station } from './station.ts';
export type * from './station-host.ts';
export type { Transaction, TransactionEnd } from './transaction.ts';
export type { Vehicle } from './vehicle.ts';
