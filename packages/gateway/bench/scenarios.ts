import type { Step, Version } from './frames.ts';

export type MixName = 'heartbeat' | 'metervalues' | 'transactions';

/** What stations send: `before` once, unmeasured; then `cycle` again and again. */
export const mixes: Record<MixName, { label: string; before: readonly Step[]; cycle: readonly Step[] }> = {
  heartbeat: { label: 'Heartbeat', before: [], cycle: ['heartbeat'] },
  metervalues: { label: 'Meter values: 6 samples in a running transaction', before: ['start'], cycle: ['meter'] },
  transactions: {
    label: 'Whole transactions: authorize, start, 3 × meter values, stop',
    before: [],
    cycle: ['authorize', 'start', 'meter', 'meter', 'meter', 'stop'],
  },
};

/** What every station does when it connects. */
export const boot: readonly Step[] = ['boot', 'status'];

export const versions: readonly Version[] = ['1.6', '2.0.1'];

/** How much of everything a run does. */
export interface Plan {
  /** Each closed-loop measurement is taken so often, the servers in turn; the median counts. */
  rounds: number;
  warmUpMs: number;
  /** Before the first round of a server, which has to compile what it will run for months. */
  firstWarmUpMs: number;
  windowMs: number;
  /** Stations of the closed loop. */
  stations: number;
  /** Numbers of connections that are compared. */
  connections: readonly number[];
  idleConnections: number;
  /** How long idle servers are given to come to rest. */
  settleMs: number;
  starts: number;
  newStations: number;
  open: { stations: number; perSecond: number; windowMs: number };
  steady: { stations: number; windowMs: number };
}

const full: Plan = {
  rounds: 2,
  warmUpMs: 500,
  firstWarmUpMs: 2000,
  windowMs: 1500,
  stations: 100,
  connections: [1, 1000, 10_000],
  idleConnections: 10_000,
  settleMs: 3000,
  starts: 5,
  newStations: 1000,
  open: { stations: 1000, perSecond: 2000, windowMs: 4000 },
  steady: { stations: 10_000, windowMs: 15_000 },
};

export const plans = {
  full,
  quick: {
    ...full,
    rounds: 1,
    warmUpMs: 200,
    firstWarmUpMs: 500,
    windowMs: 500,
    connections: [1, 1000],
    idleConnections: 1000,
    settleMs: 1000,
    starts: 2,
    open: { stations: 1000, perSecond: 2000, windowMs: 1000 },
    steady: { stations: 1000, windowMs: 2000 },
  },
  long: {
    ...full,
    rounds: 5,
    windowMs: 3000,
    open: { ...full.open, windowMs: 30_000 },
    steady: { stations: 10_000, windowMs: 600_000 },
  },
} satisfies Record<string, Plan>;
