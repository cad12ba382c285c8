import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const root = resolve(fileURLToPath(new URL('../../../..', import.meta.url)));

/** Folders whose pages are not ours, or are made from ours. */
const foreign = new Set(['node_modules', 'generated', 'dist', 'build', 'coverage', 'data', '.git']);

/** Every page of documentation, by its path from the root. */
export function pages(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return foreign.has(entry.name) ? [] : pages(path);
    return entry.isFile() && entry.name.endsWith('.md') ? [relative(root, path)] : [];
  });
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Targets of links, without those to other sites and those that stand in code. */
export function linksOf(text: string): string[] {
  const prose = withoutCode(text);
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const named = [...prose.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/gm)];
  const html = [...prose.matchAll(/\b(?:href|src)="([^"]+)"/g)];
  return [...inline, ...named, ...html]
    .map(([, target = '']) => target)
    .filter((target) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(target));
}

/** What the headings of a page are linked by. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  const headings = [...withoutBlocks(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)];
  return headings.map(([, heading = '']) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation} -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** A part of a page that a test can use. `line` counts from 1. */
export type Part =
  /** What has to happen at this place: `<!-- here: CP1 connects -->`. */
  | { kind: 'here'; line: number; text: string }
  /** A fenced block. */
  | { kind: 'block'; line: number; language: string; text: string };

export function partsOf(text: string): Part[] {
  const pattern = /^```([\w-]*)\n([\s\S]*?)^```$|^<!-- here: (.+) -->$/gm;
  return [...text.matchAll(pattern)].map(({ index, 1: language = '', 2: block, 3: here }) => {
    const line = text.slice(0, index).split('\n').length;
    return here === undefined
      ? { kind: 'block', line, language, text: block ?? '' }
      : { kind: 'here', line, text: here };
  });
}

/** Words between single backquotes. */
export function codeWordsOf(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, word = '']) => word);
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^(```+)[^\n]*\n[\s\S]*?^\1$/gm, '');
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '');
}
