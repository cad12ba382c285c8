import { mask, masked, withoutUrlPasswords } from '../../domain/secrets.ts';

/** Actions whose payload may carry a password or a key of a station. */
const secretive: ReadonlySet<string> = new Set([
  'ChangeConfiguration',
  'GetConfiguration',
  'GetVariables',
  'NotifyEvent',
  'NotifyReport',
  'SetNetworkProfile',
  'SetVariables',
]);

const secretNames = /AuthorizationKey|Password|Passphrase|VpnKey|SimPin/i;

/**
 * The text of a frame for the message log: passwords and keys of stations are masked, the rest is as it was. A frame
 * without an action (a late answer, an invalid frame) may be any; one that cannot be read is not shown.
 */
export function redacted(text: string, action: string | undefined): string {
  if ((action !== undefined && !secretive.has(action)) || !secretNames.test(text)) return withoutUrlPasswords(text);
  try {
    const frame: unknown = JSON.parse(text);
    return JSON.stringify(masked(frame));
  } catch {
    return `${mask} (a frame that cannot be read and names a secret)`;
  }
}
