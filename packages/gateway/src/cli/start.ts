import { defineCommand } from 'citty';
import { isRecord } from '../lib/is-record.ts';
import type { Client, Event } from '../north/api/client.ts';
import { clientArgs, connect, numberOf } from './connect.ts';
import type { CliContext } from './context.ts';
import { CommandError, exitCodes } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { defaultWaitS, exitCodeOf, tellOutcome } from './outcome.ts';

/** s in which a driver plugs in and the station starts. */
const sessionTimeoutS = 120;

export const start = (context: CliContext) =>
  defineCommand({
    meta: { name: 'start', description: 'Let a charger start a session' },
    args: {
      station: { type: 'positional', required: true, description: 'OCPP identity, or id' },
      token: { type: 'string', required: true, valueHint: 'token', description: 'Id token that charges' },
      evse: {
        type: 'string',
        valueHint: 'number',
        description: 'EVSE, or connector of an OCPP 1.6 charger (default: the charger chooses)',
      },
      limit: { type: 'string', valueHint: 'A', description: 'Current limit, A per phase' },
      wait: { type: 'boolean', description: `Until the session has begun, at most ${sessionTimeoutS} s` },
      ...clientArgs,
    },
    async run({ args }): Promise<ExitCode> {
      const evse = numberOf('--evse', args.evse, { least: 1, most: 1000 });
      const limit = numberOf('--limit', args.limit, { least: 0, most: 10_000 });
      const client = await connect(context, args);
      const json = args.json === true;
      const session = args.wait === true ? await follow(client, args.station) : undefined;
      try {
        const action = await client.sessions.start(
          {
            chargestation: args.station,
            token: args.token,
            ...(evse !== undefined && { evse }),
            ...(limit !== undefined && { current_limit: limit }),
          },
          { waitS: defaultWaitS },
        );
        const isWaiting = session !== undefined && action.status === 'completed';
        const code = isWaiting
          ? exitCodeOf(action)
          : tellOutcome(action, { context, json, done: `${action.endpoint} accepts the start.` });
        return isWaiting ? await tellSession(session.begun, { context, json, client }) : code;
      } finally {
        session?.stop();
      }
    },
  });

/** Listens before the command is sent, so that a fast station is not missed. */
async function follow(
  client: Client,
  station: string,
): Promise<{ begun: Promise<string | undefined>; stop: () => void }> {
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(sessionTimeoutS * 1000)]);
  const newest = await client.events.list({ tail: 1 });
  const after = newest.items.at(-1)?._id ?? newest.nextCursor;
  const events = client.events.stream({
    types: ['session.started'],
    chargestations: [station],
    signal,
    ...(after !== undefined && { after }),
  });
  return { begun: firstSessionOf(events), stop: () => controller.abort() };
}

async function firstSessionOf(events: AsyncIterable<Event>): Promise<string | undefined> {
  for await (const { data } of events) {
    const id = isRecord(data) ? data['_id'] : undefined;
    if (typeof id === 'string') return id;
  }
  return undefined;
}

async function tellSession(
  begun: Promise<string | undefined>,
  { context, json, client }: { context: CliContext; json: boolean; client: Client },
): Promise<ExitCode> {
  if (!json) context.terminal.tell('The charger accepts the start. Waiting for the vehicle…');
  const id = await begun;
  if (id === undefined) {
    throw new CommandError(
      `No session began within ${sessionTimeoutS} s. Is a vehicle plugged in?`,
      exitCodes.stationSilent,
    );
  }
  const session = await client.sessions.get(id);
  if (json) context.terminal.print(JSON.stringify(session, undefined, 2));
  else context.terminal.print(`Session ${id} has begun at ${session.endpoint}, EVSE ${session.evse}.`);
  return exitCodes.ok;
}
