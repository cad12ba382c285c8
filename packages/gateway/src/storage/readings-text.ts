import type { FactOf } from '../domain/facts.ts';
import type { Measurement } from '../domain/measurement.ts';
import { parseJson } from './json.ts';
import type { EventMark, Transaction } from '../domain/transaction.ts';
import type { Progress } from './json.ts';

/**
 * How readings are kept, in the log of facts and in `meter_values`: a JSON array of a head and any number of lines. A line
 * is one fact of readings; its groups are the values of one EVSE at one time. What the values are of is said in the head,
 * once for all lines that bring the same kinds of values in the same order (a _shape_):
 *
 *     [{"v":1,"shapes":{"4":[["Energy.Active.Import.Register",0,"Outlet"],["SoC",0,"EV"]]}},
 *      ["CP1",0,1764079435123,"T1",[4,1,1764079435000,1204017,47]]]
 */
const version = 1;

/** Kinds of values in the order of a message. A station brings the same ones all day. */
export interface Shape {
  readonly number: number;
  /** Its entry in a head. */
  readonly text: string;
}

/** Values of one EVSE at one time, as text. */
export interface Group {
  shape: Shape;
  takenAt: number;
  text: string;
}

/** One step of the way to a shape: a kind of value that follows others. */
interface Step {
  phase: Measurement['phase'];
  location: Measurement['location'];
  context: Measurement['context'];
  kinds: string;
  shape: Shape | undefined;
  next: Map<string, Step[]>;
}

/** Steps that are remembered; vendors' own measurands are cut off at a number nobody reaches. */
const maxSteps = 20_000;
let steps = 0;
let shapes = 0;
let first: Step = newStep('');

function newStep(kinds: string, { phase, location, context }: Partial<Measurement> = {}): Step {
  return { phase, location, context, kinds, shape: undefined, next: new Map() };
}

function stepTo(step: Step, measurement: Measurement): Step {
  const { measurand, phase, location, context } = measurement;
  const known = step.next.get(measurand);
  if (known !== undefined) {
    for (const one of known) {
      if (one.phase === phase && one.location === location && one.context === context) return one;
    }
  }
  const kind = JSON.stringify([measurand, phase ?? 0, location ?? 0, context ?? 0]).replace(/(,0)+\]$/, ']');
  const made = newStep(step.kinds === '' ? kind : `${step.kinds},${kind}`, measurement);
  if (known === undefined) step.next.set(measurand, [made]);
  else known.push(made);
  steps++;
  return made;
}

function shapeAt(step: Step): Shape {
  if (step.shape !== undefined) return step.shape;
  const number = ++shapes;
  step.shape = { number, text: `"${number}":[${step.kinds}]` };
  return step.shape;
}

/** Neighbours of one EVSE and one time become a group. @throws RangeError when a time is none */
export function toGroups(measurements: readonly Measurement[]): Group[] {
  if (steps > maxSteps) forgetShapes();
  const groups: Group[] = [];
  let step = first;
  let values = '';
  let last: Measurement | undefined;
  for (const measurement of measurements) {
    if (last !== undefined && !isOfOneGroup(last, measurement)) {
      groups.push(toGroup(last, step, values));
      step = first;
      values = '';
    }
    step = stepTo(step, measurement);
    values += valueText(measurement);
    last = measurement;
  }
  if (last !== undefined) groups.push(toGroup(last, step, values));
  return groups;
}

function forgetShapes(): void {
  first = newStep('');
  steps = 0;
}

function isOfOneGroup(one: Measurement, other: Measurement): boolean {
  if (one.evseId !== other.evseId) return false;
  return one.takenAt === other.takenAt || one.takenAt.getTime() === other.takenAt.getTime();
}

function toGroup({ evseId, takenAt: date }: Measurement, step: Step, values: string): Group {
  const takenAt = date.getTime();
  if (Number.isNaN(takenAt)) throw new RangeError('Invalid time of a measurement');
  const shape = shapeAt(step);
  return { shape, takenAt, text: `[${shape.number},${evseId},${takenAt}${values}]` };
}

function valueText({ value, signedData }: Measurement): string {
  const number = Number.isFinite(value) ? value : null;
  return signedData === undefined ? `,${number}` : `,[${number},${JSON.stringify(signedData)}]`;
}

/** The line of a fact in the log. */
export function factLine(
  { stationId, at, transactionId }: FactOf<'measurements.taken'>,
  groups: readonly Group[],
  progress: string | undefined,
): string {
  const head = `[${quoted(stationId)},${progress ?? 0},${at.getTime()},${quoted(transactionId)}`;
  const [group] = groups;
  if (groups.length === 1 && group !== undefined) return `${head},${group.text}]`;
  return `${head}${groups.map(({ text }) => `,${text}`).join('')}]`;
}

/** Line of a row of `meter_values`, which knows its station; it bears the number of its fact. */
export function rowLine({ seq, at, transactionId }: Line, { text }: Group): string {
  return `[${seq},${at},${quoted(transactionId)},${text}]`;
}

/** What the rows of readings need of a fact. */
export interface Line {
  seq: number;
  at: number;
  transactionId: string | undefined;
  groups: readonly Group[];
}

/** All of it: what the lines need to be read, and the lines. */
export function toText(shapesUsed: Iterable<Shape>, lines: string): string {
  let known = '';
  for (const { text } of shapesUsed) known += known === '' ? text : `,${text}`;
  return `[{"v":${version},"shapes":{${known}}},${lines}]`;
}

/** Ids that need no escapes, which is all that there are, are not looked at by the JSON writer. */
function quoted(id: string | undefined): string {
  if (id === undefined) return '0';
  return /^[\w\-.:+*@/ ]*$/.test(id) ? `"${id}"` : JSON.stringify(id);
}

type KindText = [
  measurand: string,
  phase?: Measurement['phase'] | 0,
  location?: Measurement['location'] | 0,
  context?: Measurement['context'] | 0,
];
type ValueText = number | null | [value: number | null, signedData: string];
type GroupText = [shape: number, evseId: number, takenAt: number, ...values: ValueText[]];
type ProgressText = [
  energy: number,
  updatedAt: number,
  meterLast: number | null,
  meterLastAt: number | null,
  soc: number | null,
  chargingState?: Progress['chargingState'] | 0,
  offline?: 0 | 1,
  anomalies?: Progress['anomalies'],
  events?: [highest: number, missing: readonly number[], ...newest: EventMark[]],
];
type FactText = [
  stationId: string,
  progress: ProgressText | 0,
  at: number,
  transactionId: string | 0,
  ...groups: GroupText[],
];
type RowText = [seq: number, at: number, transactionId: string | 0, group: GroupText];
type Text<L> = [head: { v: number; shapes: Record<number, KindText[]> }, ...lines: L[]];

/** A fact of readings, and how far its transaction is with it. */
export interface ReadFact {
  fact: FactOf<'measurements.taken'>;
  progress: Progress | undefined;
}

/** The facts of a row of the log, in order. */
export function readFacts(text: string): ReadFact[] {
  const [{ shapes: known }, ...lines] = parseJson<Text<FactText>>(text);
  return lines.map(([stationId, progress, at, transactionId, ...groups]) => ({
    fact: {
      type: 'measurements.taken',
      stationId,
      at: new Date(at),
      ...(transactionId !== 0 && { transactionId }),
      measurements: groups.flatMap((group) => toMeasurements(group, known)),
    },
    progress: progress === 0 ? undefined : toProgress(progress),
  }));
}

/** Readings of one station from a row of `meter_values`. */
export interface StoredReadings {
  seq: number;
  transactionId: string | undefined;
  evseId: number;
  takenAt: number;
  measurements: readonly Measurement[];
}

export function readRow(text: string): StoredReadings[] {
  const [{ shapes: known }, ...lines] = parseJson<Text<RowText>>(text);
  return lines.map(([seq, , transactionId, group]) => ({
    seq,
    transactionId: transactionId === 0 ? undefined : transactionId,
    evseId: group[1],
    takenAt: group[2],
    measurements: toMeasurements(group, known),
  }));
}

function toMeasurements(
  [shape, evseId, takenAt, ...values]: GroupText,
  known: Readonly<Record<number, KindText[]>>,
): Measurement[] {
  return (known[shape] ?? []).map(([measurand, phase, location, context], index) => {
    const given = values[index] ?? null;
    const [value, signedData] = Array.isArray(given) ? given : [given];
    return {
      evseId,
      measurand,
      value: value ?? Number.NaN,
      takenAt: new Date(takenAt),
      ...(phase && { phase }),
      ...(location && { location }),
      ...(context && { context }),
      ...(signedData !== undefined && { signedData }),
    };
  });
}

/** How far a transaction is, in a fact line; of its events the newest, as each fact before told of its own. */
export function progressText(transaction: Transaction): string {
  const { chargingState, meterLast, meterLastAt, energy, soc, events, offline, anomalies, updatedAt } = transaction;
  const lastAt = meterLastAt === undefined ? null : meterLastAt.getTime();
  const numbers = `[${energy},${updatedAt.getTime()},${meterLast ?? null},${lastAt},${soc ?? null}`;
  if (chargingState === undefined && events === undefined && !offline && anomalies.length === 0) return `${numbers}]`;
  const names = anomalies.length === 0 ? '[]' : JSON.stringify(anomalies);
  return `${numbers},${quoted(chargingState)},${offline ? 1 : 0},${names}${eventsText(events)}]`;
}

function eventsText(events: Transaction['events']): string {
  if (events === undefined) return '';
  const { highest, missing, recent } = events;
  const newest = recent?.at(-1);
  const numbers = `${highest},${missing.length === 0 ? '[]' : JSON.stringify(missing)}`;
  return newest === undefined ? `,[${numbers}]` : `,[${numbers},${markText(newest)}]`;
}

function markText({ seqNo, eventType, atMs }: EventMark): string {
  return `{"seqNo":${seqNo},"eventType":${quoted(eventType)},"atMs":${atMs}}`;
}

function toProgress([energy, updatedAt, meterLast, meterLastAt, soc, state, offline, anomalies, events]: ProgressText) {
  const progress: Progress = {
    energy,
    updatedAt,
    offline: offline === 1,
    anomalies: anomalies ?? [],
    ...(meterLast !== null && { meterLast }),
    ...(meterLastAt !== null && { meterLastAt }),
    ...(soc !== null && { soc }),
    ...(state && { chargingState: state }),
  };
  if (events === undefined) return progress;
  const [highest, missing, ...recent] = events;
  return { ...progress, events: { highest, missing, recent } };
}
