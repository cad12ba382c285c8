import type { Fault, FaultCode, StationError } from '../station-host.ts';
import type { EverestErrorReport } from './module-errors.ts';
import { isRecord } from './schema.ts';

/** Only an error of this kind keeps an EVSE from charging: EVerest raises it for those that do. */
export const isInoperative = ({ type }: EverestErrorReport) => type === 'evse_manager/Inoperative';

/** Why an EVSE is inoperative, in the words that EVerest's own OCPP module has for it. */
export const toFault = ({ type, sub_type, message, description, vendor_id }: EverestErrorReport): Fault => ({
  code: 'OtherError',
  info: message ? `caused_by:${message}` : type,
  ...(message && { description: message }),
  ...((description || sub_type) && { vendorErrorCode: description || sub_type }),
  ...(vendor_id && { vendorId: vendor_id }),
});

/** An error that EVerest lives with, as EVerest's own OCPP module tells it. */
export function toStationError(error: EverestErrorReport): StationError {
  const { type, message, description } = error;
  const [, number] = /\/MREC(\d+)/.exec(type) ?? [];
  const common = { id: errorIdOf(error), ...((message || description) && { description: message || description }) };
  if (number !== undefined) {
    const code = mrecCodes[number] ?? 'OtherError';
    const vendorErrorCode = `CX${number.padStart(3, '0')}`;
    return { ...common, code, vendorId: mrecVendorId, vendorErrorCode, ...(message && { info: message }) };
  }
  const { moduleId, implementationId } = errorOriginOf(error);
  return {
    ...common,
    code: type === 'powermeter/CommunicationFault' ? 'PowerMeterFailure' : 'OtherError',
    info: `${moduleId}->${implementationId}`,
    ...(message && { vendorId: message }),
    vendorErrorCode: [type.slice(type.indexOf('/') + 1), error.sub_type].filter(Boolean).join('/'),
  };
}

/** EVerest has one error of a type and sub-type at a time in each implementation. */
export function errorIdOf(error: EverestErrorReport): string {
  const { moduleId, implementationId } = errorOriginOf(error);
  return [moduleId, implementationId, error.type, error.sub_type ?? ''].join(' ');
}

/** Where an error comes from; the EVSE where EVerest's configuration has mapped that to one. */
export function errorOriginOf({ origin }: EverestErrorReport): {
  moduleId: string;
  implementationId: string;
  evseId: number | undefined;
} {
  const { module_id = '', implementation_id = '', mapping }: Record<string, unknown> = isRecord(origin) ? origin : {};
  const evse = isRecord(mapping) ? mapping['evse'] : undefined;
  const evseId = typeof evse === 'number' ? evse : undefined;
  return { moduleId: String(module_id), implementationId: String(implementation_id), evseId };
}

/** The minimum required error codes of the ChargeX consortium, which types of EVerest bear the numbers of. */
const mrecVendorId = 'https://chargex.inl.gov';

const mrecCodes: Readonly<Record<string, FaultCode>> = {
  1: 'ConnectorLockFailure',
  2: 'GroundFailure',
  3: 'HighTemperature',
  4: 'OverCurrentFailure',
  5: 'OverVoltage',
  6: 'UnderVoltage',
};
