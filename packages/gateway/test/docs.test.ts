import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runPage } from './support/page-run.ts';
import { anchorsOf, linksOf, pages, partsOf, readPage, root } from './support/pages.ts';

/** Pages whose commands are run. */
const walked = ['docs/getting-started.md', 'docs/cli.md'];

describe('links', () => {
  test.each(pages())('%s leads somewhere', (page) => {
    const broken = linksOf(readPage(page)).filter((target) => !isThere(page, target));
    expect(broken).toEqual([]);
  });

  test('a link to nowhere, or to a heading that is not there, is found', () => {
    const links = linksOf('[a](no.md) [b](README.md#no) [c](README.md) `[d](no.md)` [e](https://example.org)\n\n[f]: no.md');
    expect(links.filter((target) => !isThere('README.md', target))).toEqual(['no.md', 'README.md#no', 'no.md']);
  });
});

test.concurrent.each(walked)(
  'every command of %s does what the page shows',
  async (page) => {
    await runPage(page);
  },
  60_000,
);

test('the generated parts of pages are up to date', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/docs.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([stdout, stderr, status]).toEqual(['up to date\n', expect.anything(), 0]);
});

/** With the same letters, large and small, as there are file systems that tell them apart. */
function isThere(page: string, target: string): boolean {
  const [path = '', anchor] = decodeURIComponent(target).split('#', 2);
  const file = path === '' ? page : relative(root, join(root, dirname(page), path));
  const full = join(root, file);
  if (file.startsWith('..') || !existsSync(full) || !readdirSync(dirname(full)).includes(full.split('/').at(-1) ?? ''))
    return false;
  return anchor === undefined || (file.endsWith('.md') && anchorsOf(readPage(file)).includes(anchor));
}
