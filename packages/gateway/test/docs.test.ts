import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../src/cli/exit.ts';
import { loadConfig } from '../src/config/load.ts';
import { optionsOf } from '../src/config/options.ts';
import { configSchema } from '../src/config/schema.ts';
import { services } from '../src/north/index.ts';
import { drivers } from '../src/south/index.ts';
import { startGateway, temporaryFolder } from './support/gateway.ts';
import { runPage } from './support/page-run.ts';
import { anchorsOf, codeWordsOf, linksOf, pages, partsOf, readPage, root } from './support/pages.ts';

/** Pages whose commands are run, and what they show that cannot be: it starts things, or sets up the terminal. */
const walked = ['docs/getting-started.md', 'docs/cli.md'];
const notRun = /^(npm ci && npm start|npm start -- --demo|alias busbar=.*|export BUSBAR_URL=.*)$/;

describe('links', () => {
  test.each(pages())('those of %s lead somewhere', (page) => {
    const broken = linksOf(readPage(page)).filter((target) => !isThere(page, target));
    expect(broken).toEqual([]);
  });

  test('one to nowhere, or to a heading that is not there, is found', () => {
    const links = linksOf(
      '[a](no.md) [b](README.md#no) [c](README.md#busbar) `[d](no.md)` [e](https://example.org)\n\n[f]: No.md',
    );
    expect(links.filter((target) => !isThere('README.md', target))).toEqual(['no.md', 'README.md#no', 'No.md']);
  });
});

describe('commands', () => {
  test.concurrent.each(walked)('%s shows what its commands do', { timeout: 300_000 }, async (page) => {
    expect(await runPage(page)).toBeGreaterThan(10);
  });

  test.each(walked)('%s shows no command that is not run', (page) => {
    const blocks = partsOf(readPage(page)).flatMap((part) => (part.kind === 'block' ? [part] : []));
    const lines = blocks.filter(({ language }) => ['sh', 'bash', ''].includes(language)).map(({ text }) => text);
    const shown = lines.flatMap((text) => text.trimEnd().split('\n'));
    expect(shown.filter((line) => !notRun.test(line))).toEqual([]);
  });

  test('docs/cli.md has every command with options that it takes, and every exit code', async () => {
    const page = readPage('docs/cli.md');
    const names = [...(await helpOf()).matchAll(/^ {2}(\w+) {2}/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(10);
    const rows = names.map((name) => ({ name, row: rowsOf(page, name) }));
    expect(rows.filter(({ row }) => row === '')).toEqual([]);
    const wrong = rows.map(async ({ name, row }) => {
      const help = await helpOf(name);
      return [...row.matchAll(/`(--?\w[\w-]*)/g)].flatMap(([, flag = '']) =>
        help.includes(flag) ? [] : [[name, flag]],
      );
    });
    expect((await Promise.all(wrong)).flat()).toEqual([]);
    expect(Object.values(exitCodes).filter((code) => !page.includes(`\n| ${code} | `))).toEqual([]);
  });
});

describe('what pages name', () => {
  const pagesOfUse = [...pages().filter((page) => /^docs\/[\w-]+\.md$/.test(page)), 'README.md'];
  const options = optionsOf(configSchema({ drivers, services }));

  test.each(pagesOfUse)('the options and variables of %s exist', (page) => {
    const words = [...codeWordsOf(readPage(page)), ...partsOf(readPage(page)).flatMap(variablesIn)];
    const named = words.filter((word) => /^(south|north|log|retention)\.[\w.]+$|^BUSBAR_[A-Z\d_]+$/.test(word));
    expect(named.filter((word) => !isOption(word))).toEqual([]);
  });

  test('the configuration files of the pages have no mistakes', async () => {
    const cwd = await temporaryFolder();
    const files = pagesOfUse.flatMap((page) =>
      partsOf(readPage(page)).flatMap((part) =>
        part.kind === 'block' && part.text.startsWith('# busbar.yaml') ? [part.text] : [],
      ),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const text of files) {
      writeFileSync(join(cwd, 'busbar.yaml'), text);
      expect(() => loadConfig({ cwd, env: {}, drivers, services }), text).not.toThrow();
    }
  });

  test('docs/operations.md has every metric, and no other', async () => {
    const { httpUrl } = await startGateway();
    const text = await (await fetch(`${httpUrl}/metrics`)).text();
    const real = [...text.matchAll(/^# TYPE (busbar_\w+)/gm)].map(([, name = '']) => name);
    const named = codeWordsOf(readPage('docs/operations.md')).filter((word) => /^busbar_\w+$/.test(word));
    expect(new Set(named)).toEqual(new Set(real));
  });

  function isOption(word: string): boolean {
    const asked = ['BUSBAR_URL', 'BUSBAR_API_KEY', 'BUSBAR_CONFIG'];
    const fromOutside = ['BUSBAR_SERVICE_HOST', 'BUSBAR_PORT_8080_TCP'];
    if ([...asked, ...fromOutside].includes(word)) return true;
    return options.some(({ name, variable }) => name === word || variable === word || name.startsWith(`${word}.`));
  }
});

test('the generated parts of pages are up to date', () => {
  const { stdout, status } = spawnSync(process.execPath, ['scripts/docs.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([stdout, status]).toEqual(['up to date\n', 0]);
});

/** With the same letters, large and small, as there are file systems that tell them apart. */
function isThere(page: string, target: string): boolean {
  const [path = '', anchor] = decodeURIComponent(target).split('#', 2);
  const file = path === '' ? page : relative(root, join(root, dirname(page), path));
  const full = join(root, file);
  if (file.startsWith('..') || !existsSync(full) || !readdirSync(dirname(full)).includes(basename(full))) return false;
  return anchor === undefined || (file.endsWith('.md') && anchorsOf(readPage(file)).includes(anchor));
}

async function helpOf(...command: string[]): Promise<string> {
  const launcher = join(root, 'packages/gateway/bin/busbar.cjs');
  const { stdout } = await promisify(execFile)(process.execPath, [launcher, ...command, '--help']);
  return stdout;
}

/** The rows of the first table that tell of a command. */
function rowsOf(page: string, command: string): string {
  return page
    .split('\n')
    .filter((line) => new RegExp(`^\\| \`busbar ${command}\\b`).test(line))
    .join('\n');
}

function variablesIn(part: ReturnType<typeof partsOf>[number]): string[] {
  return part.kind === 'block' ? (part.text.match(/\bBUSBAR_[A-Z\d_]+\b/g) ?? []) : [];
}
