import { isSecretVariable, mask, masked as withoutSecrets } from '../../domain/secrets.ts';

export { mask };

/** Whether a variable name or 1.6 key, with or without its component, holds a secret. */
export function isSecret(name: string): boolean {
  return isSecretVariable(name.slice(name.lastIndexOf('/') + 1).split(';', 1)[0] ?? '');
}

/** `value` with every secret in it masked, also passwords in URLs and in JSON that is itself a text, as in DataTransfer. */
export function masked(value: unknown): unknown {
  return withoutSecretTexts(withoutSecrets(value));
}

/** The same for a frame; one that cannot be read and names a secret is not shown at all. */
export function maskedFrame(text: string): string {
  if (!telling.test(text)) return text;
  try {
    return JSON.stringify(masked(JSON.parse(text)));
  } catch {
    return '(not shown: the frame cannot be read and names a secret)';
  }
}

const telling = /password|passphrase|secret|authorizationkey|vpnkey|simpin|:\/\/[^\s/"]*@/i;

function withoutSecretTexts(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (Array.isArray(value)) return value.map(withoutSecretTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutSecretTexts(member)]));
}

/** `ftp://user:password@host` is how stations are told where to upload. */
function maskedText(text: string): string {
  const shown = text.replaceAll(/(\w:\/\/[^\s/:@?#]*:)[^\s/@]+@/g, `$1${mask}@`);
  if (!/^\s*[[{]/.test(shown) || !telling.test(shown)) return shown;
  try {
    return JSON.stringify(masked(JSON.parse(shown)));
  } catch {
    return shown;
  }
}
