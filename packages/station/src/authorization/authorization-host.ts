import type { Customer } from './customer-information.ts';

/** What a charger knows, and wants to know, of who may charge. All of it is optional. */
export interface AuthorizationHost {
  /** How long a plug is awaited after a token, s: at the start, and when it changes. */
  setConnectionTimeout?(seconds: number): void;
  /** Tokens of this group may stop everything and start nothing; empty for none. At the start, and when it changes. */
  setMasterPassGroup?(groupId: string): void;
  /** What the host calls what goes on at an EVSE from plugging in to unplugging. Default: the transaction's own id. */
  sessionIdOf?(evseId: number): string | undefined;
  /** What the host knows of a customer; undefined when nothing. */
  customerInformation?(who: Customer): string | undefined;
  /** Forgets what it knows of a customer. */
  forgetCustomer?(who: Customer): void;
}

export interface IdToken {
  /** Up to 20 characters in OCPP 1.6, 36 in 2.0.1, 255 in 2.1; compared without regard to case. */
  idToken: string;
  type: IdTokenType;
}

/** OCPP 2.0.1 IdTokenEnumType, and what 2.1 adds. */
export type IdTokenType =
  | 'Central'
  | 'DirectPayment'
  | 'eMAID'
  | 'EVCCID'
  | 'ISO14443'
  | 'ISO15693'
  | 'KeyCode'
  | 'Local'
  | 'MacAddress'
  | 'NoAuthorization'
  | 'VIN';
