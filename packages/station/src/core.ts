import type { EventEmitter } from 'node:events';
import type { Availability } from './availability/availability.ts';
import type { Errors } from './availability/errors.ts';
import type { ChargingProfiles } from './smart-charging/charging-profiles.ts';
import type { Clock } from './time/clock.ts';
import type { Contracts } from './authorization/contract.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Connector } from './connector.ts';
import type { DeviceModel } from './device-model/device-model.ts';
import type { DisplayMessages } from './messages/display-messages.ts';
import type { Evse } from './evse.ts';
import type { StationEvents } from './events.ts';
import type { Grid } from './grid/grid.ts';
import type { Certificates } from './security/certificates.ts';
import type { CertificateSigning } from './security/certificate-signing.ts';
import type { FirmwareUpdate } from './firmware/firmware-update.ts';
import type { LogUpload } from './firmware/log-upload.ts';
import type { Network } from './connection/network.ts';
import type { ProfileRules } from './smart-charging/profile-rules.ts';
import type { BootReason, Protocol, Registration } from './protocol.ts';
import type { IdToken, ResetKind, StationHost } from './station-host.ts';
import type { StationIdentity, StationVersion } from './options.ts';
import type { Prices } from './prices/prices.ts';
import type { RemoteStarts } from './availability/remote-starts.ts';
import type { Reservations } from './availability/reservations.ts';
import type { Resets } from './availability/resets.ts';
import type { SecurityLog } from './security/security-log.ts';
import type { SmartChargingParts } from './smart-charging/smart-charging-parts.ts';
import type { StationStore } from './store/store.ts';
import type { Tariffs } from './prices/tariffs.ts';
import type { TransactionCosts } from './prices/transaction-cost.ts';
import type { StationClock } from './connection/time-keeping.ts';
import type { TransactionLog } from './transactions/transaction-log.ts';
import type { TxRules } from './transactions/tx-points.ts';
import type { TokenInfo, Tokens } from './authorization/tokens.ts';
import type { WaitingTokens } from './authorization/waiting-tokens.ts';
import type { WebPayments } from './prices/web-payments.ts';

/** A station as its functional blocks see it. */
export interface Core {
  readonly identity: StationIdentity;
  /** Spoken now, or last. */
  readonly version: StationVersion;
  readonly store: StationStore;
  /** Of the CSMS, without the identity. */
  readonly url: string;
  readonly clock: Clock;
  /** The same clock, and what the CSMS has told of the time. */
  readonly time: StationClock;
  readonly random: () => number;
  readonly host: StationHost;
  readonly events: EventEmitter<StationEvents>;
  readonly variables: DeviceModel;
  readonly tokens: Tokens;
  readonly contracts: Contracts;
  readonly prices: Prices;
  readonly tariffs: Tariffs;
  readonly costs: TransactionCosts;
  readonly displays: DisplayMessages;
  /** What OCPP 2.1 has for the grid and for batteries. */
  readonly grid: Grid;
  readonly profiles: ChargingProfiles;
  readonly profileRules: ProfileRules;
  readonly smartCharging: SmartChargingParts;
  readonly evses: readonly Evse[];
  readonly delivery: Delivery;
  readonly transactions: TransactionLog;
  readonly securityLog: SecurityLog;
  /** When transactions begin and end, by the settings and the version of now. */
  readonly txRules: TxRules;
  readonly protocol: Protocol;
  readonly callTimeoutMs: number;
  /** What the CSMS is answered when it breaks a schema. */
  readonly violations: 'each' | 'format' | undefined;
  readonly isOnline: boolean;
  readonly registration: Registration | undefined;
  /** What is out of use. */
  readonly availability: Availability;
  readonly errors: Errors;
  readonly reservations: Reservations;
  /** Who is authorised and has not plugged in anywhere yet. */
  readonly waiting: WaitingTokens;
  readonly webPayments: WebPayments;
  readonly remoteStarts: RemoteStarts;
  readonly resets: Resets;
  /** Since when the CSMS does not hear the station; undefined while it does. */
  readonly offlineSince: Date | undefined;
  evse(id: number): Evse | undefined;
  /** Of all EVSEs, in order; OCPP 1.6 numbers them so, from 1. */
  readonly connectors: readonly Connector[];
  /** Local list, cache or CSMS, as the settings say. Never rejects. */
  authorize(idToken: IdToken, evseId?: number): Promise<TokenInfo>;
  /** Acts after the running handler's answer is written. */
  later(task: () => void | Promise<void>): void;
  /** Ends transactions, lets the queue drain, restarts the device and boots. */
  reset(kind: ResetKind, reason: BootReason): void;
  /** Sends a BootNotification now, because the CSMS asked for it. */
  bootAgain(): void;
  /** Charging limits may have changed. */
  profilesChanged(): void;
  readonly firmwareUpdate: FirmwareUpdate;
  readonly logUpload: LogUpload;
  readonly network: Network;
  readonly certificates: Certificates;
  readonly signing: CertificateSigning;
  /** What may be offered to a CSMS, best first. */
  readonly versions: readonly StationVersion[];
  /** Of SecurityCtrlr, before anybody sets it. */
  readonly initialSecurityProfile: number;
  /** Disconnects and dials again, once the running handler's answer is out. */
  reconnect(reason: string): void;
  /** The next connection will use another certificate. */
  ownCertificateChanged(): void;
}
