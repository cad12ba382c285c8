import { durationMs, failureKinds, homeHours, identityMistake } from '@busbar/station';
import type { Arrivals, FleetFailureKind, FleetFailures, FleetOptions, StationVersion } from '@busbar/station';
import { closestOf } from '../../lib/closest.ts';
import { numberOf } from '../connect.ts';
import { usageError } from '../exit.ts';

/** The flags of `busbar simulate` as they were given. */
export interface Flags {
  count?: string | undefined;
  ocpp?: string | undefined;
  'identity-prefix'?: string | undefined;
  evses?: string | undefined;
  tokens?: string | undefined;
  arrivals?: string | undefined;
  evening?: boolean | undefined;
  stay?: string | undefined;
  speed?: string | undefined;
  ramp?: string | undefined;
  failures?: string | undefined;
}

const knownVersions: readonly StationVersion[] = ['1.6', '2.0.1', '2.1'];

/** What a scenario says itself. */
const fleetFlags = [
  'count',
  'ocpp',
  'identity-prefix',
  'evses',
  'tokens',
  'arrivals',
  'evening',
  'stay',
  'speed',
  'ramp',
  'failures',
] as const satisfies readonly (keyof Flags)[];

/** What the flags make of a fleet. @throws CommandError naming the flag that is wrong */
export function fleetOptionsOf(flags: Flags): Omit<FleetOptions, 'url'> {
  const count = numberOf('--count', flags.count, { least: 1, most: 100_000, isWhole: true }) ?? 10;
  const evses = numberOf('--evses', flags.evses, { least: 1, most: 100, isWhole: true }) ?? 1;
  const speed = numberOf('--speed', flags.speed, { least: 0.001, most: 100_000 }) ?? 1;
  const versions = mixOf(flags.ocpp ?? '1.6,2.0.1');
  const arrival = arrivalsOf(flags);
  const rampMs = timeOf('--ramp', flags.ramp);
  return {
    count,
    versions,
    identityPrefix: prefixOf(flags, versions, count),
    host: { evses, speed },
    failures: failuresOf(flags.failures),
    ...(arrival && { arrival }),
    ...(rampMs !== undefined && { rampMs }),
  };
}

export function tokensOf({ tokens = 'SIM-CARD' }: Flags): string[] {
  const list = listOf(tokens);
  if (list.length === 0) throw usageError('--tokens wants at least one id token.');
  return list;
}

/** @throws CommandError where a flag would say nothing, as the scenario says it */
export function checkScenarioFlags(flags: Flags): void {
  const flag = fleetFlags.find((name) => flags[name] !== undefined);
  if (flag !== undefined) throw usageError(`--${flag} is for a fleet; with --scenario the file says what happens.`);
}

function prefixOf(flags: Flags, mix: Partial<Record<StationVersion, number>>, count: number): string {
  const { 'identity-prefix': prefix = 'SIM' } = flags;
  const strictest = knownVersions.filter((version) => Object.hasOwn(mix, version)).slice(-1);
  const mistake = identityMistake(`${prefix}${count}`, strictest);
  if (mistake !== undefined) throw usageError(`--identity-prefix '${prefix}' makes no identity: ${mistake}.`);
  return prefix;
}

/** ms. */
export function timeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return durationMs(/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text);
  } catch {
    throw usageError(`${flag} wants a time such as '90 s', '5 min' or '1 h 30 min', not '${text}'.`);
  }
}

function arrivalsOf(flags: Flags): Arrivals | undefined {
  if (flags.arrivals === 'none') return undefined;
  return {
    idTokens: tokensOf(flags),
    pattern: 'poisson',
    idleMs: timeOf('--arrivals', flags.arrivals) ?? 60_000,
    stayMs: timeOf('--stay', flags.stay) ?? 300_000,
    ...(flags.evening === true && { hours: homeHours }),
  };
}

/** `1.6:3,2.1` */
function mixOf(text: string): Partial<Record<StationVersion, number>> {
  const weights = listOf(text).map((part) => {
    const [name = '', weight = '1'] = part.split(':');
    const version = knownVersions.find((known) => known === name);
    if (version === undefined) throw usageError(`--ocpp knows no ${name}; it takes ${knownVersions.join(', ')}.`);
    return [version, numberOf(`--ocpp ${name}:`, weight, { least: 0, most: 1e6 }) ?? 1] as const;
  });
  if (!weights.some(([, weight]) => weight > 0)) throw usageError('--ocpp wants at least one version.');
  return Object.fromEntries(weights);
}

function failuresOf(text = ''): FleetFailures {
  const rates = listOf(text).map((part) => {
    const [name = '', rate] = part.split('=');
    const kind = failureKinds.find((known) => wordOf(known) === name);
    if (kind === undefined) throw usageError(`--failures knows no '${name}'. ${remedyFor(name)}`);
    if (rate === undefined) throw usageError(`--failures ${name} wants how often per hour: ${name}=1.`);
    return [kind, numberOf(`--failures ${name}`, rate, { least: 0, most: 3600 }) ?? 0] as const;
  });
  return Object.fromEntries(rates);
}

function remedyFor(name: string): string {
  const meant = closestOf(name, failureKinds.map(wordOf));
  return meant === undefined ? `There are ${failureKinds.map(wordOf).join(', ')}.` : `Did you mean '${meant}'?`;
}

/** `slow-answers` */
export function wordOf(kind: FleetFailureKind): string {
  return kind.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
