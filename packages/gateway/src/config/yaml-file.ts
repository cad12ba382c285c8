import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import type { Mistake } from './mistakes.ts';
import { keyOfPath } from './path.ts';
import type { Path } from './path.ts';

/** A parsed file that knows where everything in it stands. */
export interface YamlFile {
  value: unknown;
  /** Offset of a key, or of its value, if the file has it. */
  offsetOf(path: Path, part: 'key' | 'value'): number | undefined;
  /** `busbar.yaml:3:9` */
  placeOf(offset: number): string;
  mistakes: readonly Mistake[];
  /** Whether `value` is all there, so that looking at it makes sense. */
  readable: boolean;
}

interface Offsets {
  key: Map<string, number>;
  value: Map<string, number>;
}

/** What the parser's codes mean to somebody who writes a file by hand. */
const explanations: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'A tab is used for indentation; YAML wants spaces.',
  BAD_INDENT: 'The indentation does not fit: lines of one section start in the same column, and a bracket is closed.',
  BLOCK_AS_IMPLICIT_KEY:
    "There is a second ': ' in this line, or the next line is indented too far; put a text that holds ': ' in quotes.",
  MISSING_CHAR: 'A quote or bracket that was opened before is not closed.',
  MULTIPLE_DOCS: "A second document starts here; a configuration is one document, remove the '---'.",
  BAD_ALIAS: 'The alias (*name) does not fit here.',
  BAD_SCALAR_START: 'A text that starts with this character must be put in quotes.',
  UNEXPECTED_TOKEN: "There is text after the end of the value; inside single quotes, write '' for a quote.",
  TAG_RESOLVE_FAILED: 'Tags (!name) mean nothing here; remove it.',
};

/** Parses the text of a configuration file; `name` is what places are called after. Never throws. */
export function parseYaml(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const found = [...document.errors, ...document.warnings];
  // Each line that is wrong is told once: the parser's further complaints about it only follow from the first.
  const firstOfLine = new Map(found.toReversed().map((error) => [lines.linePos(error.pos[0]).line, error]));
  const mistakes = [...firstOfLine.values()].map(({ code, message, pos: [offset] }) => ({
    place: placeOf(offset),
    offset,
    detail: code === 'DUPLICATE_KEY' ? duplicateOf(text, offset) : (explanations[code] ?? `${message}.`),
  }));
  const offsets: Offsets = { key: new Map(), value: new Map() };
  const readable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  if (readable) locate(document.contents, [], { document, offsets, depth: 0 });
  const { value, problem } = readable ? valueOf(document) : {};
  return {
    value,
    offsetOf: (path, part) => offsets[part].get(keyOfPath(path)),
    placeOf,
    mistakes: problem === undefined ? mistakes : [...mistakes, { place: name, detail: problem }],
    readable: readable && problem === undefined,
  };
}

function valueOf(document: Document.Parsed): { value?: unknown; problem?: string } {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { problem: `${error instanceof Error ? error.message : String(error)}.` };
  }
}

function duplicateOf(text: string, offset: number): string {
  const name = /^['"]?([^\s:'"]*)/.exec(text.slice(offset, offset + 80))?.[1] ?? '';
  return `'${name}' stands here for the second time in the same section; remove one of the two.`;
}

interface Walk {
  document: Document.Parsed;
  offsets: Offsets;
  depth: number;
}

function locate(node: unknown, path: Path, walk: Walk): void {
  if (!isNode(node) || walk.depth > 32) return;
  const start = node.range?.[0];
  if (start !== undefined) walk.offsets.value.set(keyOfPath(path), start);
  const inner = { ...walk, depth: walk.depth + 1 };
  if (isAlias(node)) locateAliased(node.resolve(walk.document), path, { inner, start });
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const at = [...path, String(key.value)];
      if (key.range) walk.offsets.key.set(keyOfPath(at), key.range[0]);
      locate(value, at, inner);
    }
  }
  if (isSeq(node)) node.items.forEach((item, index) => locate(item, [...path, String(index)], inner));
}

/** What an alias brings stands where its anchor is; the value itself is named by the place of the alias. */
function locateAliased(node: unknown, path: Path, { inner, start }: { inner: Walk; start: number | undefined }): void {
  locate(node, path, inner);
  if (start !== undefined) inner.offsets.value.set(keyOfPath(path), start);
}
