import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.ts';
import { UsageError, helpText, optionsOf } from './command-line.ts';
import type { Options } from './command-line.ts';
import { isInMemory, machineOf } from './machine.ts';
import { profileText } from './profile.ts';
import { demandsText, machineLine, markdownOf, textOf } from './report.ts';
import type { Machine, Section } from './report.ts';
import { bootSuite, idleSuite } from './suite-connect.ts';
import { openSuite } from './suite-open.ts';
import { simulatorSuite } from './suite-simulator.ts';
import { startSuite } from './suite-start.ts';
import { steadySuite } from './suite-steady.ts';
import { connectionsSuite, throughputSuite } from './suite-throughput.ts';

const suites = [
  startSuite,
  idleSuite,
  bootSuite,
  throughputSuite('heartbeat'),
  throughputSuite('metervalues'),
  throughputSuite('transactions'),
  connectionsSuite,
  openSuite,
  steadySuite,
  simulatorSuite,
];

const page = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url));
const marks = { begin: '<!-- bench: begin -->', end: '<!-- bench: end -->' };

try {
  const options = optionsOf(process.argv.slice(2), suites);
  if (options === 'help') console.log(helpText(suites));
  else if (process.platform === 'linux') await run(options);
  else throw new UsageError('The bench reads CPU times and memory from /proc and runs on Linux only.');
  process.exit();
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exit(error instanceof UsageError ? 2 : 1);
}

async function run(options: Options): Promise<void> {
  const parent = options.workFolder ?? tmpdir();
  await mkdir(parent, { recursive: true });
  if (isInMemory(parent))
    throw new UsageError(`${parent} is in memory, so nothing there is durable. Name a folder on a disk with --folder.`);
  const workFolder = await mkdtemp(join(resolve(parent), 'busbar-bench-'));
  try {
    await measure(options, workFolder);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function measure(options: Options, workFolder: string): Promise<void> {
  const print = options.json === '-' ? console.error : console.log;
  const machine = machineOf(workFolder);
  print(machineLine(machine));
  const profileFolder = options.profileFolder === undefined ? undefined : resolve(options.profileFolder);
  const { plan, serverNames } = options;
  const bench: Bench = { plan, serverNames, launchOptions: { workFolder, profileFolder }, progress };
  const sections: Section[] = [];
  for (const suite of options.suites) {
    const section = await suite.run(bench);
    progress('');
    print(textOf(section));
    sections.push(section);
  }
  const demands = sections.flatMap((section) => section.demands);
  if (demands.length > 0) print(demandsText(demands));
  if (profileFolder !== undefined) print(await profileText(profileFolder));
  await hand(options, machine, sections);
}

/** Where else the numbers are wanted. */
async function hand(options: Options, machine: Machine, sections: readonly Section[]): Promise<void> {
  const json = `${JSON.stringify({ machine, plan: options.plan, sections }, undefined, 2)}\n`;
  if (options.json === '-') process.stdout.write(json);
  else if (options.json !== undefined) await writeFile(options.json, json);
  if (options.write) await writePage(markdownOf(machine, sections));
}

async function writePage(tables: string): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [begin, end] = [text.indexOf(marks.begin), text.indexOf(marks.end)];
  if (begin === -1 || end < begin) throw new Error(`${page} lacks the lines "${marks.begin}" and "${marks.end}".`);
  await writeFile(page, `${text.slice(0, begin + marks.begin.length)}\n\n${tables}\n\n${text.slice(end)}`);
}

/** One line that is written over by the next; on a terminal only. */
function progress(sentence: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${sentence}`);
}
