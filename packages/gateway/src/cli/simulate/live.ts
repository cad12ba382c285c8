import type { FleetMeter } from '@busbar/station';
import { fieldLines } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { toDuration, toPower } from '../words.ts';
import { ratesOf, troublesOf } from './figures.ts';
import type { Moment, Traffic } from './figures.ts';

/** How many kinds of trouble a block shows. */
const shownTroubles = 4;

/** Shows how a simulation goes: one block that is written over on a terminal, else a line now and then. */
export class Live {
  readonly #terminal: Terminal;
  readonly #meter: FleetMeter;
  #before: Traffic = { seconds: 0, framesIn: 0, framesOut: 0 };
  #height = 0;

  constructor(terminal: Terminal, meter: FleetMeter) {
    this.#terminal = terminal;
    this.#meter = meter;
  }

  /** Between two looks, ms. */
  get everyMs(): number {
    return this.#isBlock ? 1000 : 5000;
  }

  get #isBlock(): boolean {
    return this.#terminal.width !== undefined;
  }

  show(moment: Moment): void {
    const rates = ratesOf(this.#before, moment);
    this.#before = moment;
    if (this.#isBlock) this.#block(moment, rates);
    else this.#terminal.tell(lineOf(moment, rates, this.#latency()));
  }

  /** Takes the block away. */
  clear(): void {
    if (this.#height > 0) this.#terminal.tell(`\u001B[${this.#height}A\u001B[0J\u001B[1A`);
    this.#height = 0;
  }

  #block(moment: Moment, rates: { in: number; out: number }): void {
    const { stations, connected, accepted, charging, power, seconds } = moment;
    const lines = fieldLines(this.#terminal, [
      ['running', toDuration(seconds)],
      ['connected', `${connected} of ${stations}`],
      ['booted', String(accepted)],
      ['charging', charging === 0 ? '0' : `${charging}, ${toPower(power)}`],
      ['messages', `${rates.out.toFixed(1)}/s out, ${rates.in.toFixed(1)}/s in`],
      ['answers', this.#latency()],
      ...troublesOf(this.#meter)
        .slice(0, shownTroubles)
        .map(([what, count], index) => [index === 0 ? 'trouble' : '', `${count} × ${what}`] as const),
    ]);
    const width = this.#terminal.width ?? 80;
    // A line that wraps would be two, and the block would not be written over whole.
    const shown = this.#terminal.colour ? lines : lines.map((line) => line.slice(0, width));
    const up = this.#height > 0 ? `\u001B[${this.#height}A\u001B[0J` : '';
    this.#height = shown.length;
    this.#terminal.tell(up + shown.join('\n'));
  }

  #latency(): string {
    const { latency } = this.#meter.figures;
    const [half, most] = [latency.at(0.5), latency.at(0.99)];
    return half === undefined || most === undefined ? '' : `p50 ${toMs(half)}, p99 ${toMs(most)}`;
  }
}

function lineOf(
  { seconds, connected, stations, accepted, charging }: Moment,
  rates: { in: number; out: number },
  latency: string,
): string {
  const parts = [
    `${toDuration(seconds)}: ${connected} of ${stations} connected`,
    `${accepted} booted`,
    `${charging} charging`,
    `${rates.out.toFixed(1)}/s out`,
    `${rates.in.toFixed(1)}/s in`,
    latency,
  ];
  return parts.filter(Boolean).join(', ');
}

/** `0.8 ms`, `12 ms`, `1.2 s` */
export function toMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms >= 10 ? Math.round(ms) : ms.toFixed(1)} ms`;
}
