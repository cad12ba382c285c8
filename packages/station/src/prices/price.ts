import type { EvseStatus } from '../evse.ts';
import type { IdToken } from '../station-host.ts';

/** A text for the driver. */
export interface Message {
  content: string;
  /** As in OCPP 2.1 MessageFormatEnumType. Default UTF8. */
  format?: string | undefined;
  /** RFC 5646, such as `nl` or `en-US`. */
  language?: string | undefined;
}

/** What the driver is to see of prices. */
export interface PriceNotice {
  /** Default: of the station, for everybody. User: of whoever is authorised. Running, Final: what a transaction costs. */
  kind: 'Default' | 'User' | 'Running' | 'Final';
  evseId?: number | undefined;
  transactionId?: string | undefined;
  idToken?: IdToken | undefined;
  messages: readonly Message[];
  /** In the currency of the tariff. */
  cost?: number | undefined;
  /** ISO 4217. */
  currency?: string | undefined;
  /** How many are to be shown. */
  decimals: number;
  details?: RunningCost | undefined;
  /** For a QR code, such as of an invoice. */
  qrCode?: string | undefined;
}

/** What a transaction costs so far, and from now on: OCA's California pricing requirements. */
export interface RunningCost {
  cost: number;
  at?: Date | undefined;
  /** Of the register. */
  meterWh?: number | undefined;
  state?: string | undefined;
  chargingPrice?: ChargingPrice | undefined;
  idlePrice?: IdlePrice | undefined;
  nextPeriod?: { at: Date | undefined; chargingPrice?: ChargingPrice | undefined; idlePrice?: IdlePrice | undefined };
  trigger?: CostTrigger | undefined;
}

export interface ChargingPrice {
  kWhPrice?: number | undefined;
  hourPrice?: number | undefined;
  flatFee?: number | undefined;
}

export interface IdlePrice {
  graceMinutes?: number | undefined;
  hourPrice?: number | undefined;
}

/** When the CSMS wants meter values, to calculate anew. */
export interface CostTrigger {
  at?: Date | undefined;
  /** Of the register. */
  energyWh?: number | undefined;
  /** Each time that the power crosses it. */
  powerW?: number | undefined;
  /** OCPP 1.6. */
  statuses: readonly EvseStatus[];
}
