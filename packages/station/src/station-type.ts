import type { EventEmitter } from 'node:events';
import type { AvailabilityChange } from './availability/availability.ts';
import type { LeafKind } from './security/certificate-store.ts';
import type { StationEvents } from './events.ts';
import type { EvseStatus } from './evse.ts';
import type { HostWriteResult } from './device-model/host-variables.ts';
import type { Iso15118 } from './security/iso15118.ts';
import type { StationVersion } from './options.ts';
import type { Payments } from './prices/payments.ts';
import type { BootReason, Registration as RegistrationStatus } from './protocol.ts';
import type { SecurityEvent } from './security/security-events.ts';
import type { StationInside } from './station-inside.ts';
import type { IdToken, Place, VendorMessage } from './station-host.ts';
import type { TokenInfo } from './authorization/tokens.ts';
import type { Transaction } from './transactions/transaction.ts';
import type { TransactionLimit } from './transactions/transaction-limits.ts';
import type { VendorReply } from './messages/vendor-messages.ts';

/** A charging station: what those who run it see. */
export interface Station {
  readonly id: string;
  /** Spoken now, or last; before the first connection, the best that is offered. */
  readonly version: StationVersion;
  readonly events: EventEmitter<StationEvents>;
  readonly isConnected: boolean;
  /** What the CSMS said to the last BootNotification. */
  readonly registration: RegistrationStatus | undefined;
  /** Messages that must reach the CSMS and that it has not answered yet. */
  readonly queuedMessages: number;
  /** For those who offer the station to others. */
  readonly inside: StationInside;
  /**
   * Connects, and keeps connecting. The first time, it takes up what an earlier run has left in the store. `reason` goes into
   * the BootNotification; default: as the host or the last restart says.
   */
  start(reason?: BootReason): void;
  /** Disconnects. Resolves when no callback can fire any more; the host and the store have their own ends. */
  stop(): Promise<void>;
  /** Drops the connection as a power cut of the network does; the station connects again by itself. */
  drop(): void;
  statusOf(evseId: number): EvseStatus | undefined;
  transactionOn(evseId: number): Transaction | undefined;
  /** Whether a token may charge here, by the local list, the cache or the CSMS. Starts nothing. Never rejects. */
  authorize(idToken: IdToken): Promise<TokenInfo>;
  /** Sends a vendor's own message. Never rejects: `Offline` when it cannot be sent, `Rejected` for a wrong answer or none. */
  dataTransfer(message: VendorMessage): Promise<VendorReply>;
  /** What payment terminals and web shops tell the CSMS (OCPP 2.1). */
  readonly payments: Payments;
  /** OCPP 2.1 E16: the driver has set where the transaction of an EVSE is to end. False when none runs. */
  limitTransaction(evseId: number, limit: TransactionLimit): boolean;
  /** Logs a security event, and tells the CSMS when it is critical. */
  securityEvent(event: SecurityEvent): void;
  /** What the vehicle's side needs of the CSMS. */
  readonly iso15118: Iso15118;
  /** Has a new certificate signed by the CSMS; false when one is being signed already. */
  requestCertificate(kind: LeafKind): boolean;
  /** Sets a variable by its canonical text as the charger's own software may; answers what became of it. */
  setVariable(name: string, value: string): HostWriteResult['status'];
  /** Takes a place out of use, or back into it, as the CSMS may. In 1.6 an EVSE is named by its connectors only. */
  changeAvailability(place: Place, isOperative: boolean): AvailabilityChange;
}
