import type { FleetMeter, Scenario, ScenarioFailure } from '@busbar/station';
import { fieldLines, tableLines } from '../table.ts';
import type { Column } from '../table.ts';
import { paint, printJson } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { toDuration, toEnergy } from '../words.ts';
import type { Cast } from './cast.ts';
import type { Moment } from './figures.ts';
import { toMs } from './live.ts';
import { wordOf } from './options.ts';

export interface Outcome {
  url: string;
  cast: Cast;
  meter: FleetMeter;
  /** Just before everything was stopped. */
  last: Moment;
  troubles: readonly (readonly [what: string, count: number])[];
  scenario: Scenario | undefined;
  /** Of a scenario that was played to its end. */
  failures: readonly ScenarioFailure[] | undefined;
}

interface ActionCount {
  action: string;
  sent: number;
  received: number;
}

const columns: Column<ActionCount>[] = [
  { title: 'ACTION', value: ({ action }) => action },
  { title: 'SENT', value: ({ sent }) => (sent === 0 ? '' : String(sent)), align: 'right' },
  { title: 'RECEIVED', value: ({ received }) => (received === 0 ? '' : String(received)), align: 'right' },
];

const troubleColumns: Column<readonly [string, number]>[] = [
  { title: 'TROUBLE', value: ([what]) => what, colour: () => 'yellow', least: 20 },
  { title: 'TIMES', value: ([, count]) => String(count), align: 'right' },
];

const failureColumns: Column<ScenarioFailure>[] = [
  { title: 'STEP', value: ({ step }) => String(step + 1), align: 'right' },
  { title: 'ACTION', value: ({ action }) => action },
  { title: 'STATION', value: ({ identity }) => identity },
  { title: 'NOT AS EXPECTED', value: ({ message }) => message, colour: () => 'red', least: 20 },
];

/** What a simulation came to, for people. */
export function printSummary(terminal: Terminal, outcome: Outcome): void {
  const { meter, cast, last, scenario, failures, troubles } = outcome;
  const { figures } = meter;
  const struck = [...cast.struck].map(([kind, count]) => `${count} ${wordOf(kind)}`).join(', ');
  const fields = fieldLines(terminal, [
    ['scenario', scenario && `${scenario.name}: ${verdictOf(failures)}`],
    ['ran', toDuration(last.seconds)],
    ['stations', `${last.stations}, ${last.connected} connected and ${last.accepted} booted at the end`],
    ['sessions', `${figures.sessionsBegun} begun, ${figures.sessionsEnded} ended, ${toEnergy(figures.energyWh)}`],
    ['reconnects', String(figures.reconnects)],
    ['made to fail', struck],
    ['messages', `${figures.framesOut} out, ${figures.framesIn} in`],
    ['answers', latencyOf(meter)],
  ]);
  for (const line of fields) terminal.print(line);
  printTable(terminal, columns, actionsOf(meter));
  printTable(terminal, troubleColumns, troubles);
  printTable(terminal, failureColumns, failures ?? []);
}

export function printSummaryJson(terminal: Terminal, outcome: Outcome): void {
  const { url, meter, cast, last, scenario, failures, troubles } = outcome;
  const { figures } = meter;
  printJson(terminal, {
    url,
    seconds: Math.round(last.seconds * 10) / 10,
    stations: { count: last.stations, connected: last.connected, booted: last.accepted },
    boots: Object.fromEntries(figures.boots),
    sessions: { begun: figures.sessionsBegun, ended: figures.sessionsEnded, energyWh: Math.round(figures.energyWh) },
    connections: { made: figures.connects, again: figures.reconnects, lost: figures.disconnects },
    madeToFail: Object.fromEntries(cast.struck),
    messages: { out: figures.framesOut, in: figures.framesIn, byAction: actionsOf(meter) },
    answersMs: {
      count: figures.latency.count,
      p50: figures.latency.at(0.5),
      p99: figures.latency.at(0.99),
      longest: figures.latency.longestMs,
    },
    troubles: troubles.map(([what, times]) => ({ what, times })),
    ...(scenario && { scenario: { name: scenario.name, isDone: failures !== undefined, failures: failures ?? [] } }),
  });
}

function printTable<Row>(terminal: Terminal, shown: readonly Column<Row>[], rows: readonly Row[]): void {
  if (rows.length === 0) return;
  terminal.print('');
  for (const line of tableLines(terminal, shown, rows)) terminal.print(line);
}

function latencyOf({ figures: { latency } }: FleetMeter): string {
  const [half, most] = [latency.at(0.5), latency.at(0.99)];
  if (half === undefined || most === undefined) return '';
  return `p50 ${toMs(half)}, p99 ${toMs(most)}, longest ${toMs(latency.longestMs)}`;
}

function actionsOf({ figures }: FleetMeter): ActionCount[] {
  const names = new Set([...figures.calls.keys(), ...figures.requests.keys()]);
  return [...names].sort().map((action) => ({
    action,
    sent: figures.calls.get(action) ?? 0,
    received: figures.requests.get(action) ?? 0,
  }));
}

function verdictOf(failures: readonly ScenarioFailure[] | undefined): string {
  if (failures === undefined) return 'ended before it was done';
  return failures.length === 0 ? 'all as expected' : `${failures.length} not as expected`;
}

/** `1 charger`, `3 chargers` */
export function chargersOf(count: number): string {
  return `${count} ${count === 1 ? 'charger' : 'chargers'}`;
}

/** How many tried in vain. */
export function lackingOf({ meter: { figures }, last }: Outcome): number {
  return figures.connectFailures.size === 0 ? 0 : last.stations - (figures.connects - figures.reconnects);
}

/** A remark below the summary, when something can be done about it. */
export function remarkOf(terminal: Terminal, outcome: Outcome): string | undefined {
  const { meter, last } = outcome;
  const { boots, tokensRefused } = meter.figures;
  if (last.accepted < last.stations && (boots.get('Pending') ?? 0) > 0) {
    const waiting = paint(terminal, 'yellow', `${chargersOf(last.stations - last.accepted)} not admitted yet`);
    return `${waiting}: 'busbar simulate --admit', or 'busbar serve --unknown-stations accept'.`;
  }
  const lacking = lackingOf(outcome);
  if (lacking > 0) return paint(terminal, 'red', `${chargersOf(lacking)} could not connect at all.`);
  if (tokensRefused.has('Invalid') || tokensRefused.has('Unknown'))
    return "Tokens were refused: --admit makes them known, or 'busbar tokens add'.";
  return undefined;
}
