/** What commands write to. */
export interface Terminal {
  /** One line of result, to standard output. */
  print(line: string): void;
  /** One line about the work, to standard error. */
  tell(line: string): void;
  /** Columns of a terminal; `undefined` when the output goes elsewhere. */
  width: number | undefined;
  colour: boolean;
}

const colours = { red: 31, green: 32, yellow: 33, cyan: 36, grey: 90, bold: 1 } as const;
export type Colour = keyof typeof colours;

export function paint(terminal: Terminal, colour: Colour | undefined, text: string): string {
  return terminal.colour && colour !== undefined && text !== '' ? `\u001B[${colours[colour]}m${text}\u001B[0m` : text;
}

/** One JSON document on lines of its own. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.print(JSON.stringify(value, undefined, 2));
}

/** One line of NDJSON. */
export function printLine(terminal: Terminal, value: unknown): void {
  terminal.print(JSON.stringify(value));
}
