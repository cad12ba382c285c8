import type { v16 } from '@busbar/ocpp';
import type { Measurement } from '../../../domain/measurement.ts';
import type { MeterValuesReport } from '../../../domain/reports.ts';
import { toDate, type Session } from '../session.ts';
import { toMeasurement } from '../units.ts';

export const metering = (session: Session) => ({
  async MeterValues(request: v16.MeterValuesRequest): Promise<v16.MeterValuesResponse> {
    const { connectorId, transactionId } = request;
    const measurements = toMeasurements(connectorId, request.meterValue, session);
    const report: MeterValuesReport = { type: 'MeterValues', evseId: connectorId, measurements };
    if (isAllotted(transactionId)) report.transactionId = String(transactionId);
    await session.report(report);
    return {};
  },
});

/** Measurand under which signed data is kept that has no plain reading beside it; its value says nothing. */
export const signedDataOnly = 'SignedData';

/** The gateway allots numbers from 1: stations write 0 or less for "none" and for transactions started offline. */
export function isAllotted(transactionId: number | undefined): boolean {
  return transactionId !== undefined && transactionId > 0;
}

/** Connector n of a 1.6 station is EVSE n; connector 0 is the station itself. */
export function toMeasurements(
  evseId: number,
  values: readonly v16.MeterValue[],
  { now, note }: Pick<Session, 'now' | 'note'>,
): Measurement[] {
  const measurements: Measurement[] = [];
  for (const { timestamp, sampledValue } of values) {
    const taken = { evseId, takenAt: toDate(timestamp) ?? now() };
    const first = measurements.length;
    for (const sample of sampledValue) {
      if (sample.format === 'SignedData') continue;
      const value = toNumber(sample.value);
      const measurement =
        value === undefined
          ? `${sample.measurand ?? 'value'} dropped: '${sample.value.slice(0, 40)}' is not a number`
          : toMeasurement(sample, value, taken);
      if (typeof measurement === 'string') note(measurement);
      else measurements.push(measurement);
    }
    for (const sample of sampledValue)
      if (sample.format === 'SignedData') keepSigned(sample, taken, { measurements, first });
  }
  return measurements;
}

/** Puts signed data to the plain reading of the same quantity in the same message, or keeps it by itself. */
function keepSigned(
  sample: v16.SampledValue,
  taken: { evseId: number; takenAt: Date },
  { measurements, first }: { measurements: Measurement[]; first: number },
): void {
  const measurand = sample.measurand ?? 'Energy.Active.Import.Register';
  const plain = measurements.findIndex(
    (measurement, index) =>
      index >= first &&
      measurement.measurand === measurand &&
      measurement.phase === sample.phase &&
      (sample.context === undefined || measurement.context === sample.context) &&
      measurement.signedData === undefined,
  );
  const beside = measurements[plain];
  if (beside !== undefined) measurements[plain] = { ...beside, signedData: sample.value };
  else {
    const context = sample.context === undefined ? {} : { context: sample.context };
    measurements.push({ ...taken, measurand: signedDataOnly, value: 0, ...context, signedData: sample.value });
  }
}

/** A decimal comma is read as a point. */
export function toNumber(text: string): number | undefined {
  const plain = isPlain(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(plain)) return plain;
  const trimmed = text.trim();
  if (!/^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(trimmed)) return undefined;
  const number = Number(trimmed.replace(',', '.'));
  return Number.isFinite(number) ? number : undefined;
}

/** What every meter writes: a digit first, and no prefix of another base. */
function isPlain(text: string): boolean {
  const first = text.charCodeAt(0);
  return first >= 48 && first <= 57 && (first !== 48 || !(text.charCodeAt(1) > 57));
}
