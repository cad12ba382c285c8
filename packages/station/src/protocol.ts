import type { MessageRecord } from '@busbar/ocpp';
import type { LeafKind } from './security/certificate-store.ts';
import type { ContractProof } from './authorization/contract.ts';
import type { Evse, Reservation } from './evse.ts';
import type { Iso15118 } from './security/iso15118.ts';
import type { Payments } from './prices/payments.ts';
import type { Consequences } from './delivery/delivery.ts';
import type { QueuedRecord } from './delivery/records.ts';
import type { TimedReading } from './metering/samples.ts';
import type { SmartChargingNotices } from './smart-charging/smart-charging-notices.ts';
import type { Fault, FirmwareStatus, IdToken, LogStatus, StationError, VendorMessage } from './station-host.ts';
import type { TokenInfo } from './authorization/tokens.ts';

export type { PendingProfile } from './smart-charging/charging-profile.ts';

/** OCPP 2.0.1 BootReasonEnumType; 1.6 does not tell it. */
export type BootReason =
  | 'ApplicationReset'
  | 'FirmwareUpdate'
  | 'LocalReset'
  | 'PowerUp'
  | 'RemoteReset'
  | 'ScheduledReset'
  | 'Triggered'
  | 'Unknown'
  | 'Watchdog';

export type Registration = 'Accepted' | 'Pending' | 'Rejected';

export interface BootAnswer {
  status: Registration;
  intervalS: number;
  currentTime: string;
  /** OCPP 2.x, where the CSMS gives a reason. */
  statusInfo?: { reasonCode: string; additionalInfo?: string | undefined } | undefined;
}

/** A certificate that the CSMS is to sign. */
export interface SigningRequest {
  kind: LeafKind;
  /** PEM, PKCS#10. */
  csr: string;
  /** OCPP 2.1. */
  requestId: number;
}

/** The socket's side of a version. */
export interface Receiver {
  receiveBytes(bytes: Uint8Array): void;
  receiveBinary(byteLength: number): void;
  close(reason: string): void;
  /** Sends a request as it is. Rejects as `Peer.call`. */
  callRaw?(action: string, payload: unknown): Promise<unknown>;
}

/** What a version of OCPP does for a station. Each says one thing to the CSMS; none rejects unless it says so. */
export interface Protocol {
  readonly subprotocol: string;
  /** What it can tell of smart charging. */
  readonly smartCharging?: SmartChargingNotices;
  /** OCPP 1.6: the CSMS's number of a transaction, until its end is delivered. */
  csmsIdOf?(transactionId: string): number | undefined;
  /** The station starts: what runs without a connection begins. */
  start?(): void;
  /** Ends it. */
  stop?(): void;
  /** A connection is open. */
  open(connection: {
    transmit(text: string): void;
    onMessage?: (record: MessageRecord) => void;
    /** The CSMS sends more requests than are answered. */
    onFlood?: () => void;
    /** What came in is no frame of OCPP. */
    onInvalid?: (description: string) => void;
    /** The CSMS did not answer in time. */
    onTimeout?: () => void;
  }): Receiver;
  /** The connection is gone. */
  closed(): void;
  /** Rejects as `Peer.call`. */
  boot(reason: BootReason): Promise<BootAnswer>;
  /** The CSMS's time. Rejects as `Peer.call`. */
  heartbeat(): Promise<string>;
  /** Rejects as `Peer.call`. */
  authorize(idToken: IdToken): Promise<TokenInfo>;
  /** As `authorize`, with what proves a contract. Undefined when the CSMS says nothing that can be read. */
  authorizeContract(idToken: IdToken, proof: ContractProof): Promise<TokenInfo | undefined>;
  /** Resolves when all that was told is answered, or lost. */
  idle(): Promise<void>;
  readonly payments: Payments;
  /** Rejects as `Peer.call`. */
  dataTransfer(message: VendorMessage): Promise<{ status: string; data?: unknown }>;
  /** Tells the status of every connector that the CSMS does not know, or of all. */
  reportStatus(which: 'changed' | 'all'): void;
  /** Regular, aligned or triggered meter values of an EVSE without a transaction; without an EVSE, of the station's own meter. */
  measured(evse: Evse | undefined, reading: TimedReading): void;
  /** Whether this version has a word for it. */
  canTell(record: QueuedRecord): boolean;
  /** Sends one message of the queue; resolves with what its answer asks for. Rejects as `Peer.call`. */
  deliver(record: QueuedRecord): Promise<Consequences>;
  /** A fault, or an error that keeps nobody from charging; without an EVSE, of the station. */
  faultChanged(evse: Evse | undefined, fault: Fault | StationError, how: 'Raised' | 'Cleared'): void;
  reservationEnded(reservation: Reservation, how: 'Expired' | 'Removed'): void;
  /** The CSMS has said of a token what its local list denies. */
  listConflicted(): void;
  firmwareStatus(status: FirmwareStatus, requestId: number | undefined): void;
  logStatus(status: LogStatus, requestId: number | undefined): void;
  /** Whether the CSMS will see to it. Rejects as `Peer.call`. */
  signCertificate(request: SigningRequest): Promise<'Accepted' | 'Rejected'>;
  readonly iso15118: Iso15118;
}
