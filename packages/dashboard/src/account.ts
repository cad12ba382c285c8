import { signal } from '@preact/signals';
import { type ApiError, type Client, createClient } from 'busbar/client';
import { Fleet } from './fleet.ts';

/** Kept for this tab only, and gone with it. */
const slot = 'busbar.apiKey';

/** Of a visitor who has signed in. */
export interface Account {
  client: Client;
  fleet: Fleet;
}

export const account = signal<Account | undefined>(undefined);
/** Why the visitor has to sign in again. */
export const farewell = signal<string | undefined>(undefined);

/** Signs in with the key of this tab, if there is one. */
export function resume(): void {
  const key = sessionStorage.getItem(slot);
  if (key !== null) open(key);
}

/** Tries the key and keeps it. @throws ApiError when the gateway does not accept it */
export async function signIn(apiKey: string): Promise<void> {
  await createClient({ url: location.origin, apiKey }).summary();
  sessionStorage.setItem(slot, apiKey);
  farewell.value = undefined;
  open(apiKey);
}

export function signOut(reason?: string): void {
  sessionStorage.removeItem(slot);
  account.value?.fleet.stop();
  account.value = undefined;
  farewell.value = reason;
}

function open(apiKey: string): void {
  const client = createClient({
    url: location.origin,
    apiKey,
    fetch: (input, init) => watchedFetch(fleet, input, init),
  });
  const fleet = new Fleet(client, (error: ApiError) => signOut(`Signed out: ${error.detail}`));
  account.value = { client, fleet };
  fleet.start();
}

/** The client tells when the event stream is lost, not when it is open; its answer does. */
async function watchedFetch(fleet: Fleet, ...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(input, init);
  if (response.ok && new URL(response.url).pathname.endsWith('/events/stream')) fleet.opened();
  return response;
}
