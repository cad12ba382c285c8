import { isMeasurand, measurandUnits, type Measurand, type Measurand21, type MeasurandUnit } from './measurands.ts';
import type { MeterReading, SignedReading } from '../station-host.ts';

export type Phase = 'L1' | 'L2' | 'L3' | 'N' | 'L1-N' | 'L2-N' | 'L3-N' | 'L1-L2' | 'L2-L3' | 'L3-L1';

/** One value of a meter reading, in the base unit. */
export interface Sample {
  measurand: Measurand;
  value: number;
  unit: MeasurandUnit;
  phase?: Phase;
  signed?: SignedReading;
}

/** When and why a reading was taken. */
export type ReadingContext =
  | 'Interruption.Begin'
  | 'Interruption.End'
  | 'Other'
  | 'Sample.Clock'
  | 'Sample.Periodic'
  | 'Transaction.Begin'
  | 'Transaction.End'
  | 'Trigger';

export interface TimedReading {
  at: Date;
  context: ReadingContext;
  reading: MeterReading;
  /** The reading before it of the same context: what intervals are counted from. */
  since?: MeterReading | undefined;
}

const lines: readonly Phase[] = ['L1', 'L2', 'L3'];
const linesToNeutral: readonly Phase[] = ['L1-N', 'L2-N', 'L3-N'];

/** One value, or one per phase; nothing where the meter does not know. */
type Sampler = (reading: MeterReading, since: MeterReading | undefined) => number | undefined | PhaseValues;

/** The sum, where there is one, before its parts. */
interface PhaseValues {
  total?: number | undefined;
  parts: readonly number[] | undefined;
  phases: readonly Phase[];
}

const perLine = (total: number | undefined, parts: readonly number[] | undefined): PhaseValues => ({
  total,
  parts,
  phases: lines,
});

type Fielded = Exclude<Measurand, Measurand21>;

const samplers: Record<Fielded, Sampler> = {
  'Current.Export': ({ exportCurrentsA }) => perLine(undefined, exportCurrentsA),
  'Current.Import': ({ currentsA }) => perLine(undefined, currentsA),
  'Current.Offered': ({ offeredA }) => offeredA,
  'Energy.Active.Export.Interval': ({ exportWh }, since) => difference(exportWh, since?.exportWh),
  'Energy.Active.Export.Register': ({ exportWh }) => exportWh,
  'Energy.Active.Import.Interval': ({ energyWh }, since) => difference(energyWh, since?.energyWh),
  'Energy.Active.Import.Register': ({ energyWh, energiesWh }) => perLine(energyWh, energiesWh),
  'Energy.Active.Net': ({ energyWh, exportWh }) => difference(energyWh, exportWh),
  'Energy.Apparent.Export': ({ apparentExportVah }) => apparentExportVah,
  'Energy.Apparent.Import': ({ apparentImportVah }) => apparentImportVah,
  'Energy.Apparent.Net': ({ apparentImportVah, apparentExportVah }) => difference(apparentImportVah, apparentExportVah),
  'Energy.Reactive.Export.Interval': ({ reactiveExportVarh }, since) =>
    difference(reactiveExportVarh, since?.reactiveExportVarh),
  'Energy.Reactive.Export.Register': ({ reactiveExportVarh }) => reactiveExportVarh,
  'Energy.Reactive.Import.Interval': ({ reactiveImportVarh }, since) =>
    difference(reactiveImportVarh, since?.reactiveImportVarh),
  'Energy.Reactive.Import.Register': ({ reactiveImportVarh }) => reactiveImportVarh,
  'Energy.Reactive.Net': ({ reactiveImportVarh, reactiveExportVarh }) =>
    difference(reactiveImportVarh, reactiveExportVarh),
  Frequency: ({ frequencyHz }) => frequencyHz,
  'Power.Active.Export': ({ exportW }) => exportW,
  'Power.Active.Import': ({ powerW, powersW }) => perLine(powerW, powersW),
  'Power.Factor': ({ powerFactor }) => powerFactor,
  'Power.Offered': offeredW,
  'Power.Reactive.Export': ({ reactiveExportVar }) => reactiveExportVar,
  'Power.Reactive.Import': ({ reactiveImportVar }) => reactiveImportVar,
  RPM: ({ rpm }) => rpm,
  SoC: ({ soc }) => soc,
  Temperature: ({ temperatureC }) => temperatureC,
  Voltage: ({ voltagesV }) => ({ parts: voltagesV, phases: linesToNeutral }),
};

function difference(value: number | undefined, from: number | undefined): number | undefined {
  return value === undefined || from === undefined ? undefined : value - from;
}

function offeredW({ offeredW, offeredA, voltagesV }: MeterReading): number | undefined {
  if (offeredW !== undefined || offeredA === undefined) return offeredW;
  return voltagesV.reduce((sum, volt) => sum + volt * offeredA, 0);
}

export interface SampleRules {
  /** Registers as a total only: OCPP 2.0.1 RegisterValuesWithoutPhases. */
  phases: 'all' | 'not of registers';
}

/** The values of a reading, in the order of `names`; unknown names and what the meter does not know are passed over. */
export function samplesOf(
  { reading, since }: Pick<TimedReading, 'reading' | 'since'>,
  names: readonly string[],
  { phases }: SampleRules = { phases: 'all' },
): Sample[] {
  return names.filter(isMeasurand).flatMap((measurand) => {
    const isTotal = phases !== 'all' && measurand.endsWith('.Register');
    const taken = isFielded(measurand) ? samplers[measurand](reading, since) : reading.others?.[measurand];
    if (typeof taken !== 'object') return toSample(measurand, taken);
    const parts = isTotal ? [] : (taken.parts ?? []);
    return [
      ...toSample(measurand, taken.total),
      ...parts.flatMap((value, i) => toSample(measurand, value, taken.phases[i])),
    ];
  });
}

function isFielded(measurand: Measurand): measurand is Fielded {
  return Object.hasOwn(samplers, measurand);
}

function toSample(measurand: Measurand, value: number | undefined, phase?: Phase): Sample[] {
  if (value === undefined || !Number.isFinite(value)) return [];
  return [{ measurand, value, unit: measurandUnits[measurand], ...(phase && { phase }) }];
}

/** At most `digits` decimals: meters do not know more. */
export function rounded(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
