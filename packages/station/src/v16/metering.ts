import type { v16 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import type { TakenValues } from '../records.ts';
import { rounded, samplesOf, type Sample, type TimedReading } from '../samples.ts';
import type { Cause } from '../wire.ts';
import { numberOf } from './connectors.ts';
import type { Station16 } from './station16.ts';

/** Values outside of transactions, and those that the CSMS asks for, are told once. */
export function measured(station: Station16, evse: Evse, timed: TimedReading, cause: Cause = 'own'): void {
  const { variables } = station.core;
  const { at, context, reading } = timed;
  const names = context === 'Sample.Clock' ? 'AlignedDataCtrlr.Measurands' : 'SampledDataCtrlr.TxUpdatedMeasurands';
  const samples = samplesOf(reading, variables.list(names));
  if (samples.length === 0) return;
  const connectorId = numberOf(station.core, { evseId: evse.id, connectorId: evse.connector?.id ?? 1 });
  const meterValue = [toMeterValue({ at: at.toISOString(), context, samples })];
  station.wire.tell('MeterValues', { connectorId, transactionId: evse.transaction?.csmsId, meterValue }, cause);
}

/** In the words of OCPP 1.6. */
export function toMeterValue({ at, context, samples }: TakenValues): v16.MeterValue {
  return { timestamp: at, sampledValue: samples.map((sample) => toSampledValue(sample, context)) };
}

function toSampledValue(
  { measurand, value, unit, phase }: Sample,
  context: v16.SampledValue['context'],
): v16.SampledValue {
  return {
    value: String(rounded(value, measurand === 'Energy.Active.Import.Register' ? 0 : 2)),
    context,
    measurand,
    phase,
    location: measurand === 'SoC' ? 'EV' : 'Outlet',
    unit: unit === 'Hz' ? undefined : unit,
  };
}
