import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Part, partsOf, readPage } from './pages.ts';
import { environment, ServedGateway } from './served-gateway.ts';
import { shapeOf } from './shape.ts';
import { Scene } from './scene.ts';

/** A command of a page, and what the page shows below it. `^C` at the end is somebody who ends it. */
interface Step {
  line: number;
  command: string;
  shown: string;
  isEnded: boolean;
}

/** ms that a command may take. */
const patience = 15_000;

/**
 * Does what a page says, against a gateway of its own: makes happen what its `here` comments name, and runs the commands of
 * its `console` blocks one after the other. Throws at the first that does not end well or does not show what the page shows. Returns how
 * many commands there were.
 */
export async function runPage(page: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-docs-'));
  const scene = new Scene(folder);
  try {
    scene.open(await ServedGateway.start(folder));
    await scene.gateway.keepConfiguration(folder);
    let count = 0;
    for (const part of partsOf(readPage(page))) count += await play(part, { page, folder, scene });
    return count;
  } finally {
    await scene.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Setting {
  page: string;
  folder: string;
  scene: Scene;
}

/** How many commands it has run. */
async function play(part: Part, { page, folder, scene }: Setting): Promise<number> {
  if (part.kind === 'here') {
    await scene.set(part.text);
    return 0;
  }
  const expected = scene.takeExpected();
  if (expected !== undefined) compare(`${page}:${part.line}`, { shown: part.text, real: expected });
  if (part.language !== 'console') return 0;
  const steps = stepsOf(part);
  for (const step of steps) {
    const { output, code } = await execute(step, { folder, scene });
    if (code !== 0) throw new Error(`${page}:${step.line}: ended with ${code}: ${step.command}\n${output}`);
    compare(`${page}:${step.line}`, { shown: step.shown, real: output, isEnded: step.isEnded });
  }
  return steps.length;
}

function compare(place: string, { shown, real, isEnded }: { shown: string; real: string; isEnded?: boolean }): void {
  if (shapeOf(shown, isEnded === true ? 'open' : 'closed').test(real)) return;
  throw new Error(`${place}: the page shows\n${shown}\nand what comes out is\n${real}`);
}

function stepsOf({ text, line }: { text: string; line: number }): Step[] {
  const steps: Step[] = [];
  for (const [index, row] of text.trimEnd().split('\n').entries()) {
    const last = steps.at(-1);
    if (row.startsWith('$ ')) steps.push({ line: line + index + 1, command: row.slice(2), shown: '', isEnded: false });
    else if (last === undefined) throw new Error(`line ${line}: a console block begins with '$ '`);
    else if (row === '^C') last.isEnded = true;
    else last.shown += `${row}\n`;
  }
  return steps;
}

/** Runs a command in a shell, as it stands in the page. One that is to be ended is, when it has shown what it should. */
function execute(
  { command, shown, isEnded }: Step,
  { folder, scene }: { folder: string; scene: Scene },
): Promise<{ output: string; code: number | string | null }> {
  const child = spawn('sh', ['-c', `exec 2>&1\n${isEnded ? 'exec ' : ''}${command}`], {
    cwd: folder,
    env: environment(folder, scene.gateway),
    timeout: patience,
  });
  child.stdin.end(scene.takeTyped());
  const isEnough = shapeOf(shown, 'open');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (isEnded && isEnough.test(output)) child.kill('SIGINT');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // A signal that comes before a command listens to it ends it as well.
    child.once('close', (code, signal) =>
      resolve({ output, code: isEnded && signal === 'SIGINT' ? 0 : (code ?? signal) }),
    );
  });
}
