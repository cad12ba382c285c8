/**
 * What differs from run to run in the output that a page shows, and what may stand in its place. In a page `…` stands for
 * any characters of a line, and alone on a line for any number of lines.
 */
const kinds: readonly (readonly [shown: string, real: string])[] = [
  ['^…$\\n?', '(?:.*\\n)*?'],
  ['…', '.*'],
  ['\\b[0-9a-f]{24}\\b', '[0-9a-f]{24}'],
  ['\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d', '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d'],
  ['\\b\\d\\d:\\d\\d:\\d\\d\\b', '\\d\\d:\\d\\d:\\d\\d'],
  ['\\bjust now\\b|\\b\\d+ (?:s|min) ago\\b', '(?:just now|\\d+ (?:s|min) ago)'],
  ['\\b[\\d.]+ k?Wh\\b', '[\\d.]+ k?Wh'],
  ['\\b[\\d.]+ k?W\\b', '[\\d.]+ k?W'],
  ['\\b[\\d.]+ (?:s|min)\\b', '\\d+ (?:s|min)'],
  ['\\b[\\d.]+ [MG]iB\\b', '[\\d.]+ [KMG]iB'],
  ['\\b[\\d.]+ (?:A\\b|%)', '[\\d.]+ (?:A|%)'],
  ['\\b(?:127\\.0\\.0\\.1|192\\.168\\.\\d+\\.\\d+)(?::\\d+)?', '127\\.0\\.0\\.1(?::\\d+)?'],
  ['/home/ada/[^\\s.]*(?:\\.\\w[^\\s.]*)*', '/\\S*?'],
  ['\\bbb_\\w*', 'bb_[\\w-]+'],
  ['\\bBusbar \\d+\\.\\d+\\.\\d+', 'Busbar \\d+\\.\\d+\\.\\d+'],
  ['[ \\t]*\\n', ' *\\n'],
  [' +', ' +'],
];

const anyKind = new RegExp(kinds.map(([shown]) => `(${shown})`).join('|'), 'gm');

/** The shape of an output: fits what looks like it. With `open` end more lines may follow. */
export function shapeOf(text: string, end: 'closed' | 'open' = 'closed'): RegExp {
  const shown = text.trimEnd();
  let source = '';
  let from = 0;
  for (const match of shown.matchAll(anyKind)) {
    source += escaped(shown.slice(from, match.index));
    source += kinds[match.slice(1).findIndex((group) => group !== undefined)]?.[1] ?? '';
    from = match.index + match[0].length;
  }
  source += escaped(shown.slice(from));
  return new RegExp(`^\\s*${source}\\s*${end === 'closed' ? '$' : ''}`);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
