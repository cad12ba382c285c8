import type { v201, v21 } from '@busbar/ocpp';
import type { Measurement } from '../../../domain/measurement.ts';
import { toDate, type Session } from '../session.ts';
import { toMeasurement } from '../units.ts';

export const metering = (session: Session) => ({
  async MeterValues(request: v21.MeterValuesRequest): Promise<v201.MeterValuesResponse> {
    const measurements = toMeasurements(request.evseId, request.meterValue, session);
    await session.report({ type: 'MeterValues', evseId: request.evseId, measurements });
    return {};
  },
});

export function toMeasurements(
  evseId: number,
  values: readonly v21.MeterValueType[],
  { now, note }: Pick<Session, 'now' | 'note'>,
): Measurement[] {
  const measurements: Measurement[] = [];
  for (const { timestamp, sampledValue } of values) {
    const taken = { evseId, takenAt: toDate(timestamp) ?? now() };
    for (const sample of sampledValue) {
      const { unit, multiplier } = sample.unitOfMeasure ?? {};
      const { measurand, phase, location, context } = sample;
      const measurement = toMeasurement({ measurand, unit, multiplier, phase, location, context }, sample.value, taken);
      if (typeof measurement === 'string') note(measurement);
      else measurements.push(withSignature(measurement, sample.signedMeterValue));
    }
  }
  return measurements;
}

/** All of the signature is kept, as JSON: the data alone cannot be verified. */
function withSignature(measurement: Measurement, signed: v21.SignedMeterValueType | undefined): Measurement {
  return signed === undefined ? measurement : { ...measurement, signedData: JSON.stringify(signed) };
}
