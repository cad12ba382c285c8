import { unitOf, type Measurement } from '../../domain/measurement.ts';

/** A unit in terms of the base unit of the domain: `base = (value + before) * factor`. */
interface Unit {
  base: string;
  factor: number;
  before?: number;
}

/** Units of OCPP 1.6 UnitOfMeasure and the 2.0.1 appendix, and what chargers write for them. */
const units: Readonly<Record<string, Unit>> = {
  Wh: { base: 'Wh', factor: 1 },
  kWh: { base: 'Wh', factor: 1000 },
  MWh: { base: 'Wh', factor: 1e6 },
  varh: { base: 'varh', factor: 1 },
  kvarh: { base: 'varh', factor: 1000 },
  VAh: { base: 'VAh', factor: 1 },
  kVAh: { base: 'VAh', factor: 1000 },
  W: { base: 'W', factor: 1 },
  kW: { base: 'W', factor: 1000 },
  MW: { base: 'W', factor: 1e6 },
  VA: { base: 'VA', factor: 1 },
  kVA: { base: 'VA', factor: 1000 },
  var: { base: 'var', factor: 1 },
  kvar: { base: 'var', factor: 1000 },
  A: { base: 'A', factor: 1 },
  mA: { base: 'A', factor: 0.001 },
  V: { base: 'V', factor: 1 },
  mV: { base: 'V', factor: 0.001 },
  Hz: { base: 'Hz', factor: 1 },
  RPM: { base: 'rpm', factor: 1 },
  Percent: { base: '%', factor: 1 },
  '%': { base: '%', factor: 1 },
  Celsius: { base: 'Celsius', factor: 1 },
  Celcius: { base: 'Celsius', factor: 1 },
  K: { base: 'Celsius', factor: 1, before: -273.15 },
  Fahrenheit: { base: 'Celsius', factor: 5 / 9, before: -32 },
};

/** What both versions say of a value, before units are settled. */
export interface Sample {
  measurand?: string | undefined;
  unit?: string | undefined;
  /** Power of ten, OCPP 2.x. */
  multiplier?: number | undefined;
  phase?: Measurement['phase'] | undefined;
  location?: Measurement['location'] | undefined;
  context?: Measurement['context'] | undefined;
}

export interface Taken {
  evseId: number;
  takenAt: Date;
}

/** The measurement of a sample; a sentence when its unit is not one of its measurand, because units are not guessed. */
export function toMeasurement(sample: Sample, value: number, { evseId, takenAt }: Taken): Measurement | string {
  const measurand = sample.measurand ?? 'Energy.Active.Import.Register';
  const base = inBaseUnit(measurand, sample, value);
  if (typeof base === 'string') return base;
  const measurement: Measurement = { evseId, measurand, value: base, takenAt };
  if (sample.phase !== undefined) measurement.phase = sample.phase;
  if (sample.location !== undefined) measurement.location = sample.location;
  if (sample.context !== undefined) measurement.context = sample.context;
  return measurement;
}

function inBaseUnit(measurand: string, { unit, multiplier = 0 }: Sample, value: number): number | string {
  const scaled = multiplier === 0 ? value : value * 10 ** multiplier;
  if (!Number.isFinite(scaled))
    return `${measurand} dropped: ${value} times 10 to the power of ${multiplier} is no number`;
  const base = unitOf(measurand);
  if (unit === undefined || isDefault(unit, base)) return tidy(scaled);
  const known = units[unit];
  if (known === undefined) {
    return base === '' ? tidy(scaled) : `${measurand} dropped: its unit ${unit} is not known`;
  }
  if (base !== '' && known.base !== base) return `${measurand} dropped: ${unit} is not a unit of it`;
  return tidy((scaled + (known.before ?? 0)) * known.factor);
}

/** Wh stands where a charger writes the schema's default for a quantity that has another unit. */
function isDefault(unit: string, base: string): boolean {
  return unit === 'Wh' && base !== 'Wh';
}

/** Without the last digits, which binary fractions make up: 1.005 kWh is 1005 Wh. */
function tidy(value: number): number {
  return Number.isSafeInteger(value) ? value : Number(value.toPrecision(12));
}
