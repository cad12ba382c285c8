export type { AvailabilityChange } from './availability/availability.ts';
export type { BackOff } from './connection/back-off.ts';
export {
  ComponentConfigError,
  loadComponents,
  parseComponents,
  type ComponentFile,
} from './device-model/component-config.ts';
export type { OperationMode } from './smart-charging/charging-profile.ts';
export { ManualClock, systemClock, type Clock, type Timer } from './time/clock.ts';
export type { StationEvents } from './events.ts';
export type * from './grid/grid-host.ts';
export { HostMonitors, type HostVariableEvent } from './device-model/host-monitors.ts';
export {
  readForHost,
  writeForHost,
  type HostAddressing,
  type HostReadResult,
  type HostVariables,
  type HostWriteResult,
} from './device-model/host-variables.ts';
export type { ContractProof } from './authorization/contract.ts';
export type { Customer } from './authorization/customer-information.ts';
export type { DisplayMessage } from './messages/display-messages.ts';
export { evseStatuses, type EvseStatus } from './availability/connector-status.ts';
export type { ClearedLimit, ExternalLimit } from './smart-charging/external-limits.ts';
export { createFleet, type Arrivals, type Fleet, type FleetMember, type FleetOptions } from './simulation/fleet.ts';
export type { EvChargingNeeds, EvChargingSchedule } from './smart-charging/ev-charging.ts';
export type { CertificateHash } from './security/certificate-chain.ts';
export type { CertificateStore, InstalledCertificate, LeafKind, RootKind } from './security/certificate-store.ts';
export { httpTransfer, TransferError, type TransferOptions } from './firmware/http-transfer.ts';
export type { Iso15118 } from './security/iso15118.ts';
export type { KeyStore } from './security/key-store.ts';
export type { FailureKind } from './connection/connect-failure.ts';
export type { FailedAttempt } from './connection/connection.ts';
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
export type * from './interface/ocpp-interface.ts';
export { createOcppInterface, type OcppInterfaceOptions, type OcppService } from './interface/ocpp-service.ts';
export type { StationInside } from './station-inside.ts';
export { identityMistake, toVersions } from './options.ts';
export type { StationIdentity, StationOptions, StationVersion, TlsOptions } from './options.ts';
export { createMemoryStore } from './store/memory-store.ts';
export type { BootAnswer, BootReason, Receiver, Registration } from './protocol.ts';
export type { Payments } from './prices/payments.ts';
export type { NetworkPath, StationNetwork } from './connection/station-network.ts';
export type {
  ChargingPrice,
  CostTrigger,
  IdlePrice,
  Message as PriceMessage,
  PriceNotice,
  RunningCost,
} from './prices/price.ts';
export type * from './delivery/records.ts';
export type { SecurityEvent } from './security/security-events.ts';
export {
  createSimulatedHost,
  type Arrival,
  type Failures,
  type SimulatedHost,
  type SimulatedHostOptions,
} from './simulation/simulated-host.ts';
export type { EvseKind } from './simulation/evse-kinds.ts';
export type { Shown } from './simulation/display.ts';
export { SettableClock } from './simulation/settable-clock.ts';
export {
  openStationFile,
  type StationFile,
  type StationFileOptions,
  type StationFileTrouble,
} from './store/sqlite-store.ts';
export type { VariableName } from './device-model/standard-variables.ts';
export type { VariableAddress } from './device-model/variable-address.ts';
export type { VariableDefinition } from './device-model/variable-definition.ts';
export type { VariableSettings } from './device-model/variable-values.ts';
export { createStation, type Station } from './station.ts';
export type * from './station-host.ts';
export { StoreError, type StationStore, type StoreErrorCode } from './store/store.ts';
export type { Reservation } from './availability/reservations.ts';
export type { Ending, Transaction, TransactionAnswer, TransactionEnd } from './transactions/transaction.ts';
export type { TransactionLimit } from './transactions/transaction-limits.ts';
export type { VendorReply } from './messages/vendor-messages.ts';
export type { Vehicle } from './simulation/vehicle.ts';
