import type { EvseStatus } from '../availability/connector-status.ts';
import type { StationVersion } from '../options.ts';
import type { FaultCode, IdTokenType, StopReason } from '../station-host.ts';
import type { EvseKind } from './evse-kinds.ts';
import type { Arrival } from './host.ts';
import type { WrongAnswer } from './wrong-answers.ts';

/** s, or a text such as `90 s`, `5 min`, `1 h 30 min`, `200 ms`. */
export type Duration = number | string;

/** What some chargers go through, and what is expected of them and of the CSMS. */
export interface Scenario {
  name: string;
  /** Of what is random. Default 1. */
  seed?: number;
  /** After so long it ends, done or not. */
  duration: Duration;
  /** How many times faster batteries fill. Default 1. */
  speed?: number;
  stations: ScenarioStation[];
  steps: ScenarioStep[];
}

export interface ScenarioStation {
  /** Its identity; of several, `<id>-1`, `<id>-2`, … */
  id: string;
  /** Default 1. */
  count?: number;
  /** Default 2.0.1. */
  version?: StationVersion;
  vendor?: string;
  model?: string;
  /** How many, or of what kind each is. Default 1. */
  evses?: number | EvseKind[];
  /** Initial values of variables. */
  settings?: Record<string, string>;
  /** Its clock is so far behind until the CSMS tells the time. */
  clockBehind?: Duration;
}

/** When, where, and exactly one of the actions. */
export interface ScenarioStep extends Partial<ScenarioActions> {
  /** From the start of the scenario. */
  at?: Duration;
  /** From the end of the step before. Default: at once. */
  after?: Duration;
  /** Each station waits a random part of this before it acts. */
  within?: Duration;
  /** So many times in all, one every so often. */
  repeat?: { every: Duration; times: number };
  /** Ids of stations, or of those of several. Default: all. */
  on?: string | string[];
}

interface AtEvse {
  /** Default 1. */
  evse?: number;
}

export interface ScenarioActions {
  plug: AtEvse & Arrival;
  unplug: AtEvse;
  card: AtEvse & { token: string; type?: IdTokenType };
  contract: AtEvse & { emaid: string };
  stop: AtEvse & { reason?: StopReason };
  fault: AtEvse & { code: FaultCode; info?: string };
  clearFault: AtEvse;
  powerCut: { for: Duration };
  loseNetwork: { for: Duration };
  slowNetwork: { latency: Duration; jitter?: Duration; for: Duration };
  slowAnswers: { delay: Duration; for: Duration };
  wrongAnswers: { kind: WrongAnswer; share?: number; for: Duration };
  set: { name: string; value: string };
  /** Any request, as it is; with `answer`, what its answer has to have. */
  call: { action: string; payload?: unknown; answer?: unknown };
  waitFor: { event: ScenarioEvent; within: Duration };
  expect: AtEvse & ScenarioExpectation & { within?: Duration };
}

export interface ScenarioExpectation {
  status?: EvseStatus;
  transaction?: 'running' | 'none';
  connected?: boolean;
  /** Messages that still wait for the CSMS, at most. */
  queuedAtMost?: number;
  /** Of the vehicle, at least, %. */
  socAtLeast?: number;
  /** What flows, at most, W. */
  powerAtMostW?: number;
  /** What flows, at least, W. */
  powerAtLeastW?: number;
}

export const scenarioEvents = [
  'connected',
  'disconnected',
  'accepted',
  'transactionStarted',
  'transactionEnded',
  'tokenRefused',
  'resetting',
] as const;
export type ScenarioEvent = (typeof scenarioEvents)[number];

export const scenarioActions = [
  'plug',
  'unplug',
  'card',
  'contract',
  'stop',
  'fault',
  'clearFault',
  'powerCut',
  'loseNetwork',
  'slowNetwork',
  'slowAnswers',
  'wrongAnswers',
  'set',
  'call',
  'waitFor',
  'expect',
] as const satisfies readonly (keyof ScenarioActions)[];

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a duration looks like, as text. */
export const durationPattern = '^\\s*\\d+(\\.\\d+)?\\s*(ms|s|min|h|d)(\\s+\\d+(\\.\\d+)?\\s*(ms|s|min|h|d))*\\s*$';

/** ms. Throws RangeError for what is no duration. */
export function durationMs(duration: Duration): number {
  if (typeof duration === 'number' && duration >= 0) return duration * 1000;
  const text = String(duration);
  if (!new RegExp(durationPattern).test(text)) {
    throw new RangeError(`'${text}' is no duration: write seconds, or a text such as '5 min' or '1 h 30 min'`);
  }
  const parts = text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|s|h|d)/g);
  return [...parts].reduce((sum, [, amount, unit = 's']) => sum + Number(amount) * (unitsMs[unit] ?? 0), 0);
}

/** Identities that an entry of `stations` stands for. */
export function identitiesOf({ id, count }: ScenarioStation): string[] {
  return count === undefined ? [id] : Array.from({ length: count }, (_, index) => `${id}-${index + 1}`);
}
