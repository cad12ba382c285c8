import type { EvseDescription, MeterReading } from '../station-host.ts';
import { noise } from './vehicle.ts';

/** What a meter shows of its lines. */
export type Lines = Pick<MeterReading, 'currentsA' | 'voltagesV' | 'frequencyHz' | 'exportCurrentsA' | 'temperatureC'>;

export interface MeterPlace {
  seed: number;
  /** Since 1970. */
  second: number;
  description: EvseDescription;
  /** That carry current. */
  phases: number;
}

/** Of the cable and the grid behind it. */
const ohm = 0.06;

/** Voltages and currents that make exactly this power, W. */
export function acLines(place: MeterPlace, powerW: number): Lines {
  const { description, seed, second, phases } = place;
  const share = powerW / phases;
  const lines = Array.from({ length: description.phases }, (_, line) => {
    const isUsed = line < phases;
    const sagV = isUsed ? (share / description.voltageV) * ohm : 0;
    const drift = 1.5 * noise(seed + line, Math.floor(second / 60)) + 0.4 * noise(seed + 7 + line, second);
    const voltageV = description.voltageV + drift - sagV;
    return { voltageV, currentA: isUsed ? share / voltageV : 0 };
  });
  return {
    currentsA: lines.map(({ currentA }) => currentA),
    voltagesV: lines.map(({ voltageV }) => voltageV),
    frequencyHz: frequencyOf(place),
  };
}

/** The same, from the vehicle to the grid. */
export function exportLines(place: MeterPlace, powerW: number): Lines {
  const { currentsA, voltagesV, frequencyHz = 50 } = acLines(place, powerW);
  return { currentsA: currentsA.map(() => 0), voltagesV, frequencyHz, exportCurrentsA: currentsA };
}

/** Voltage of the battery, and the current to it. */
export function dcLines(
  { seed, second }: MeterPlace,
  { powerW, voltageV }: { powerW: number; voltageV: number },
): Lines {
  const measuredV = voltageV + 0.3 * noise(seed, second);
  return {
    currentsA: [powerW / measuredV],
    voltagesV: [measuredV],
    temperatureC: 25 + powerW / 5000 + noise(seed + 3, Math.floor(second / 60)),
  };
}

function frequencyOf({ seed, second }: MeterPlace): number {
  return 50 + 0.02 * noise(seed + 99, second);
}
