/** Where on the conductor a value was taken, OCPP 2.0.1 PhaseEnumType. */
export type Phase = 'L1' | 'L2' | 'L3' | 'N' | 'L1-N' | 'L2-N' | 'L3-N' | 'L1-L2' | 'L2-L3' | 'L3-L1';

/** OCPP 2.0.1 LocationEnumType. Absent means `Outlet`. */
export type Location = 'Body' | 'Cable' | 'EV' | 'Inlet' | 'Outlet' | 'Upstream';

/** OCPP 2.0.1 ReadingContextEnumType. Absent means `Sample.Periodic`. */
export type ReadingContext =
  | 'Interruption.Begin'
  | 'Interruption.End'
  | 'Other'
  | 'Sample.Clock'
  | 'Sample.Periodic'
  | 'Transaction.Begin'
  | 'Transaction.End'
  | 'Trigger';

/** One value of one quantity, in the base unit of its measurand ({@link unitOf}). */
export interface Measurement {
  /** 0 is the station itself (its main meter). */
  evseId: number;
  /** OCPP measurand, e.g. `Energy.Active.Import.Register`; a vendor's own name is kept as it came. */
  measurand: string;
  value: number;
  phase?: Phase;
  location?: Location;
  context?: ReadingContext;
  /** Time of the reading by the station's clock. */
  takenAt: Date;
  /** Signed meter data as the station sent it, for billing under calibration law. */
  signedData?: string;
}

const unitOfFamily = new Map([
  ['Current', 'A'],
  ['Display', '%'],
  ['Energy.Active', 'Wh'],
  ['Energy.Apparent', 'VAh'],
  ['Energy.Reactive', 'varh'],
  ['Energy.Request', 'Wh'],
  ['EnergyRequest', 'Wh'],
  ['Frequency', 'Hz'],
  ['Power.Active', 'W'],
  ['Power.Apparent', 'VA'],
  ['Power.Factor', ''],
  ['Power.Offered', 'W'],
  ['Power.Reactive', 'var'],
  ['RPM', 'rpm'],
  ['SoC', '%'],
  ['Temperature', 'Celsius'],
  ['Voltage', 'V'],
]);

const unitOfMeasurand = new Map<string, string>();

/** The base unit of a measurand: `W` of `Power.Active.Import`. Empty when it has none or is unknown. */
export function unitOf(measurand: string): string {
  const known = unitOfMeasurand.get(measurand);
  if (known !== undefined) return known;
  const [family = '', kind = ''] = measurand.split('.', 2);
  const unit = unitOfFamily.get(`${family}.${kind}`) ?? unitOfFamily.get(family) ?? '';
  // Vendors' own names are cut off at a number nobody reaches.
  if (unitOfMeasurand.size < 1000) unitOfMeasurand.set(measurand, unit);
  return unit;
}

/** What tells one live value of an EVSE from another: its measurand, and phase and location if it has them. */
export function keyOf(measurement: Measurement): string {
  const { measurand, phase, location } = measurement;
  if (phase === undefined && location === undefined) return measurand;
  const known = keysOf.get(measurand);
  if (known !== undefined) {
    for (const one of known) if (one.phase === phase && one.location === location) return one.key;
  }
  const key = `${measurand}|${phase ?? ''}|${location ?? ''}`;
  // Vendors' own names are cut off at a number nobody reaches.
  if (known !== undefined) known.push({ phase, location, key });
  else if (keysOf.size < 1000) keysOf.set(measurand, [{ phase, location, key }]);
  return key;
}

/** Keys that were made already, by measurand: to make one, and to look it up anew, costs more than all the rest. */
const keysOf = new Map<string, { phase: Phase | undefined; location: Location | undefined; key: string }[]>();
