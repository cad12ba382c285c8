import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { durationMs, FleetMeter } from '@busbar/station';
import type { Scenario } from '@busbar/station';
import { ConfigError } from '../../config/mistakes.ts';
import { numberOf } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { CommandError, exitCodes, usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { StopSignals } from '../stop-signals.ts';
import { admit } from './admit.ts';
import { fleetCast, scenarioCast } from './cast.ts';
import type { Cast } from './cast.ts';
import { momentOf, troublesOf } from './figures.ts';
import { Live } from './live.ts';
import { checkScenarioFlags, fleetOptionsOf, timeOf, tokensOf } from './options.ts';
import type { Flags } from './options.ts';
import { parseScenario } from './scenario-file.ts';
import { chargersOf, lackingOf, printSummary, printSummaryJson, remarkOf } from './summary.ts';
import type { Outcome } from './summary.ts';

interface Values extends Flags {
  url?: string | undefined;
  password?: string | undefined;
  'ask-password'?: boolean | undefined;
  admit?: boolean | undefined;
  gateway?: string | undefined;
  key?: string | undefined;
  scenario?: string | undefined;
  duration?: string | undefined;
  seed?: string | undefined;
  json?: boolean | undefined;
}

/** Tokens that a scenario presents are made known with its chargers. */
const cardsOf = ({ steps }: Scenario) => [...new Set(steps.flatMap(({ card }) => (card ? [card.token] : [])))];

/** Plays until it is done, its time is over, or somebody ends it; tells what it came to. @throws CommandError */
export async function runSimulation(context: CliContext, values: Values): Promise<ExitCode> {
  const { terminal } = context;
  const scenario = values.scenario === undefined ? undefined : readScenario(context, values.scenario);
  const seed = numberOf('--seed', values.seed, { least: 0, most: 4_294_967_295, isWhole: true });
  const durationLimitMs = timeOf('--duration', values.duration);
  if (scenario) checkScenarioFlags(values);
  const fleet = fleetOptionsOf(values);
  const url = values.url === undefined ? await localOcppUrl(context) : ocppUrlOf(values.url);
  const password = values['ask-password'] ? await context.askSecret('Password of the chargers: ') : values.password;
  const meter = new FleetMeter();
  const common = { url, meter, password, seed };
  const live = new Live(terminal, meter);
  const tell = (line: string) => (terminal.width === undefined ? terminal.tell(line) : undefined);
  const cast = scenario ? scenarioCast(scenario, common, tell) : fleetCast(fleet, common);
  const signals = context.stopSignals();
  try {
    if (values.admit) {
      const tokens = scenario ? cardsOf(scenario) : tokensOf(values);
      await admit(context, { identities: cast.identities, tokens, gateway: values.gateway, key: values.key });
    }
    if (values.json !== true)
      terminal.tell(`Connecting ${chargersOf(cast.identities.length)} to ${url}. Ctrl-C ends it.`);
    const limitMs = durationLimitMs ?? (scenario ? durationMs(scenario.duration) + 5000 : undefined);
    const played = await play(cast, { meter, live, signals, limitMs });
    if (played === undefined) return exitCodes.interrupted;
    const outcome = { url, cast, meter, scenario, ...played };
    if (values.json) printSummaryJson(terminal, outcome);
    else printSummary(terminal, outcome);
    return exitCodeOf(context, outcome);
  } finally {
    signals.dispose();
  }
}

/** Undefined when somebody could not wait for its end. */
async function play(
  cast: Cast,
  {
    meter,
    live,
    signals,
    limitMs,
  }: { meter: FleetMeter; live: Live; signals: StopSignals; limitMs: number | undefined },
): Promise<Pick<Outcome, 'last' | 'failures' | 'troubles'> | undefined> {
  const startedAt = performance.now();
  cast.start();
  const look = setInterval(() => live.show(momentOf(cast, meter, startedAt)), live.everyMs);
  const limit = Promise.withResolvers<undefined>();
  const timer = limitMs === undefined ? undefined : setTimeout(() => limit.resolve(undefined), limitMs);
  const failures = await Promise.race([cast.finished(), limit.promise, signals.first.then(() => undefined)]);
  clearTimeout(timer);
  clearInterval(look);
  live.clear();
  const last = momentOf(cast, meter, startedAt);
  // What is cut off by the end itself is no trouble.
  const troubles = troublesOf(meter);
  const isStopped = await Promise.race([cast.stop().then(() => true), signals.second.then(() => false)]);
  return isStopped ? { last, failures, troubles } : undefined;
}

function exitCodeOf({ terminal }: CliContext, outcome: Outcome): ExitCode {
  const { meter, scenario, url } = outcome;
  if (meter.figures.connects === 0) {
    const [reason = 'no answer'] = meter.figures.connectFailures.keys();
    throw new CommandError(`No charger could connect to ${url}: ${reason}.`, exitCodes.unreachable);
  }
  const remark = remarkOf(terminal, outcome);
  if (remark !== undefined) terminal.tell(`\n${remark}`);
  const isAnyBooted = (meter.figures.boots.get('Accepted') ?? 0) > 0;
  const isPlayed = scenario === undefined || outcome.failures?.length === 0;
  const hasFailed = !isPlayed || !isAnyBooted || lackingOf(outcome) > 0;
  return hasFailed ? exitCodes.failed : exitCodes.ok;
}

function readScenario({ cwd }: CliContext, file: string): Scenario {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new CommandError(`The scenario ${file} cannot be read.`, exitCodes.notFound, { cause: error });
  }
  try {
    return parseScenario(text, file);
  } catch (error) {
    if (error instanceof ConfigError) throw usageError(error.message);
    throw error;
  }
}

/** Of the gateway that the configuration here describes. */
async function localOcppUrl({ local }: CliContext): Promise<string> {
  const { ocpp } = await local.config({ set: [], shortcuts: {} });
  if (ocpp === undefined) throw usageError('The configuration here has no OCPP address. Give one with --url.');
  const host = ['0.0.0.0', '::'].includes(ocpp.host) ? '127.0.0.1' : ocpp.host;
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${ocpp.tls ? 'wss' : 'ws'}://${shown}:${ocpp.port}/ocpp`;
}

function ocppUrlOf(text: string): string {
  const parsed = URL.parse(text);
  if (parsed !== null && ['ws:', 'wss:'].includes(parsed.protocol)) return text;
  throw usageError(`--url wants where chargers connect, such as ws://127.0.0.1:9000/ocpp, not '${text}'.`);
}
