import type { v201 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import type { TakenValues } from '../records.ts';
import { rounded, samplesOf, type ReadingContext, type Sample, type TimedReading } from '../samples.ts';
import type { Cause } from '../wire.ts';
import type { Station201 } from './station201.ts';

/** Values outside of transactions, and those that the CSMS asks for, are told once. */
export function measured(station: Station201, evse: Evse, timed: TimedReading, cause: Cause = 'own'): void {
  const { variables } = station.core;
  const { at, context, reading } = timed;
  const names = context === 'Sample.Clock' ? 'AlignedDataCtrlr.Measurands' : 'SampledDataCtrlr.TxUpdatedMeasurands';
  const samples = samplesOf(reading, variables.list(names));
  if (samples.length === 0) return;
  const meterValue = [toMeterValue({ at: at.toISOString(), context, samples })];
  station.wire.tell('MeterValues', { evseId: evse.id, meterValue }, cause);
}

/** In the words of OCPP 2.0.1. */
export function toMeterValue({ at, context, samples }: TakenValues): v201.MeterValueType {
  return { timestamp: at, sampledValue: samples.map((sample) => toSampledValue(sample, context)) };
}

function toSampledValue(
  { measurand, value, unit, phase, signed }: Sample,
  context: ReadingContext,
): v201.SampledValueType {
  return {
    value: rounded(value, 2),
    context,
    measurand,
    phase,
    location: measurand === 'SoC' ? 'EV' : 'Outlet',
    unitOfMeasure: { unit },
    signedMeterValue: signed && {
      signedMeterData: signed.data,
      signingMethod: signed.signingMethod,
      encodingMethod: signed.encodingMethod,
      publicKey: signed.publicKey,
    },
  };
}
