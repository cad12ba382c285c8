import type { ArgsDef } from 'citty';
import { paint } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export interface Described {
  /** `busbar keys create` */
  name: string;
  description: string;
  args: ArgsDef;
  /** Commands below this one, with what each is for. */
  commands: readonly (readonly [string, string])[];
  /** Whether the command does something itself. */
  runs: boolean;
}

/** What `--help` shows. */
export function usageLines(described: Described, terminal: Terminal): string[] {
  const { name, description, args, commands, runs } = described;
  const places = Object.entries(args).filter(([, { type }]) => type === 'positional');
  const flags = Object.entries(args).filter(([, { type }]) => type !== 'positional');
  const words = places.map(([place, { required }]) => wordOf(place, required === true));
  const uses = [
    ...(runs ? [[name, ...words, ...(flags.length > 0 ? ['[options]'] : [])].join(' ')] : []),
    ...(commands.length > 0 ? [`${name} <command>`] : []),
  ];
  return [
    description,
    '',
    ...uses.map((use, index) => `${index === 0 ? 'Usage:' : '   or:'} ${paint(terminal, 'bold', use)}`),
    ...section('Commands', commands, terminal),
    ...section(
      'Arguments',
      places.map(([place, { description: text = '', required }]) => [wordOf(place, required === true), text]),
      terminal,
    ),
    ...section(
      'Options',
      [
        ...flags.map(([flag, definition]) => [flagOf(flag, definition), textOf(definition)] as const),
        ['-h, --help', 'Show this'],
        ...(name.includes(' ') ? [] : [['-v, --version', 'Show the version'] as const]),
      ],
      terminal,
    ),
    ...(commands.length > 0 ? ['', `'${name} <command> --help' tells more about one.`] : []),
  ];
}

/** `more` is the open end of a list of words. */
function wordOf(place: string, isRequired: boolean): string {
  const shown = place === 'more' ? 'name…' : place;
  return isRequired ? `<${shown}>` : `[${shown}]`;
}

function flagOf(flag: string, definition: ArgsDef[string]): string {
  const alias = 'alias' in definition && definition.alias !== undefined ? [definition.alias].flat() : [];
  const names = [...alias.map((short) => `-${short}`), `--${flag}`].join(', ');
  if (definition.type === 'boolean') return names;
  const options =
    'options' in definition && Array.isArray(definition.options) ? definition.options.join('|') : undefined;
  return `${names} <${options ?? definition.valueHint ?? flag}>`;
}

function textOf({ description = '', default: value }: ArgsDef[string]): string {
  return value === undefined ? description : `${description} (default ${String(value)})`;
}

function section(title: string, rows: readonly (readonly [string, string])[], terminal: Terminal): string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([left]) => left.length));
  const room = Math.max(30, (terminal.width ?? 100) - width - 4);
  const lines = rows.flatMap(([left, text]) =>
    wrap(text, room).map((part, index) =>
      index === 0
        ? `  ${paint(terminal, 'cyan', left)}${' '.repeat(width - left.length)}  ${part}`
        : `${' '.repeat(width + 4)}${part}`,
    ),
  );
  return ['', `${title}:`, ...lines];
}

function wrap(text: string, room: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
