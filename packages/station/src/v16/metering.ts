import type { v16 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import { rounded, samplesOf, type Sample, type TimedReading } from '../samples.ts';
import type { Station16 } from './station16.ts';

/** Values of a transaction wait in the queue until the CSMS has them; others are told once. */
export function measured(
  station: Station16,
  evse: Evse,
  timed: TimedReading,
  cause: 'own' | 'triggered' = 'own',
): void {
  const { variables, delivery } = station.core;
  const names =
    timed.context === 'Sample.Clock'
      ? variables.list('AlignedDataCtrlr.Measurands')
      : variables.list('SampledDataCtrlr.TxUpdatedMeasurands');
  const meterValue = toMeterValue(timed, names);
  if (!meterValue) return;
  const { transaction } = evse;
  const payload = { connectorId: evse.id, meterValue: [meterValue] };
  if (!transaction) return station.wire.tell('MeterValues', payload, cause);
  const { localId } = transaction;
  const ofTransaction = { ...payload, transactionId: Number(transaction.id) };
  if (cause === 'own') return delivery.add({ action: 'MeterValues', payload: ofTransaction, localId });
  station.wire.tell('MeterValues', localId === undefined ? ofTransaction : payload, cause);
}

/** A reading in the words of OCPP 1.6; undefined when none of `measurands` has a value. */
export function toMeterValue(
  { at, context, reading }: TimedReading,
  measurands: readonly string[],
): v16.MeterValue | undefined {
  const sampledValue = samplesOf(reading, measurands).map((sample) => toSampledValue(sample, context));
  return sampledValue.length > 0 ? { timestamp: at.toISOString(), sampledValue } : undefined;
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
