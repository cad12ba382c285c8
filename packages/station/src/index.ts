export type { AvailabilityChange } from './availability.ts';
export type { BackOff } from './back-off.ts';
export { ComponentConfigError, loadComponents, parseComponents, type ComponentFile } from './component-config.ts';
export type { OperationMode } from './charging-profile.ts';
export type { ChargingSchedules, PublishedPeriod, PublishedSchedule } from './charging-schedules.ts';
export { ManualClock, systemClock, type Clock, type Timer } from './clock.ts';
export type { StationEvents } from './events.ts';
export { HostMonitors, type HostVariableEvent } from './host-monitors.ts';
export {
  readForHost,
  writeForHost,
  type HostAddressing,
  type HostReadResult,
  type HostVariables,
  type HostWriteResult,
} from './host-variables.ts';
export type { EvseStatus } from './evse.ts';
export type { ExternalLimit } from './external-limits.ts';
export { createFleet, type Arrivals, type Fleet, type FleetMember, type FleetOptions } from './fleet.ts';
export { FleetMeter, type FleetFigures } from './simulation/fleet-meter.ts';
export { failureKinds, type FailureKind, type FleetFailures } from './simulation/fleet-failures.ts';
export { homeHours } from './simulation/arrivals.ts';
export { SimulatedCharger, type ChargerOptions } from './simulation/charger.ts';
export * from './simulation/scenario.ts';
export { scenarioMistakes, type ScenarioMistake } from './simulation/scenario-mistakes.ts';
export {
  runScenario,
  type ScenarioFailure,
  type ScenarioOptions,
  type ScenarioRun,
} from './simulation/scenario-run.ts';
export { seeded } from './simulation/seeded.ts';
export { SimulatedNetwork, type NetworkQuality } from './simulation/network.ts';
export { wrongAnswers, type WrongAnswer } from './simulation/wrong-answers.ts';
export { createSharedClock } from './simulation/shared-clock.ts';
export type * from './ocpp-interface.ts';
export type { StationIdentity, StationOptions, StationVersion, TlsOptions } from './options.ts';
export { createMemoryStore } from './memory-store.ts';
export type { BootAnswer, BootReason, Registration } from './protocol.ts';
export type * from './records.ts';
export type { SecurityEvent } from './security-events.ts';
export {
  createSimulatedHost,
  type Arrival,
  type Failures,
  type SimulatedHost,
  type SimulatedHostOptions,
} from './simulated-host.ts';
export type { EvseKind } from './simulation/evse-kinds.ts';
export type { Shown } from './simulation/display.ts';
export { SettableClock } from './simulation/settable-clock.ts';
export { openStationFile, type StationFile, type StationFileOptions, type StationFileTrouble } from './sqlite-store.ts';
export type { VariableName } from './standard-variables.ts';
export type { VariableAddress } from './variable-address.ts';
export type { VariableDefinition } from './variable-definition.ts';
export type { VariableSettings } from './variable-values.ts';
export { createStation, type Station } from './station.ts';
export type * from './station-host.ts';
export { StoreError, type StationStore, type StoreErrorCode } from './store.ts';
export type { Ending, Transaction, TransactionAnswer, TransactionEnd } from './transaction.ts';
export type { Vehicle } from './vehicle.ts';
