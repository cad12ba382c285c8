import type { Measurand21 } from './measurands.ts';

/** What else the meters of a charger can do. All of it is optional. */
export interface MeteringHost {
  /** The public key of a meter that signs, as the CSMS may ask for it beforehand; at most 2,500 characters. */
  meterPublicKey?(evseId: number): string | undefined;
  /** The meter of the whole station, EVSE 0. */
  gridMeter?(): MeterReading;
}

export interface MeterReading {
  /** Import register since the meter was made. */
  energyWh: number;
  powerW: number;
  /** L1, L2, L3; one entry on a single phase. */
  currentsA: readonly number[];
  /** L1-N, L2-N, L3-N. */
  voltagesV: readonly number[];
  frequencyHz?: number;
  /** State of charge of the vehicle, where it tells. */
  soc?: number;
  /** Per phase, what the vehicle is offered. */
  offeredA?: number;
  /** Import registers of L1, L2, L3. */
  energiesWh?: readonly number[];
  /** Export register. */
  exportWh?: number;
  reactiveImportVarh?: number;
  reactiveExportVarh?: number;
  apparentImportVah?: number;
  apparentExportVah?: number;
  /** Imported on L1, L2, L3. */
  powersW?: readonly number[];
  /** What flows back from the vehicle. */
  exportW?: number;
  reactiveImportVar?: number;
  reactiveExportVar?: number;
  /** -1 to 1. */
  powerFactor?: number;
  /** L1, L2, L3, back from the vehicle. */
  exportCurrentsA?: readonly number[];
  /** Default: what `offeredA` makes. */
  offeredW?: number;
  temperatureC?: number;
  /** Of a fan. */
  rpm?: number;
  /** Measurands of OCPP 2.1 that have no field here, in their base units. */
  others?: Partial<Record<Measurand21, number>>;
  /** The meter's own signature of this reading. */
  signed?: SignedReading;
}

/** A reading as the meter has signed it, such as OCMF. */
export interface SignedReading {
  /** Base64, at most 2,500 characters. */
  data: string;
  /** At most 50 characters. */
  signingMethod: string;
  /** At most 50 characters. */
  encodingMethod: string;
  /** Base64, at most 2,500 characters; empty when it is known. */
  publicKey: string;
}
