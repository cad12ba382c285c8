import { isRecord } from '../lib/is-record.ts';

const levels: Readonly<Record<number, { word: string; colour: number }>> = {
  10: { word: 'trace', colour: 90 },
  20: { word: 'debug', colour: 90 },
  30: { word: 'info', colour: 32 },
  40: { word: 'warn', colour: 33 },
  50: { word: 'error', colour: 31 },
  60: { word: 'error', colour: 31 },
};

/** One line of the log for people: `12:04:05.120 info  station connected  stationId=CP1`. Stacks follow, indented. */
export function toPretty(json: string, options: { colour: boolean }): string {
  const line = parse(json);
  if (line === undefined) return json;
  const { time, level, msg, err, error, ...fields } = line;
  const paint = (text: string, colour: number) => (options.colour ? `\u001B[${colour}m${text}\u001B[0m` : text);
  const { word, colour } = levels[Number(level)] ?? { word: String(level), colour: 0 };
  const at = typeof time === 'number' ? timeOf(new Date(time)) : '';
  const shown = Object.entries(fields).map(([name, value]) => `${paint(`${name}=`, 90)}${textOf(value)}`);
  const head = `${paint(at, 90)} ${paint(word.padEnd(5), colour)} ${String(msg ?? '')}`;
  return `${[head, ...shown].join('  ').trimEnd()}\n${stackOf(err ?? error)}`;
}

function parse(json: string): Record<string, unknown> | undefined {
  try {
    const line: unknown = JSON.parse(json);
    return isRecord(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

/** Local time; the date is left out, a terminal shows today. */
function timeOf(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return /^[\w.:/@[\]-]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? 'undefined';
}

function stackOf(error: unknown): string {
  if (!isRecord(error)) return error === undefined ? '' : `    ${textOf(error)}\n`;
  const text = typeof error['stack'] === 'string' ? error['stack'] : String(error['message'] ?? '');
  const lines = text.split('\n').map((line) => `    ${line.trim()}\n`);
  return `${lines.join('')}${'cause' in error ? `    because of:\n${stackOf(error['cause'])}` : ''}`;
}
