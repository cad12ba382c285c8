import type { ChargingStation } from '../../domain/charging-station.ts';
import type { CommandResult } from '../../domain/commands.ts';

export type RateUnit = 'A' | 'W';

/** Profiles of the gateway: one that lasts and one of the running transaction per EVSE, each with an id of its own. */
export function profileIdOf(evseId: number, scope: 'lasting' | 'transaction'): number {
  return 8000 + evseId * 2 + (scope === 'lasting' ? 0 : 1);
}

/** A little in the past: a station whose clock is behind would else wait for the limit to begin. */
const startBeforeMs = 60_000;

export function scheduleStartOf(now: Date): string {
  return new Date(Math.floor((now.getTime() - startBeforeMs) / 1000) * 1000).toISOString();
}

/** Taken where the station has reported no voltage. */
const nominalVoltage = 230;

/**
 * A limit in the unit of the station, a multiple of 0.1. Power is that of the phases the EVSE has been seen to use; of one
 * phase when none has been seen, so that the current is never more than asked for.
 */
export function toLimit(
  currentLimit: number,
  unit: RateUnit,
  { station, evseId }: { station: ChargingStation | undefined; evseId: number },
): number {
  if (unit === 'A') return tenths(currentLimit);
  const evse = station?.evses.find((candidate) => candidate.evseId === evseId);
  const values = Object.values(evse?.latest ?? {});
  const voltages = values.filter(({ measurand, phase }) => measurand === 'Voltage' && !phase?.match(/^L\d-L\d$/));
  const phases = new Set(values.flatMap(({ phase }) => phase?.match(/^L\d(?=$|-N$)/)?.[0] ?? []));
  const voltage =
    voltages.length === 0 ? nominalVoltage : voltages.reduce((sum, { value }) => sum + value, 0) / voltages.length;
  return tenths(currentLimit * voltage * Math.max(1, phases.size));
}

/** Rounded down: a limit is never exceeded. */
function tenths(value: number): number {
  return Math.floor(value * 10 + 1e-6) / 10;
}

/** Accepted when one of the profiles was: the lasting one also rules a transaction that has none of its own. */
export function toLimitResult(responses: readonly { status: string }[]): CommandResult {
  const accepted = responses.find(({ status }) => status === 'Accepted');
  const refused = responses.find(({ status }) => status !== 'Accepted');
  return {
    accepted: accepted !== undefined,
    status: (accepted ?? refused)?.status ?? 'Rejected',
    ...(accepted !== undefined &&
      refused !== undefined && { reason: `one of two profiles was answered ${refused.status}` }),
    response: responses.length === 1 ? responses[0] : responses,
  };
}
