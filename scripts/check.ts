import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './layers.ts';

/** What `npm run check` looks at. All at once; seconds in all. */
const checks: Record<string, readonly string[]> = {
  format: ['oxfmt', '--check', '.'],
  lint: ['oxlint', '--type-aware', '--deny-warnings', '.'],
  layers: ['node', 'scripts/layers.ts'],
  types: ['tsc', '-p', '.'],
  'types (dashboard)': ['tsc', '-p', 'packages/dashboard'],
  unused: ['knip', '--no-progress'],
};

interface Outcome {
  name: string;
  output: string;
  passed: boolean;
  seconds: number;
}

const outcomes = await Promise.all(Object.entries(checks).map(([name, command]) => run(name, command)));
for (const { name, output, passed, seconds } of outcomes) {
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name.padEnd(17)} ${seconds.toFixed(1)} s`);
  if (!passed) console.log(output);
}
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;

function run(name: string, [command = '', ...args]: readonly string[]): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}` },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    const finish = (passed: boolean) =>
      resolve({ name, output, passed, seconds: (performance.now() - started) / 1000 });
    child.on('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.on('close', (code) => finish(code === 0));
  });
}
