import type { v201 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import { rounded, samplesOf, type TimedReading } from '../samples.ts';
import type { Handlers201, Station201 } from './station201.ts';
import { transactionUpdated } from './transactions.ts';

/** Values of a transaction are TransactionEvents; MeterValues are of an EVSE without one, or asked for. */
export function measured(
  station: Station201,
  evse: Evse,
  timed: TimedReading,
  cause: 'own' | 'triggered' = 'own',
): void {
  const { variables } = station.core;
  if (evse.transaction && cause === 'own') {
    const trigger = timed.context === 'Sample.Clock' ? 'MeterValueClock' : 'MeterValuePeriodic';
    return transactionUpdated(station, evse.transaction, { trigger, reading: timed });
  }
  const names =
    timed.context === 'Sample.Clock' ? 'AlignedDataCtrlr.Measurands' : 'SampledDataCtrlr.TxUpdatedMeasurands';
  const meterValue = toMeterValues(timed, variables.list(names));
  if (meterValue) station.wire.tell('MeterValues', { evseId: evse.id, meterValue }, cause);
}

/** A reading in the words of OCPP 2.0.1; undefined when none of `measurands` has a value. */
export function toMeterValues(
  { at, context, reading }: TimedReading,
  measurands: readonly string[],
): v201.MeterValueType[] | undefined {
  const sampledValue = samplesOf(reading, measurands).map(
    ({ measurand, value, unit, phase }): v201.SampledValueType => ({
      value: rounded(value, 2),
      context,
      measurand,
      phase,
      location: measurand === 'SoC' ? 'EV' : 'Outlet',
      unitOfMeasure: { unit },
    }),
  );
  return sampledValue.length > 0 ? [{ timestamp: at.toISOString(), sampledValue }] : undefined;
}
