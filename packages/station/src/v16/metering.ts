import type { v16 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import { isMeasurand16 } from '../metering/measurands.ts';
import { measurandsOf, valuesOf } from '../metering/metering.ts';
import type { TakenValues } from '../delivery/records.ts';
import { rounded, type Sample, type TimedReading } from '../metering/samples.ts';
import type { Cause } from '../wire.ts';
import { numberOf } from './connectors.ts';
import type { Station16 } from './station16.ts';

/** Values outside of transactions, and those that the CSMS asks for, are told once. Connector 0 is the station's own meter. */
export function measured(station: Station16, evse: Evse | undefined, timed: TimedReading, cause: Cause = 'own'): void {
  const { core, wire } = station;
  const taken = valuesOf(core, timed, { names: core.variables.list(measurandsOf(timed)) });
  const meterValue = taken ? toMeterValues([taken], evse ? 'Outlet' : 'Inlet') : [];
  if (meterValue.length === 0) return;
  const connectorId = evse ? numberOf(core, { evseId: evse.id, connectorId: evse.connector?.id ?? 1 }) : 0;
  wire.tell('MeterValues', { connectorId, transactionId: evse?.transaction?.csmsId, meterValue }, cause);
}

type Meter = 'Outlet' | 'Inlet';

/** In the words of OCPP 1.6. What it has no words for is left out. */
export function toMeterValues(values: readonly TakenValues[], meter: Meter = 'Outlet'): v16.MeterValue[] {
  return values.flatMap(({ at, context, samples }) => {
    const sampledValue = samples.flatMap((sample) => toSampledValues(sample, { context, meter }));
    return sampledValue.length > 0 ? [{ timestamp: at, sampledValue }] : [];
  });
}

/** A signature is a value of its own, the object of 2.0.1 as text. */
function toSampledValues(
  sample: Sample,
  { context, meter }: { context: v16.SampledValue['context']; meter: Meter },
): v16.SampledValue[] {
  const { measurand, value, unit, phase, signed } = sample;
  if (!isMeasurand16(measurand)) return [];
  const location = measurand === 'SoC' ? 'EV' : meter;
  const common = { context, measurand, phase, location, unit: toUnit(unit) } as const;
  const digits = measurand === 'Energy.Active.Import.Register' ? 0 : 2;
  const raw: v16.SampledValue = { value: String(rounded(value, digits)), ...common };
  if (!signed) return [raw];
  const { data, signingMethod, encodingMethod, publicKey } = signed;
  const text = JSON.stringify({ signedMeterData: data, signingMethod, encodingMethod, publicKey });
  return [raw, { value: text, format: 'SignedData', ...common }];
}

type Unit = NonNullable<v16.SampledValue['unit']>;

const units: Partial<Record<Sample['unit'], Unit>> = {
  A: 'A',
  Celsius: 'Celsius',
  Percent: 'Percent',
  V: 'V',
  W: 'W',
  Wh: 'Wh',
  var: 'var',
  varh: 'varh',
};

const toUnit = (unit: Sample['unit']): Unit | undefined => units[unit];
