/** Builds dist/ when a source is newer than it. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** What the page is made of. */
const sources = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'package.json',
  '../gateway/src/north/api/client.ts',
  '../gateway/src/north/api/client-http.ts',
];

/** True when there is a page, whatever it was made from. */
export function isBuilt(): boolean {
  return builtAtMs() !== undefined;
}

/** Resolves with whether there was something to do; rejects when vite is missing or a source does not build. */
export async function build(): Promise<boolean> {
  const builtAt = builtAtMs();
  if (builtAt !== undefined && Math.max(...sources.map((source) => newestMs(join(folder, source)))) <= builtAt)
    return false;
  const vite = await import('vite');
  // Vite goes by it, also where a test runner has set it.
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  await vite.build({ root: folder, logLevel: 'error' }).finally(() => {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  });
  return true;
}

function builtAtMs(): number | undefined {
  return statSync(join(folder, 'dist/index.html'), { throwIfNoEntry: false })?.mtimeMs;
}

/** Newest change of a file, or of anything in a folder, ms. */
function newestMs(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return Math.max(found.mtimeMs, ...entries.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}
