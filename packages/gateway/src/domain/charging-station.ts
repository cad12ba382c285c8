import type { IdToken } from './authorization.ts';
import type { Measurement } from './measurement.ts';
import type { ChargingState, Transaction } from './transaction.ts';

/**
 * What may be an identity. Chargers in the field go beyond the characters of OCPP 2.0.1's identifierString, so all that is
 * printable and harms nobody is allowed.
 */
export const identityPattern = '^[!#-;=?-[\\]_a-z|~]([ !#-;=?-[\\]_a-z|~]{0,46}[!#-;=?-[\\]_a-z|~])?$';
export const identityRule =
  'An identity has 1 to 48 printable ASCII characters, but for quotes, < > \\ ^ ` { } and spaces at its ends';

const identity = new RegExp(identityPattern);

export function isIdentity(text: string): boolean {
  return identity.test(text);
}

/** How a station is reached: the WebSocket subprotocol, or the name of a cloud. */
export type Protocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1' | (string & {});

/** `held`: seen but not admitted yet; its boots are answered Pending. `refused`: an operator said no. */
export type Admission = 'held' | 'admitted' | 'refused';

/** OCPP 2.0.1 ConnectorStatusEnumType. */
export type ConnectorStatus = 'Available' | 'Occupied' | 'Reserved' | 'Unavailable' | 'Faulted';

export type AvailabilityStatus = 'Operative' | 'Inoperative';

/** What a station says of itself when it boots. */
export interface StationInfo {
  vendor?: string;
  model?: string;
  serialNumber?: string;
  chargeBoxSerialNumber?: string;
  firmwareVersion?: string;
  iccid?: string;
  imsi?: string;
  meterType?: string;
  meterSerialNumber?: string;
}

export interface Connector {
  connectorId: number;
  status: ConnectorStatus;
  /** The station's own word, where it says more than `status` (1.6 `Finishing`). */
  statusDetail?: string;
  /** Absent or `NoError` when all is well. */
  errorCode?: string;
  info?: string;
  vendorErrorCode?: string;
  /** When the status was taken on; by the gateway's clock when the station's was wrong or silent. */
  since: Date;
}

export interface Evse {
  evseId: number;
  connectors: readonly Connector[];
  availability: AvailabilityStatus;
  chargingState?: ChargingState;
  /** Newest value of each measurand, by `keyOf`. */
  latest: Readonly<Record<string, Measurement>>;
  /** A per phase, as last set through the gateway. */
  currentLimit?: number;
}

export interface Reservation {
  reservationId: number;
  evseId?: number;
  idToken: IdToken;
  expiresAt: Date;
  status: 'Active' | 'Used' | 'Expired' | 'Cancelled' | 'Removed';
  updatedAt: Date;
}

/** All the core knows of one station. Immutable: `evolve` makes a new one and shares what did not change. */
export interface ChargingStation {
  /** OCPP identity: 1 to 48 characters, unique in the gateway. */
  stationId: string;
  admission: Admission;
  protocol?: Protocol;
  online: boolean;
  connectedAt?: Date;
  disconnectedAt?: Date;
  lastSeenAt?: Date;
  /** How its newest boot was answered. */
  registration?: 'Accepted' | 'Pending' | 'Rejected';
  bootedAt?: Date;
  bootReason?: string;
  info: StationInfo;
  availability: AvailabilityStatus;
  /** Error of the station as a whole (1.6 connector 0). */
  errorCode?: string;
  firmwareStatus?: string;
  logStatus?: string;
  /** By `evseId`. EVSE 0, if present, holds the values of the main meter and has no connectors. */
  evses: readonly Evse[];
  /** Open ones, and those that ended last ({@link keptTransactions}); older ones are in the store. */
  transactions: readonly Transaction[];
  /** Those that are still active, and those that ended last. */
  reservations: readonly Reservation[];
  /** Newest integer allotted to a 1.6 transaction. */
  lastTransactionNumber: number;
  /** Free to the operator. */
  label?: string;
  createdAt: Date;
}

/** Ended transactions that stay in memory, so that repeated messages about them are answered without the store. */
export const keptTransactions = 4;

export function newStation(stationId: string, admission: Admission, now: Date): ChargingStation {
  return {
    stationId,
    admission,
    online: false,
    info: {},
    availability: 'Operative',
    evses: [],
    transactions: [],
    reservations: [],
    lastTransactionNumber: 0,
    createdAt: now,
  };
}
