import { defineCommand } from 'citty';
import { hostOf, reachableAddresses, urlAt } from './addresses.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { settingsArgs, toSettings } from './local.ts';
import type { LocalGateway, RunningGateway } from './local.ts';
import { valuesOf } from './args.ts';
import type { StopSignals } from './stop-signals.ts';
import { fieldLines } from './table.ts';
import { paint } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** Chargers are told of at most so many addresses of this machine. */
const shownAddresses = 4;

export const serve = (context: CliContext) =>
  defineCommand({
    meta: { name: 'serve', description: 'Run the gateway' },
    args: {
      ...settingsArgs,
      demo: { type: 'boolean', description: 'Add a few simulated chargers, to see everything alive' },
    },
    async run({ args, rawArgs }): Promise<ExitCode> {
      const settings = toSettings(args, valuesOf('set', rawArgs));
      const signals = context.stopSignals();
      try {
        return await runUntilStopped(() => context.local.start(settings, { demo: args.demo === true }), {
          context,
          signals,
        });
      } finally {
        signals.dispose();
      }
    },
  });

async function runUntilStopped(
  start: () => ReturnType<LocalGateway['start']>,
  { context, signals }: { context: CliContext; signals: StopSignals },
): Promise<ExitCode> {
  const impatient = signals.second.then(() => undefined);
  const gateway = await Promise.race([start(), impatient]);
  if (gateway === undefined) return exitCodes.interrupted;
  for (const line of welcome(gateway, context)) context.terminal.print(line);
  await signals.first;
  const isStopped = await Promise.race([gateway.stop().then(() => true), impatient]);
  gateway.flush();
  return isStopped === true ? exitCodes.ok : exitCodes.interrupted;
}

/** What somebody who has just started the gateway wants to know. */
function welcome(gateway: RunningGateway, { terminal, version }: CliContext): string[] {
  const { http, ocpp, data, unknownStations, firstAdminKey } = gateway;
  const fields = fieldLines(terminal, [
    ...urlsOf(ocpp).map((url, index) => [index === 0 ? 'chargers' : 'or', `${url}/<identity>`] as const),
    ['dashboard', http && `${urlsOf(http)[0]}/`],
    ['API', http && `${urlsOf(http)[0]}/v1.1`],
    ['reference', http && `${urlsOf(http)[0]}/docs`],
    ['data', data],
    [
      'unknown',
      {
        hold: 'chargers nobody admitted wait: busbar stations admit <identity>',
        accept: 'every charger that connects is accepted',
        refuse: 'chargers nobody added are refused: busbar stations add <identity>',
      }[unknownStations],
    ],
  ]);
  return [
    '',
    paint(terminal, 'bold', `Busbar ${version} is running`),
    '',
    ...fields.map((line) => `  ${line}`),
    '',
    ...keyLines(terminal, firstAdminKey),
  ];
}

function keyLines(terminal: Terminal, firstAdminKey: string | undefined): string[] {
  if (firstAdminKey === undefined) return [];
  return [
    'This is the admin key. It is shown this once and kept nowhere, so keep it:',
    '',
    `  ${paint(terminal, 'bold', firstAdminKey)}`,
    '',
    "To use it here: 'busbar keys login', or set BUSBAR_API_KEY.",
    '',
  ];
}

function urlsOf(url: string | undefined): string[] {
  if (url === undefined) return [];
  return reachableAddresses(hostOf(url))
    .slice(0, shownAddresses)
    .map((host) => urlAt(url, host));
}
