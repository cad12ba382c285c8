/** Something Busbar has to reach, and what it did. `reached` is absent when this run cannot tell. */
export interface Demand {
  what: string;
  wanted: string;
  measured: string;
  reached?: boolean;
}

export interface Section {
  name: string;
  title: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  notes: readonly string[];
  demands: readonly Demand[];
  /** The unrounded numbers, for `--json`. */
  data: unknown;
}

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  /** Mean time of an `fdatasync` of 4 KiB in the folder the databases are in, ms. */
  syncMs: number;
  date: string;
}

const demandColumns = ['Must reach', 'Wanted', 'Measured', ''];

export function textOf({ title, columns, rows, notes }: Section): string {
  return [`\n${title}`, ...tableLines(columns, rows), ...notes.map((note) => `  ${note}`)].join('\n');
}

export function demandsText(demands: readonly Demand[]): string {
  return ['\nMust reach', ...tableLines(demandColumns, demands.map(cellsOf))].join('\n');
}

/** What stands between the markers of the page. */
export function markdownOf(machine: Machine, sections: readonly Section[]): string {
  const demands = sections.flatMap((section) => section.demands);
  const parts = [
    machineLine(machine),
    markdownTable(demandColumns, demands.map(cellsOf)),
    ...sections.map(({ title, columns, rows, notes }) =>
      [`### ${title}`, markdownTable(columns, rows), ...notes].join('\n\n'),
    ),
  ];
  return parts.join('\n\n');
}

export function machineLine(machine: Machine): string {
  const { cpu, cores, memoryGiB, system, node, syncMs, date } = machine;
  return (
    `${date}, Node ${node}, ${system}, ${cores} cores (${cpu}), ${memoryGiB.toFixed(0)} GiB; ` +
    `one fdatasync of 4 KiB takes ${syncMs.toFixed(2)} ms.`
  );
}

export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '–';
}

export function fixed(value: number, digits = 2): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

function cellsOf({ what, wanted, measured, reached }: Demand): string[] {
  return [what, wanted, measured, reached === undefined ? 'not judged' : reached ? 'reached' : 'NOT REACHED'];
}

function tableLines(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, index) => (isNumeric(rows, index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0))).join('  ')}`.trimEnd();
  return [line(columns), `  ${widths.map((width) => '─'.repeat(width)).join('  ')}`, ...rows.map(line)];
}

function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map((_, index) => (isNumeric(rows, index) ? '---:' : '---'));
  return [row(columns), row(rule), ...rows.map(row)].join('\n');
}

function isNumeric(rows: readonly (readonly string[])[], index: number): boolean {
  return rows.length > 0 && rows.every((row) => /^[\d.,–-]+$/.test(row[index] ?? ''));
}
