import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import type { TakenValues } from '../delivery/records.ts';
import { samplesOf, type ReadingContext, type Sample, type TimedReading } from './samples.ts';
import type { VariableName } from '../device-model/standard-variables.ts';
import type { SignedReading } from '../station-host.ts';
import type { Transaction } from '../transactions/transaction.ts';

/** Reads the meter because it is time to: a step of the transaction, where one runs; else told once, and lost when offline. */
export function measure(core: Core, evse: Evse, context: 'Sample.Clock' | 'Sample.Periodic', at?: Date): void {
  const timed = evse.read(context);
  const { transaction } = evse;
  const reading = at && (!transaction || at >= transaction.begin.at) ? { ...timed, at: clamp(at, timed.at) } : timed;
  if (!transaction) return core.protocol.measured(evse, reading);
  const trigger = context === 'Sample.Clock' ? 'MeterValueClock' : 'MeterValuePeriodic';
  if (core.version === '1.6') core.transactions.collect(transaction, reading);
  core.transactions.updated(transaction, { trigger, reading });
}

/** A time that was set back must not tear the order of a transaction. */
const clamp = (grid: Date, taken: Date) => (Math.abs(taken.getTime() - grid.getTime()) < 1000 ? grid : taken);

/** The meter of the whole station: told once, and lost when offline. */
export function measureGrid(core: Core, at: Date): void {
  const timed = readGrid(core, 'Sample.Clock', at);
  if (timed) core.protocol.measured(undefined, timed);
}

/** Undefined where the station has no meter of its own. */
export function readGrid({ host, clock }: Core, context: ReadingContext, at = clock.now()): TimedReading | undefined {
  const reading = host.gridMeter?.();
  return reading && { at, context, reading };
}

const isAligned = ({ context }: TimedReading) => context === 'Sample.Clock';

/** Which measurands go with a reading while nothing has ended. */
export const measurandsOf = (timed: TimedReading): VariableName =>
  isAligned(timed) ? 'AlignedDataCtrlr.Measurands' : 'SampledDataCtrlr.TxUpdatedMeasurands';

/**
 * What the CSMS is to get of a reading. A signed reading is never left out, also where no measurand is asked for; undefined
 * when there is nothing to tell.
 */
export function valuesOf(
  core: Core,
  timed: TimedReading,
  { names, transaction }: { names: readonly string[]; transaction?: Transaction | undefined },
): TakenValues | undefined {
  const { variables } = core;
  const phases = variables.isOn('SampledDataCtrlr.RegisterValuesWithoutPhases') ? 'not of registers' : 'all';
  const samples = samplesOf(timed, names, { phases });
  const isSigning = variables.isOn(
    isAligned(timed) ? 'AlignedDataCtrlr.SignReadings' : 'SampledDataCtrlr.SignReadings',
  );
  const { signed } = timed.reading;
  if (signed && isSigning) attach(samples, { timed, signed: withKey(core, signed, transaction) });
  return samples.length > 0 ? { at: timed.at.toISOString(), context: timed.context, samples } : undefined;
}

/** The signature is one of the import register. */
function attach(samples: Sample[], { timed, signed }: { timed: TimedReading; signed: SignedReading }): void {
  const register = samples.find(({ measurand, phase }) => measurand === 'Energy.Active.Import.Register' && !phase);
  if (register) register.signed = signed;
  else
    samples.push({
      measurand: 'Energy.Active.Import.Register',
      value: timed.reading.energyWh,
      unit: 'Wh',
      signed,
    });
}

/** OCPP 2.0.1 PublicKeyWithSignedMeterValue. */
function withKey({ variables }: Core, signed: SignedReading, transaction: Transaction | undefined): SignedReading {
  const rule = variables.get('OCPPCommCtrlr.PublicKeyWithSignedMeterValue');
  const isKnown = rule === 'OncePerTransaction' && transaction?.isKeySent === true;
  if (transaction) transaction.isKeySent = true;
  return rule === 'Never' || isKnown ? { ...signed, publicKey: '' } : signed;
}
