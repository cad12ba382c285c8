import { expect } from 'vitest';
import type { OcppVersion } from '@busbar/ocpp';
import type { Command, CommandResult } from '../../src/domain/commands.ts';
import type { StationLink } from '../../src/ports/south.ts';
import { open16 } from '../../src/south/ocpp/ocpp16/index.ts';
import { open201 } from '../../src/south/ocpp/ocpp201/index.ts';
import { open21 } from '../../src/south/ocpp/ocpp21/index.ts';
import type { Session } from '../../src/south/ocpp/session.ts';
import { FakeIntake } from './fake-intake.ts';

/**
 * A line of a transcript. `"*"` as the id of a frame stands for the id of the newest call of the gateway,
 * `"<transactionId>"` for the number the gateway has allotted, `"<number>"` for any number. A fact and a result may leave
 * out members; a failure is that of a `LinkError`.
 */
export type Line =
  | { from: 'station' | 'gateway'; frame: unknown[] }
  /** And any of its members. */
  | { fact: string }
  | { command: Command }
  | { result: Record<string, unknown> }
  | { failure: string; sent: boolean };

export const stationId = 'CP1';

const openers = { '1.6': open16, '2.0.1': open201, '2.1': open21 } as const;

/** One connection without a socket: frames in and out, facts, commands. */
export class Bench {
  readonly intake = new FakeIntake();
  readonly sent: unknown[][] = [];
  readonly notes: string[] = [];
  readonly link: StationLink;
  readonly receive: (frame: unknown[]) => void;
  #arrived: PromiseWithResolvers<void> | undefined;

  constructor(version: OcppVersion) {
    const session: Session = {
      stationId,
      connectedAt: new Date(this.intake.now.getTime() - 4 * 3_600_000),
      now: () => this.intake.now,
      report: (report) => this.intake.report(stationId, report),
      seen: () => this.intake.seen(stationId),
      station: () => this.intake.station(stationId),
      timedOut: () => {},
      note: (sentence) => this.notes.push(sentence),
    };
    const wiring = {
      mode: 'lenient' as const,
      validateResponses: true,
      transmit: (text: string) => this.#transmit(text),
      onMessage: ({ direction, kind }: { direction: string; kind: string }) => {
        if (direction === 'out' && kind === 'CALL') ends.caller.wrote();
      },
    };
    const ends = openers[version](session, wiring, () => {});
    this.link = ends.link;
    this.receive = (frame) => ends.peer.receive(JSON.stringify(frame));
  }

  /** The frame that was sent at that place. */
  async frame(index: number): Promise<unknown[]> {
    for (;;) {
      const frame = this.sent[index];
      if (frame !== undefined) return frame;
      this.#arrived ??= Promise.withResolvers();
      await this.#arrived.promise;
    }
  }

  #transmit(text: string): void {
    const frame: unknown = JSON.parse(text);
    if (Array.isArray(frame)) this.sent.push(frame);
    this.#arrived?.resolve();
    this.#arrived = undefined;
  }
}

export function command(link: StationLink, wanted: Command): Promise<CommandResult> {
  const { type } = wanted;
  const method: unknown = link[type];
  if (typeof method !== 'function') return Promise.reject(new Error(`the link cannot ${type}`));
  return Promise.resolve(Reflect.apply(method, link, [wanted, {}]));
}

/** Plays the station's side, and compares the gateway's with what the transcript says. */
export async function play(version: OcppVersion, lines: readonly Line[]): Promise<void> {
  const bench = new Bench(version);
  const names = new Map<string, unknown>([['<number>', expect.any(Number)]]);
  let frames = 0;
  let outcome: Promise<unknown> | undefined;
  const facts = new Set<unknown>();
  for (const line of lines) {
    if ('command' in line) {
      outcome = command(bench.link, revived(line.command)).catch((error: unknown) => error);
    } else if ('result' in line || 'failure' in line) {
      expect(plain(await outcome)).toMatchObject('result' in line ? line.result : line);
    } else if ('fact' in line) {
      const { fact: type, ...members } = line;
      const found = bench.intake.facts.find((fact) => fact.type === type && !facts.has(fact));
      facts.add(found);
      const texts = new Map(names).set('<transactionId>', String(names.get('<transactionId>')));
      expect(plain(found)).toMatchObject({ type, ...named(members, texts) });
    } else if (line.from === 'station') {
      bench.receive(line.frame.map((part) => meant(part, names)));
    } else {
      const frame = plain(await bench.frame(frames++));
      if (line.frame[0] === 2) names.set('*', frame[1]);
      if (frame[0] === 3 && frame[2].transactionId !== undefined) names.set('<transactionId>', frame[2].transactionId);
      expect(frame).toEqual(line.frame.map((part) => meant(part, names)));
    }
  }
  expect(bench.sent).toHaveLength(frames);
}

/** What it stands for in place of every name. */
function named(members: object, names: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, meant(member, names)]));
}

function meant(value: unknown, names: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') return names.has(value) ? names.get(value) : value;
  if (Array.isArray(value)) return value.map((item) => meant(item, names));
  return typeof value === 'object' && value !== null ? named(value, names) : value;
}

/** As it looks in JSON. */
function plain(value: unknown) {
  return JSON.parse(JSON.stringify(value));
}

export function parse(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));
}

/** The one date a command carries. */
function revived(wanted: Command): Command {
  return wanted.type === 'reserveNow' ? { ...wanted, expiresAt: new Date(wanted.expiresAt) } : wanted;
}
