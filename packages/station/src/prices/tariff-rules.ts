import { OcppError, validate, type v21 } from '@busbar/ocpp';
import type { DeviceModel } from '../device-model/device-model.ts';

/** Why a tariff cannot be calculated with. */
export type TariffFault = 'TooManyElements' | 'ConditionNotSupported';

/** Undefined when it can be. OCPP 2.1 I07. */
export function tariffFault(variables: DeviceModel, tariff: v21.TariffType): TariffFault | undefined {
  const { energy, chargingTime, idleTime, fixedFee, reservationTime, reservationFixed } = tariff;
  const parts = [energy, chargingTime, idleTime, fixedFee, reservationTime, reservationFixed];
  const most = variables.number('TariffCostCtrlr.MaxElements[Tariff]');
  if (parts.some((part) => (part?.prices.length ?? 0) > most)) return 'TooManyElements';
  const hasConditions = variables.isOn('TariffCostCtrlr.ConditionsSupported[Tariff]');
  const isHard = ({ conditions }: { conditions?: object | undefined }) =>
    conditions && (!hasConditions || 'paymentBrand' in conditions || 'paymentRecognition' in conditions);
  return parts.some((part) => part?.prices.some(isHard)) ? 'ConditionNotSupported' : undefined;
}

/** Stored ones are checked as those that come from the CSMS. */
export function isTariff(tariff: unknown): tariff is v21.TariffType {
  const request = { evseId: 0, tariff };
  return !(validate('2.1', { action: 'SetDefaultTariff', side: 'request' }, request) instanceof OcppError);
}

/** What a driver is charged by: a tariff of one's own, or what the CSMS calculates. OCPP 2.1 I08. */
export type DriverTariff = v21.TariffType | 'CentralCost';
