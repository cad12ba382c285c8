/** What `npm ci` runs last: the files generated from the OCPP schemas, the dashboard, and the git hooks of a checkout. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from './build.ts';
import { build, isBuilt } from '../packages/dashboard/scripts/build.ts';
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

await buildDashboard();
compileSources();

const root = fileURLToPath(new URL('..', import.meta.url));
if (existsSync(`${root}.git`)) {
  try {
    execFileSync('git', ['config', 'core.hooksPath', '.githooks'], { cwd: root, stdio: 'ignore' });
  } catch {
    console.log('prepare: git is not available, its hooks are not set');
  }
}

/** The gateway does all its work without the page, so a page that cannot be built stops nothing. */
async function buildDashboard(): Promise<void> {
  try {
    console.log((await build()) ? 'prepare: built the dashboard' : 'prepare: the dashboard is up to date');
  } catch (error) {
    const reason = isMissingModule(error) ? 'vite is not installed' : String(error).split('\n', 1)[0];
    const result = isBuilt() ? 'the one built before is kept' : 'the gateway will run without it';
    console.error(
      `prepare: the dashboard was not built (${reason}); ${result}. \`npm run build -w packages/dashboard\` tells more.`,
    );
  }
}

/** Sources run as they are, too; compiled they start faster and need less memory. */
function compileSources(): void {
  try {
    compile();
    console.log('prepare: compiled the sources');
  } catch (error) {
    console.error(`prepare: the sources were not compiled (${String(error).split('\n', 1)[0]}); they run as they are.`);
  }
}

function isMissingModule(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}
