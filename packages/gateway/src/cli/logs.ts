import { setTimeout as delay } from 'node:timers/promises';
import { defineCommand } from 'citty';
import { ApiError } from '../north/api/client.ts';
import type { Client, Message, MessageFilter } from '../north/api/client.ts';
import { clientArgs, connect, numberOf } from './connect.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { lengthOf } from './table.ts';
import { paint, printLine } from './terminal.ts';
import { timeOf } from './times.ts';
import { toClock, toTime } from './words.ts';

const pollMs = 1000;
/** New messages that one look fetches at most; a station that sends more is ahead of a person anyway. */
const mostAtOnce = 1000;

export const logs = (context: CliContext) =>
  defineCommand({
    meta: { name: 'logs', description: 'Show the message log of a charger: every frame, as it went over the wire' },
    args: {
      station: { type: 'positional', required: false, description: 'OCPP identity, or id (default: all)' },
      follow: { type: 'boolean', alias: 'f', description: 'Go on with what comes' },
      lines: { type: 'string', alias: 'n', valueHint: 'number', default: '50', description: 'How many of the newest' },
      action: { type: 'string', valueHint: 'action', description: 'Only these OCPP actions, e.g. MeterValues' },
      direction: { type: 'enum', options: ['in', 'out'], description: 'Only from the charger (in) or to it (out)' },
      search: { type: 'string', valueHint: 'text', description: 'Part of the frame' },
      since: { type: 'string', valueHint: 'time', description: 'Only from then on' },
      full: { type: 'boolean', description: 'Do not cut frames to the width of the terminal' },
      ...clientArgs,
    },
    async run({ args }): Promise<ExitCode> {
      const lines = numberOf('--lines', args.lines, { least: 1, most: 1000 }) ?? 50;
      const filter: MessageFilter = {
        ...(args.station !== undefined && { chargestation: args.station }),
        ...(args.action !== undefined && { action: args.action }),
        ...((args.direction === 'in' || args.direction === 'out') && { direction: args.direction }),
        ...(args.search !== undefined && { search: args.search }),
        ...(args.since !== undefined && { since: timeOf('--since', args.since) }),
      };
      const show = (message: Message) =>
        showMessage(message, context, { json: args.json === true, full: args.full === true });
      const client = await connect(context, args);
      const { items } = await client.messages.list({ ...filter, limit: lines });
      items.toReversed().forEach(show);
      if (args.follow === true) await follow(client, { context, filter, show, last: items[0]?._id ?? 0 });
      else if (items.length === 0 && args.json !== true) context.terminal.tell('No messages.');
      return exitCodes.ok;
    },
  });

interface Following {
  context: CliContext;
  filter: MessageFilter;
  show: (message: Message) => void;
  last: number;
}

/** Asks again and again until Ctrl-C. A gateway that is away for a while is waited for. */
async function follow(client: Client, { context, filter, show, ...from }: Following): Promise<void> {
  const signals = context.stopSignals();
  const controller = new AbortController();
  void signals.first.then(() => controller.abort());
  let { last } = from;
  try {
    for (;;) {
      await delay(pollMs, undefined, { signal: controller.signal }).catch(() => undefined);
      if (controller.signal.aborted) return;
      for (const message of await newerThan(client, last, filter).catch(nothingWhileAway)) {
        show(message);
        last = message._id;
      }
    }
  } finally {
    signals.dispose();
  }
}

function nothingWhileAway(error: unknown): Message[] {
  if (error instanceof ApiError && (error.status === 0 || error.status >= 500)) return [];
  throw error;
}

async function newerThan(client: Client, last: number, filter: MessageFilter): Promise<Message[]> {
  const found: Message[] = [];
  for await (const message of client.messages.all({ ...filter, limit: 100 })) {
    if (message._id <= last || found.length >= mostAtOnce) break;
    found.push(message);
  }
  return found.toReversed();
}

function showMessage(
  message: Message,
  { terminal }: CliContext,
  { json, full }: { json: boolean; full: boolean },
): void {
  if (json) return printLine(terminal, message);
  const isOld = Date.now() - Date.parse(message.createdAt) > 12 * 3600 * 1000;
  const time = isOld ? toTime(message.createdAt) : toClock(message.createdAt);
  const arrow = message.direction === 'in' ? '→' : '←';
  const head = `${time}  ${message.endpoint} ${arrow}  `;
  const room = full || terminal.width === undefined ? Infinity : Math.max(20, terminal.width - lengthOf(head));
  // oxlint-disable-next-line no-control-regex
  const text = message.text.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ');
  const shown = lengthOf(text) > room ? `${[...text].slice(0, room - 1).join('')}…` : text;
  terminal.print(
    `${paint(terminal, 'grey', head)}${paint(terminal, message.direction === 'in' ? undefined : 'cyan', shown)}`,
  );
  const isGood = message.verdict === 'ok' || message.verdict === 'valid' || message.verdict === '';
  const remarks = [...(isGood ? [] : [message.verdict]), ...(message.notes ?? [])];
  for (const remark of remarks) terminal.print(paint(terminal, 'yellow', `${' '.repeat(time.length)}  ${remark}`));
}
