import { defineCommand } from 'citty';
import { ApiError } from '../north/api/client.ts';
import type { Client, Session } from '../north/api/client.ts';
import { clientArgs, connect, numberOf } from './connect.ts';
import type { CliContext } from './context.ts';
import { CommandError, exitCodes, usageError } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { defaultWaitS, tellOutcome } from './outcome.ts';

export const stop = (context: CliContext) =>
  defineCommand({
    meta: { name: 'stop', description: 'Let a charger stop a session' },
    args: {
      session: { type: 'positional', required: true, description: 'Id of the session, or the charger it goes on at' },
      evse: {
        type: 'string',
        valueHint: 'number',
        description: 'With a charger: the EVSE, when sessions go on at several',
      },
      ...clientArgs,
    },
    async run({ args }): Promise<ExitCode> {
      const client = await connect(context, args);
      const session = await find(client, args.session, numberOf('--evse', args.evse, { least: 1, most: 1000 }));
      const action = await client.sessions.stop(session._id, { waitS: defaultWaitS });
      const done = `${session.endpoint} accepts to stop session ${session._id}.`;
      return tellOutcome(action, { context, json: args.json === true, done });
    },
  });

/** The session itself, or the one that goes on at a station of that name. */
async function find(client: Client, name: string, evse: number | undefined): Promise<Session> {
  try {
    return await client.sessions.get(name);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  }
  const { items } = await client.sessions.list({ chargestation: name, status: 'Started', limit: 1000 });
  const meant = evse === undefined ? items : items.filter((session) => session.evse === evse);
  const [only, ...others] = meant;
  if (only === undefined) {
    const place = evse === undefined ? name : `EVSE ${evse} of ${name}`;
    throw new CommandError(
      `No session goes on at ${place}. 'busbar sessions --active' shows those that do.`,
      exitCodes.notFound,
    );
  }
  if (others.length > 0) {
    const evses = meant.map((session) => session.evse).join(', ');
    throw usageError(`Sessions go on at several EVSEs of ${name}: ${evses}. Say which one with --evse.`);
  }
  return only;
}
