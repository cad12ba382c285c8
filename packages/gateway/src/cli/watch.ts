import { defineCommand } from 'citty';
import type { Event } from '../north/api/client.ts';
import { clientArgs, connect, numberOf } from './connect.ts';
import type { CliContext } from './context.ts';
import { tellEvent } from './event-text.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { paint, printLine } from './terminal.ts';
import { toClock } from './words.ts';

export const watch = (context: CliContext) =>
  defineCommand({
    meta: { name: 'watch', description: 'Follow what happens, live' },
    args: {
      more: { type: 'positional', required: false, description: 'Chargers, with spaces between them (default: all)' },
      types: {
        type: 'string',
        valueHint: 'types',
        description: 'Only these, with commas between them: session.*, chargestation.online, ...',
      },
      tail: { type: 'string', valueHint: 'number', description: 'Show so many of the events before, too' },
      ...clientArgs,
    },
    async run({ args }): Promise<ExitCode> {
      const tail = numberOf('--tail', args.tail, { least: 1, most: 1000 });
      const client = await connect(context, args);
      const chargestations = args._;
      const types = (args.types ?? '')
        .split(',')
        .map((type) => type.trim())
        .filter(Boolean);
      const show = (event: Event) => showEvent(event, context, args.json === true);
      const filter = { ...(chargestations.length > 0 && { chargestations }), ...(types.length > 0 && { types }) };
      const newest = await client.events.list({ ...filter, tail: tail ?? 1 });
      if (tail !== undefined) newest.items.forEach(show);
      const after = newest.items.at(-1)?._id;
      const signals = context.stopSignals();
      const controller = new AbortController();
      void signals.first.then(() => controller.abort());
      const onLost = () => context.terminal.tell('The connection was lost; trying again…');
      try {
        const events = client.events.stream({
          ...filter,
          ...(after !== undefined && { after }),
          signal: controller.signal,
          onLost,
        });
        for await (const event of events) show(event);
        return exitCodes.ok;
      } finally {
        controller.abort();
        signals.dispose();
      }
    },
  });

function showEvent(event: Event, { terminal }: CliContext, json: boolean): void {
  if (json) return printLine(terminal, event);
  const { station, text, colour } = tellEvent(event);
  const line = `${paint(terminal, 'grey', toClock(event.createdAt))}  ${station.padEnd(14)}  ${paint(terminal, colour, text)}`;
  terminal.print(line.trimEnd());
}
