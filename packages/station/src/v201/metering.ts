import type { v201, v21 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import { isMeasurand201, isMeasurand2x } from '../metering/measurands.ts';
import { measurandsOf, valuesOf } from '../metering/metering.ts';
import type { TakenValues } from '../delivery/records.ts';
import { rounded, type ReadingContext, type Sample, type TimedReading } from '../metering/samples.ts';
import type { Cause } from '../wire.ts';
import type { Station201 } from './station201.ts';

/** Values outside of transactions, and those that the CSMS asks for, are told once. EVSE 0 is the station's own meter. */
export function measured(station: Station201, evse: Evse | undefined, timed: TimedReading, cause: Cause = 'own'): void {
  const { core, wire } = station;
  const taken = valuesOf(core, timed, { names: core.variables.list(measurandsOf(timed)) });
  if (!taken) return;
  const evseId = evse?.id ?? 0;
  if (core.version === '2.1') {
    const meterValue = toMeterValues21([taken], evseId);
    if (meterValue.length > 0) wire.tell21('MeterValues', { evseId, meterValue }, cause);
    return;
  }
  const meterValue = toMeterValues([taken], evseId);
  if (meterValue.length > 0) wire.tell('MeterValues', { evseId, meterValue }, cause);
}

/** In the words of OCPP 2.0.1. What it has no words for is left out. */
export function toMeterValues(values: readonly TakenValues[], evseId: number): v201.MeterValueType[] {
  return values.flatMap(({ at, context, samples }) => {
    const sampledValue = samples.flatMap((sample) => {
      const { measurand, signed } = sample;
      if (!isMeasurand201(measurand)) return [];
      const value = { measurand, ...toSampledValue(sample, { context, evseId }) };
      return [signed ? { ...value, signedMeterValue: toSignedMeterValue(signed) } : value];
    });
    return sampledValue.length > 0 ? [{ timestamp: at, sampledValue }] : [];
  });
}

/** In the words of OCPP 2.1, which has more measurands. */
export function toMeterValues21(values: readonly TakenValues[], evseId: number): v21.MeterValueType[] {
  return values.flatMap(({ at, context, samples }) => {
    const sampledValue = samples.flatMap((sample) => {
      const { measurand, signed } = sample;
      if (!isMeasurand2x(measurand)) return [];
      const value = { measurand, ...toSampledValue(sample, { context, evseId }) };
      return [signed ? { ...value, signedMeterValue: toSignedMeterValue(signed) } : value];
    });
    return sampledValue.length > 0 ? [{ timestamp: at, sampledValue }] : [];
  });
}

function toSampledValue(
  { measurand, value, unit, phase }: Sample,
  { context, evseId }: { context: ReadingContext; evseId: number },
): Omit<v201.SampledValueType, 'measurand'> {
  return {
    value: rounded(value, 2),
    context,
    phase,
    location: locationOf(measurand, evseId),
    unitOfMeasure: unit === '' ? undefined : { unit },
  };
}

function locationOf(measurand: string, evseId: number): v201.LocationEnumType {
  if (measurand === 'SoC' || measurand.startsWith('Display.') || measurand.startsWith('EnergyRequest.')) return 'EV';
  return evseId === 0 ? 'Inlet' : 'Outlet';
}

function toSignedMeterValue({ data, signingMethod, encodingMethod, publicKey }: NonNullable<Sample['signed']>) {
  return { signedMeterData: data, signingMethod, encodingMethod, publicKey };
}
