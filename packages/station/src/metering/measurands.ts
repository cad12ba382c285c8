/** What can be measured, and the base unit of each. OCPP 1.6 and 2.0.1 know a part of them. */
export const measurandUnits = {
  'Current.Export': 'A',
  'Current.Export.Minimum': 'A',
  'Current.Export.Offered': 'A',
  'Current.Import': 'A',
  'Current.Import.Minimum': 'A',
  'Current.Import.Offered': 'A',
  'Current.Offered': 'A',
  'Display.BatteryEnergyCapacity': 'Wh',
  'Display.ChargingComplete': '',
  'Display.InletHot': '',
  'Display.MaximumSOC': 'Percent',
  'Display.MinimumSOC': 'Percent',
  'Display.PresentSOC': 'Percent',
  'Display.RemainingTimeToMaximumSOC': 's',
  'Display.RemainingTimeToMinimumSOC': 's',
  'Display.RemainingTimeToTargetSOC': 's',
  'Display.TargetSOC': 'Percent',
  'Energy.Active.Export.Interval': 'Wh',
  'Energy.Active.Export.Register': 'Wh',
  'Energy.Active.Import.CableLoss': 'Wh',
  'Energy.Active.Import.Interval': 'Wh',
  'Energy.Active.Import.LocalGeneration.Register': 'Wh',
  'Energy.Active.Import.Register': 'Wh',
  'Energy.Active.Net': 'Wh',
  'Energy.Active.Setpoint.Interval': 'Wh',
  'Energy.Apparent.Export': 'VAh',
  'Energy.Apparent.Import': 'VAh',
  'Energy.Apparent.Net': 'VAh',
  'Energy.Reactive.Export.Interval': 'varh',
  'Energy.Reactive.Export.Register': 'varh',
  'Energy.Reactive.Import.Interval': 'varh',
  'Energy.Reactive.Import.Register': 'varh',
  'Energy.Reactive.Net': 'varh',
  'EnergyRequest.Bulk': 'Wh',
  'EnergyRequest.Maximum': 'Wh',
  'EnergyRequest.Maximum.V2X': 'Wh',
  'EnergyRequest.Minimum': 'Wh',
  'EnergyRequest.Minimum.V2X': 'Wh',
  'EnergyRequest.Target': 'Wh',
  Frequency: 'Hz',
  'Power.Active.Export': 'W',
  'Power.Active.Import': 'W',
  'Power.Active.Residual': 'W',
  'Power.Active.Setpoint': 'W',
  'Power.Export.Minimum': 'W',
  'Power.Export.Offered': 'W',
  'Power.Factor': '',
  'Power.Import.Minimum': 'W',
  'Power.Import.Offered': 'W',
  'Power.Offered': 'W',
  'Power.Reactive.Export': 'var',
  'Power.Reactive.Import': 'var',
  RPM: 'RPM',
  SoC: 'Percent',
  Temperature: 'Celsius',
  Voltage: 'V',
  'Voltage.Maximum': 'V',
  'Voltage.Minimum': 'V',
} as const;

export type Measurand = keyof typeof measurandUnits;
export type MeasurandUnit = (typeof measurandUnits)[Measurand];

export function isMeasurand(name: string): name is Measurand {
  return Object.hasOwn(measurandUnits, name);
}

/** Only in OCPP 1.6. */
const only16 = ['RPM', 'Temperature'] as const;

/** In OCPP 2.0.1 and 2.1, and not in 1.6. */
const since201 = [
  'Energy.Active.Net',
  'Energy.Apparent.Export',
  'Energy.Apparent.Import',
  'Energy.Apparent.Net',
  'Energy.Reactive.Net',
] as const;

/** Only in OCPP 2.1. */
const since21 = [
  'Current.Export.Minimum',
  'Current.Export.Offered',
  'Current.Import.Minimum',
  'Current.Import.Offered',
  'Display.BatteryEnergyCapacity',
  'Display.ChargingComplete',
  'Display.InletHot',
  'Display.MaximumSOC',
  'Display.MinimumSOC',
  'Display.PresentSOC',
  'Display.RemainingTimeToMaximumSOC',
  'Display.RemainingTimeToMinimumSOC',
  'Display.RemainingTimeToTargetSOC',
  'Display.TargetSOC',
  'Energy.Active.Import.CableLoss',
  'Energy.Active.Import.LocalGeneration.Register',
  'Energy.Active.Setpoint.Interval',
  'EnergyRequest.Bulk',
  'EnergyRequest.Maximum',
  'EnergyRequest.Maximum.V2X',
  'EnergyRequest.Minimum',
  'EnergyRequest.Minimum.V2X',
  'EnergyRequest.Target',
  'Power.Active.Residual',
  'Power.Active.Setpoint',
  'Power.Export.Minimum',
  'Power.Export.Offered',
  'Power.Import.Minimum',
  'Power.Import.Offered',
  'Voltage.Maximum',
  'Voltage.Minimum',
] as const;

export type Measurand21 = (typeof since21)[number];
export type Measurand201 = Exclude<Measurand, Measurand21 | (typeof only16)[number]>;
export type Measurand16 = Exclude<Measurand, Measurand21 | (typeof since201)[number]>;

/** All names, those of OCPP 2.1 alone last. */
export const measurands: readonly Measurand[] = Object.keys(measurandUnits)
  .filter(isMeasurand)
  .toSorted((a, b) => Number(since21.some((name) => name === a)) - Number(since21.some((name) => name === b)));

const in21: ReadonlySet<string> = new Set(since21);
const in201: ReadonlySet<string> = new Set(since201);
const in16: ReadonlySet<string> = new Set(only16);

export const isMeasurand16 = (name: Measurand): name is Measurand16 => !in21.has(name) && !in201.has(name);
export const isMeasurand201 = (name: Measurand): name is Measurand201 => !in21.has(name) && !in16.has(name);
export const isMeasurand2x = (name: Measurand): name is Measurand201 | Measurand21 => !in16.has(name);
