import type { IdToken, IdTokenType } from './station-host.ts';

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

/** A kind of token that nobody knows here is one that only the CSMS can judge. */
export function toIdTokenType(type: string): IdTokenType {
  return types.find((known) => known === type) ?? 'Central';
}

export function toIdToken({ idToken, type }: { idToken: string; type: string }): IdToken {
  return { idToken, type: toIdTokenType(type) };
}
