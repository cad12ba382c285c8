import type { Measurand } from './standard-variables.ts';
import type { MeterReading, SignedReading } from './station-host.ts';

/** One value of a meter reading, in the base unit. */
export interface Sample {
  measurand: Measurand;
  value: number;
  unit: 'Wh' | 'W' | 'A' | 'V' | 'Percent' | 'Hz';
  phase?: 'L1' | 'L2' | 'L3' | 'L1-N' | 'L2-N' | 'L3-N';
  signed?: SignedReading;
}

/** When and why a reading was taken. */
export type ReadingContext =
  | 'Interruption.Begin'
  | 'Interruption.End'
  | 'Sample.Clock'
  | 'Sample.Periodic'
  | 'Transaction.Begin'
  | 'Transaction.End'
  | 'Trigger';

export interface TimedReading {
  at: Date;
  context: ReadingContext;
  reading: MeterReading;
}

const lines = ['L1', 'L2', 'L3'] as const;
const linesToNeutral = ['L1-N', 'L2-N', 'L3-N'] as const;

const samplers: Record<Measurand, (reading: MeterReading) => Sample[]> = {
  'Energy.Active.Import.Register': ({ energyWh }) => one('Energy.Active.Import.Register', energyWh, 'Wh'),
  'Power.Active.Import': ({ powerW }) => one('Power.Active.Import', powerW, 'W'),
  'Current.Import': ({ currentsA }) =>
    currentsA.map((value, i) => ({ measurand: 'Current.Import', value, unit: 'A', phase: lines[i] ?? 'L1' })),
  Voltage: ({ voltagesV }) =>
    voltagesV.map((value, i) => ({ measurand: 'Voltage', value, unit: 'V', phase: linesToNeutral[i] ?? 'L1-N' })),
  SoC: ({ soc }) => one('SoC', soc, 'Percent'),
  Frequency: ({ frequencyHz }) => one('Frequency', frequencyHz, 'Hz'),
  'Current.Offered': ({ offeredA }) => one('Current.Offered', offeredA, 'A'),
  'Power.Offered': ({ offeredA, voltagesV }) =>
    one(
      'Power.Offered',
      offeredA === undefined ? undefined : voltagesV.reduce((sum, volt) => sum + volt * offeredA, 0),
      'W',
    ),
};

function one(measurand: Measurand, value: number | undefined, unit: Sample['unit']): Sample[] {
  return value === undefined ? [] : [{ measurand, value, unit }];
}

/** The values of a reading, in the order of `measurands`; unknown names are passed over. */
export function samplesOf(reading: MeterReading, measurands: readonly string[]): Sample[] {
  return measurands.flatMap((name) => (isMeasurand(name) ? samplers[name](reading) : []));
}

function isMeasurand(name: string): name is Measurand {
  return Object.hasOwn(samplers, name);
}

/** At most `digits` decimals: meters do not know more. */
export function rounded(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
