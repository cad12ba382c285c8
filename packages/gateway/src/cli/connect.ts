import { createClient } from '../north/api/client.ts';
import type { Client } from '../north/api/client.ts';
import type { CliContext } from './context.ts';
import { readCredentials } from './credentials.ts';
import { usageError } from './exit.ts';

export const defaultUrl = 'http://127.0.0.1:8080';

/** Flags of every command that talks to a gateway. */
export const clientArgs = {
  url: { type: 'string', valueHint: 'url', description: `Gateway to talk to (default BUSBAR_URL, or ${defaultUrl})` },
  key: {
    type: 'string',
    valueHint: 'key',
    description: "API key (default BUSBAR_API_KEY, or the one of 'busbar keys login')",
  },
  json: { type: 'boolean', description: 'JSON for programs instead of text for people' },
} as const;

export interface ClientValues {
  url?: string | undefined;
  key?: string | undefined;
}

/** The API of the gateway that flags, environment and kept keys lead to. */
export async function connect(context: CliContext, args: ClientValues): Promise<Client> {
  const url = urlOf(context, args);
  const apiKey = args.key ?? context.apiKey ?? (await readCredentials(context.credentialsFile))[url];
  return createClient({ url, ...(apiKey !== undefined && { apiKey }) });
}

/** Without a slash at the end. @throws CommandError when it is no URL */
export function urlOf(context: CliContext, args: ClientValues): string {
  const given = args.url ?? context.url ?? defaultUrl;
  const place = args.url === undefined ? 'BUSBAR_URL' : '--url';
  const parsed = URL.parse(given);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    throw usageError(`${place} wants a URL such as ${defaultUrl}, not '${given}'.`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw usageError(`${place} must not hold a password. Give the API key with --key or BUSBAR_API_KEY.`);
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
}

/** Every item, of every page. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A number that a flag wants. @throws CommandError naming the flag */
export function numberOf(
  flag: string,
  text: string | undefined,
  range: { least: number; most: number; isWhole?: boolean },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  const isRight = value >= range.least && value <= range.most && (!range.isWhole || Number.isInteger(value));
  if (text.trim() === '' || !isRight) {
    throw usageError(
      `${flag} wants a ${range.isWhole ? 'whole ' : ''}number from ${range.least} to ${range.most}, not '${text}'.`,
    );
  }
  return value;
}
