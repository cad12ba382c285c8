/** What `npm ci` runs last: the files generated from the OCPP schemas, and the git hooks of a checkout. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generate, isGenerated } from '../packages/ocpp/scripts/generate.ts';

try {
  const written = await generate();
  console.log(
    written === 0 ? 'prepare: generated files are up to date' : `prepare: generated OCPP types and validators`,
  );
} catch (error) {
  if (!isMissingModule(error)) throw error;
  if (!isGenerated()) {
    console.error(
      'prepare: packages/ocpp/src/generated/ is missing and so are the development dependencies that write it. Run `npm ci` once without --omit=dev.',
    );
    process.exit(1);
  }
  console.log('prepare: development dependencies are not installed; using the generated files that are there');
}

const root = fileURLToPath(new URL('..', import.meta.url));
if (existsSync(`${root}.git`)) {
  try {
    execFileSync('git', ['config', 'core.hooksPath', '.githooks'], { cwd: root, stdio: 'ignore' });
  } catch {
    console.log('prepare: git is not available, its hooks are not set');
  }
}

function isMissingModule(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}
