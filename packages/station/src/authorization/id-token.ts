import type { OcppVersion, v201 } from '@busbar/ocpp';
import type { IdToken, IdTokenType } from '../station-host.ts';
import type { Fields } from '../store/json-fields.ts';

const types: readonly IdTokenType[] = [
  'Central',
  'DirectPayment',
  'eMAID',
  'EVCCID',
  'ISO14443',
  'ISO15693',
  'KeyCode',
  'Local',
  'MacAddress',
  'NoAuthorization',
  'VIN',
];

/** Longer ones cannot be told: cut, they would be somebody else's. */
export const longestIdToken: Record<OcppVersion, number> = { '1.6': 20, '2.0.1': 36, '2.1': 255 };

/** A kind of token that nobody knows here is one that only the CSMS can judge. */
export function toIdTokenType(type: string): IdTokenType {
  return types.find((known) => known === type) ?? 'Central';
}

export function toIdToken({ idToken, type }: { idToken: string; type: string }): IdToken {
  return { idToken, type: toIdTokenType(type) };
}

/** A token that was stored. */
export function storedToken(fields: Fields | undefined): IdToken | undefined {
  const [idToken, type] = [fields?.text('idToken'), fields?.text('type')];
  return idToken === undefined || type === undefined ? undefined : toIdToken({ idToken, type });
}

/** OCPP 2.0.1 knows fewer kinds of tokens. */
export const types201: Record<IdTokenType, v201.IdTokenEnumType> = {
  Central: 'Central',
  DirectPayment: 'Central',
  eMAID: 'eMAID',
  EVCCID: 'MacAddress',
  ISO14443: 'ISO14443',
  ISO15693: 'ISO15693',
  KeyCode: 'KeyCode',
  Local: 'Local',
  MacAddress: 'MacAddress',
  NoAuthorization: 'NoAuthorization',
  VIN: 'Central',
};
