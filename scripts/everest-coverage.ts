import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  casesToCome,
  everestSuites,
  leftOut,
  robustnessRows,
  type EverestSuite,
} from '../packages/station/test/everest-tests.ts';
import { filesBelow } from './files-below.ts';
import { root } from './layers.ts';

/** The files whose titles have a tag. */
type Places = ReadonlyMap<string, readonly string[]>;

/** What the titles of the station's tests say they cover. */
export interface Coverage {
  /** By `version name`. */
  tests: Places;
  cases: Places;
  rows: Places;
  /** Tags that name nothing, or do not say which of several. */
  mistakes: readonly string[];
}

interface Title {
  file: string;
  text: string;
}

const station = 'packages/station';
const caseNumbers = Array.from({ length: 72 }, (_, index) => String(index + 1));

/** Numbers of acceptance cases that have no test. */
export function casesWithoutTest({ cases }: Coverage): string[] {
  return caseNumbers.filter((number) => !cases.has(number) && !casesToCome.includes(Number(number)));
}

export function rowsWithoutTest({ rows }: Coverage): string[] {
  return robustnessRows.filter((row) => !rows.has(row));
}

export function everestCoverage(): string {
  const coverage = readCoverage(readTitles());
  return [
    ...totals(coverage),
    ...(['1.6', '2.0.1', '2.1'] as const).flatMap((version) => suitesOf(version, coverage)),
    '## Acceptance cases\n',
    ...table(['Case', 'Tested in'], caseNumbers, (number) => filesOf(coverage.cases, number) ?? 'not yet'),
    '## Robustness\n',
    ...table(['Row', 'Tested in'], robustnessRows, (row) => filesOf(coverage.rows, row) ?? 'not yet'),
  ].join('\n');
}

export function readTitles(): Title[] {
  const files = filesBelow(join(root, station), '.test.ts').filter(
    (path) => !path.endsWith('everest-coverage.test.ts'),
  );
  return files.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/'((?:[^'\\\n]|\\.)*)'|`([^`]*)`/g)].map(([, plain, template]) => ({
      file: relative(join(root, station), path).replaceAll('\\', '/'),
      text: plain ?? template ?? '',
    })),
  );
}

export function readCoverage(titles: readonly Title[]): Coverage {
  const tests = new Map<string, string[]>();
  const cases = new Map<string, string[]>();
  const rows = new Map<string, string[]>();
  const mistakes: string[] = [];
  for (const { file, text } of titles) {
    for (const [, number = ''] of text.matchAll(/\(case (\d+)\)/g)) {
      if (caseNumbers.includes(number)) note(cases, number, file);
      else mistakes.push(`${file}: no case ${number}`);
    }
    for (const [, row = ''] of text.matchAll(/\((7\.\d [^)]+)\)/g)) {
      if (robustnessRows.includes(row)) note(rows, row, file);
      else mistakes.push(`${file}: no row ${row}`);
    }
    for (const tag of tagsOf(text)) {
      const keys = keysOf(tag);
      for (const key of keys) note(tests, key, file);
      if (keys.length === 0) mistakes.push(`${file}: [${tag}] is no test of EVerest, or does not say of which version`);
    }
  }
  return { tests, cases, rows, mistakes };
}

/** `[name]`, `[name, name]` or, where versions share a name, `[name 1.6 2.0.1]`. */
function tagsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|\s)\[([\w .,]*[a-z][\w .,]*)\](?=\s|$)/gi)].flatMap(([, tags = '']) =>
    tags.split(',').map((tag) => tag.trim()),
  );
}

function keysOf(tag: string): string[] {
  const [name = '', ...versions] = tag.split(' ');
  const known = new Set(everestSuites.filter(({ tests }) => tests.includes(name)).map(({ version }) => version));
  if (versions.length === 0) return known.size === 1 ? [...known].map((version) => `${version} ${name}`) : [];
  return [...known].filter((version) => versions.includes(version)).map((version) => `${version} ${name}`);
}

function note(places: Map<string, string[]>, key: string, file: string): void {
  const files = places.get(key) ?? [];
  if (!files.includes(file)) files.push(file);
  places.set(key, files);
}

function reasonFor(suite: EverestSuite, name: string): string {
  const rule = leftOut.find(
    ({ version, file, tests }) => version === suite.version && file === suite.file && (tests?.includes(name) ?? true),
  );
  return rule?.reason ?? 'not covered: no test of ours is about it yet';
}

const kinds = ['covered', 'not applicable', 'not covered'] as const;

function totals(coverage: Coverage): string[] {
  const line = (version: string) => {
    const verdicts = everestSuites
      .filter((suite) => suite.version === version)
      .flatMap((suite) => suite.tests.map((name) => verdictOf(suite, name, coverage)));
    const counts = kinds.map((kind) => verdicts.filter((verdict) => verdict.startsWith(kind)).length);
    return [version, verdicts.length, ...counts];
  };
  const lines = ['1.6', '2.0.1', '2.1'].map(line);
  return [
    '| OCPP | Tests of EVerest | Covered | Not applicable | Not covered |\n|---|---|---|---|---|',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ];
}

function verdictOf(suite: EverestSuite, name: string, { tests }: Coverage): string {
  const files = filesOf(tests, `${suite.version} ${name}`);
  return files === undefined ? reasonFor(suite, name) : `covered by ${files}`;
}

function suitesOf(version: EverestSuite['version'], coverage: Coverage): string[] {
  const suites = everestSuites.filter((suite) => suite.version === version);
  return [
    `## OCPP ${version}\n`,
    ...suites.flatMap((suite) => [
      `### \`${suite.file}\`\n`,
      ...table(['Test', 'Here'], suite.tests, (name) => verdictOf(suite, name, coverage)),
    ]),
  ];
}

function filesOf(places: Places, key: string): string | undefined {
  return places
    .get(key)
    ?.map((file) => `\`${file}\``)
    .join(', ');
}

function table(head: [string, string], keys: readonly string[], cell: (key: string) => string): string[] {
  return [
    `| ${head.join(' | ')} |\n|---|---|`,
    ...keys.map((key) => `| ${key.replaceAll('_', String.raw`\_`)} | ${cell(key)} |`),
    '',
  ];
}
