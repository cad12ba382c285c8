export type { AvailabilityChange } from './availability.ts';
export type { BackOff } from './back-off.ts';
export { ComponentConfigError, loadComponents, parseComponents, type ComponentFile } from './component-config.ts';
export type { OperationMode } from './charging-profile.ts';
export { ManualClock, systemClock, type Clock, type Timer } from './clock.ts';
export type { StationEvents } from './events.ts';
export type * from './grid-host.ts';
export { HostMonitors, type HostVariableEvent } from './host-monitors.ts';
export {
  readForHost,
  writeForHost,
  type HostAddressing,
  type HostReadResult,
  type HostVariables,
  type HostWriteResult,
} from './host-variables.ts';
export type { ContractProof } from './contract.ts';
export type { Customer } from './customer-information.ts';
export type { DisplayMessage } from './display-messages.ts';
export { evseStatuses, type EvseStatus } from './connector-status.ts';
export type { ClearedLimit, ExternalLimit } from './external-limits.ts';
export { createFleet, type Arrivals, type Fleet, type FleetMember, type FleetOptions } from './fleet.ts';
export type { EvChargingNeeds, EvChargingSchedule } from './ev-charging.ts';
export type { CertificateHash } from './certificate-chain.ts';
export type { CertificateStore, InstalledCertificate, LeafKind, RootKind } from './certificate-store.ts';
export { httpTransfer, TransferError, type TransferOptions } from './http-transfer.ts';
export type { Iso15118 } from './iso15118.ts';
export type { KeyStore } from './key-store.ts';
export type { FailureKind } from './connect-failure.ts';
export type { FailedAttempt } from './connection.ts';
export { FleetMeter, type FleetFigures } from './simulation/fleet-meter.ts';
export { failureKinds, type FailureKind as FleetFailureKind, type FleetFailures } from './simulation/fleet-failures.ts';
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
export { createOcppInterface, type OcppInterfaceOptions, type OcppService } from './ocpp-service.ts';
export type { StationInside } from './station-inside.ts';
export { toVersions } from './options.ts';
export type { StationIdentity, StationOptions, StationVersion, TlsOptions } from './options.ts';
export { createMemoryStore } from './memory-store.ts';
export type { BootAnswer, BootReason, Receiver, Registration } from './protocol.ts';
export type { Payments } from './payments.ts';
export type { NetworkPath, StationNetwork } from './station-network.ts';
export type {
  ChargingPrice,
  CostTrigger,
  IdlePrice,
  Message as PriceMessage,
  PriceNotice,
  RunningCost,
} from './price.ts';
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
export type { Reservation } from './reservations.ts';
export type { Ending, Transaction, TransactionAnswer, TransactionEnd } from './transaction.ts';
export type { TransactionLimit } from './transaction-limits.ts';
export type { VendorReply } from './vendor-messages.ts';
export type { Vehicle } from './vehicle.ts';
