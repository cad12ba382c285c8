import { defineCommand } from 'citty';
import type { CliContext } from '../context.ts';
import { CommandError, exitCodes } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { settingsArgs, toSettings } from '../local.ts';
import type { Finding, LocalConfig, Settings } from '../local.ts';
import { valuesOf } from '../args.ts';
import { tableLines } from '../table.ts';
import { paint, printJson } from '../terminal.ts';
import type { Colour } from '../terminal.ts';
import { examineGateway } from './gateway.ts';
import { examineClock, examineDatabase, examineFolder, examineNode } from './machine.ts';
import { judgePort } from './ports.ts';

export const doctor = (context: CliContext) =>
  defineCommand({
    meta: { name: 'doctor', description: 'Look at this set-up and say what is wrong with it' },
    args: { ...settingsArgs, json: { type: 'boolean', description: 'One JSON document instead of a table' } },
    async run({ args, rawArgs }): Promise<ExitCode> {
      const findings = await examine(toSettings(args, valuesOf('set', rawArgs)), context);
      const isWell = findings.every(({ level }) => level !== 'problem');
      if (args.json === true) printJson(context.terminal, { ok: isWell, findings });
      else show(findings, context);
      return isWell ? exitCodes.ok : exitCodes.failed;
    },
  });

async function examine(settings: Settings, context: CliContext): Promise<Finding[]> {
  const node = examineNode();
  const { config, findings } = await readConfig(settings, context);
  if (config === undefined) return [node, ...findings];
  const gateway = await examineGateway(config.http);
  const adapters = await context.local.examine(settings);
  return [
    node,
    ...findings,
    examineClock(context.now(), config),
    ...examineFolder(config.data),
    await examineDatabase(config, { local: context.local, isRunning: gateway.isRunning }),
    ...adapters.map((finding) => judgePort(finding, gateway)),
    gateway.finding,
  ];
}

async function readConfig(
  settings: Settings,
  { local }: CliContext,
): Promise<{ config?: LocalConfig; findings: Finding[] }> {
  const subject = 'configuration';
  try {
    const config = await local.config(settings);
    const detail =
      config.file === undefined ? 'No file; defaults, variables and flags.' : `${config.file} has no mistakes.`;
    return { config, findings: [{ level: 'ok', subject, detail }] };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { findings: error.message.split('\n').map((detail) => ({ level: 'problem', subject, detail })) };
  }
}

const marks: Readonly<Record<Finding['level'], { colour: Colour; rank: number }>> = {
  problem: { colour: 'red', rank: 0 },
  warning: { colour: 'yellow', rank: 1 },
  ok: { colour: 'green', rank: 2 },
};

/** Details are never cut: they hold the remedy. */
function show(findings: readonly Finding[], { terminal }: CliContext): void {
  const lines = tableLines(
    { ...terminal, width: undefined },
    [
      { title: '', value: ({ level }) => level, colour: ({ level }) => marks[level].colour },
      { title: '', value: ({ subject }) => subject },
      { title: '', value: ({ detail }) => detail },
    ],
    findings,
  );
  for (const line of lines.slice(1)) terminal.print(line);
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const worst = problems > 0 ? 'problem' : warnings > 0 ? 'warning' : 'ok';
  const verdict =
    worst === 'ok'
      ? 'All is well.'
      : [plural(problems, 'problem'), plural(warnings, 'warning')].filter(Boolean).join(', ');
  terminal.print('');
  terminal.print(paint(terminal, marks[worst].colour, verdict));
}

function plural(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}
