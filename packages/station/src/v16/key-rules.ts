import type { DeviceModel } from '../device-model/device-model.ts';

const rotations = 'NotApplicable|Notapplicable|Unknown|RST|RTS|SRT|STR|TRS|TSR';
const rotation = new RegExp(`^(?:${rotations}|\\d+\\.(?:${rotations})(?:, ?\\d+\\.(?:${rotations}))*)$`);

/** `1.RST,2.RTS`, or one word for the whole station. */
export function isPhaseRotation(value: string): boolean {
  return rotation.test(value);
}

/** A list of EVSE ids by ISO 15118, as `DE*PNX*E100001`: 7 to 37 characters each. */
export function areEvseIds(value: string): boolean {
  return value.split(',').every((id) => /^[A-Z\d*+]{7,37}$/i.test(id.trim()));
}

/** 16 to 40 bytes, as text or as hexadecimal digits. OCPP 1.6 security whitepaper A00.FR.205. */
export function isAuthorizationKey(value: string): boolean {
  const { length } = authorizationKeyBytes(value);
  return length >= 16 && length <= 40;
}

/** The bytes that a station of OCPP 1.6 sends as password: an even number of at least 32 hexadecimal digits stands for bytes. */
export function authorizationKeyBytes(value: string): Buffer {
  const isHex = /^(?:[\da-f]{2}){16,40}$/i.test(value);
  return Buffer.from(value, isHex ? 'hex' : 'utf8');
}

/** OCPP 1.6 security whitepaper A05: only upward, and only when there is what the profile needs. */
export function isSecurityProfile(value: string, model: DeviceModel): boolean {
  const profile = Number(value);
  if (profile < model.number('SecurityCtrlr.SecurityProfile')) return false;
  const { hasPassword, hasCsmsRoot, hasClientCertificate } = model.security;
  const needs = [[], [hasPassword], [hasPassword, hasCsmsRoot], [hasCsmsRoot, hasClientCertificate]][profile];
  return needs?.every((isThere) => isThere()) ?? false;
}

/** `+02:00`, `-05:30` or `Z`. */
export function isTimeOffset(value: string): boolean {
  return /^(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/.test(value);
}

export function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
