import { paint } from './terminal.ts';
import type { Colour, Terminal } from './terminal.ts';

export interface Column<Row> {
  title: string;
  value(row: Row): string | undefined;
  /** Numbers stand at the right. */
  align?: 'right';
  colour?(row: Row): Colour | undefined;
  /** Fewest characters it may be cut down to when the terminal is narrow; never cut when absent. */
  least?: number;
}

/** Lines of an aligned table with a heading. A column that is empty in every row is left out. */
export function tableLines<Row>(terminal: Terminal, columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.value(row) ?? '')));
  const shown = columns.flatMap((column, index) =>
    cells.some((line) => line[index] !== '') ? [{ column, index, width: widthOf(column, cells, index) }] : [],
  );
  const widths = fit(shown, terminal.width);
  const line = (textOf: (index: number) => string, colourOf: (column: Column<Row>) => Colour | undefined) =>
    shown
      .map(({ column, index }, place) => {
        const last = place === shown.length - 1;
        const text = pad(
          cut(textOf(index), widths[place] ?? 0),
          last && column.align === undefined ? 0 : (widths[place] ?? 0),
          column.align,
        );
        return paint(terminal, colourOf(column), text);
      })
      .join('  ')
      .trimEnd();
  const heading = line(
    (index) => columns[index]?.title ?? '',
    () => 'grey',
  );
  const body = rows.map((row, number) =>
    line(
      (index) => cells[number]?.[index] ?? '',
      (column) => column.colour?.(row),
    ),
  );
  return [heading, ...body];
}

/** Names and values under each other, for one thing. Absent values are left out. */
export function fieldLines(terminal: Terminal, fields: readonly (readonly [string, string | undefined])[]): string[] {
  const known = fields.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${paint(terminal, 'grey', name.padEnd(width))}  ${oneLine(value)}`);
}

/** Characters as a terminal counts them; wide and combining ones are few in this field and count as one. */
export function lengthOf(text: string): number {
  return [...text].length;
}

function widthOf<Row>(column: Column<Row>, cells: readonly string[][], index: number): number {
  return Math.max(lengthOf(column.title), ...cells.map((line) => lengthOf(line[index] ?? '')));
}

interface Shown {
  column: { title: string; least?: number };
  width: number;
}

/** Takes from the widest of the columns that may be cut, until the line fits. */
function fit(shown: readonly Shown[], terminalWidth: number | undefined): number[] {
  const widths = shown.map(({ width }) => width);
  if (terminalWidth === undefined) return widths;
  let excess = widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1) - terminalWidth;
  while (excess > 0) {
    const widest = shown.reduce<number | undefined>((best, { column }, index) => {
      const spare = (widths[index] ?? 0) - (column.least ?? Infinity);
      return spare > 0 && (best === undefined || (widths[index] ?? 0) > (widths[best] ?? 0)) ? index : best;
    }, undefined);
    if (widest === undefined) return widths;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function cut(text: string, width: number): string {
  return lengthOf(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`;
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const blanks = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** What a station calls itself must not move the cursor. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ').trim();
}
