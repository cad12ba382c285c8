/** Variables, keys and members whose values are never shown, by the end of their name. */
const secretName = /(password|passwd|passphrase|secret|privatekey|authorizationkey|vpnkey|simpin)$/i;

export const mask = '***';

/** Whether a variable name or 1.6 key, with or without its component, holds a secret. */
export function isSecret(name: string): boolean {
  return secretName.test(name.slice(name.lastIndexOf('/') + 1).split(';', 1)[0] ?? '');
}

/**
 * `value` with every secret in it masked: `{ key, value }` of 1.6, `{ variable: { name }, attributeValue }` of 2.x,
 * members that are named like one, and passwords in URLs and in JSON within text.
 */
export function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  const secret = namesSecret(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (isSecretMember(name, value) || (secret && /^(value|attributeValue|data)$/.test(name)))
        return [name, maskOf(member)];
      return [name, secret && name === 'variableAttribute' ? mask : masked(member)];
    }),
  );
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

const telling = /password|passwd|passphrase|secret|privatekey|authorizationkey|vpnkey|simpin|:\/\/[^\s/"]*@/i;

/** The VPN settings of 2.x have a `key` beside their password; elsewhere `key` is a name. */
function isSecretMember(name: string, beside: object): boolean {
  return secretName.test(name) || (name === 'key' && Object.hasOwn(beside, 'password'));
}

/** Whether something is there stays visible. */
function maskOf(member: unknown): unknown {
  return member === null || member === '' || typeof member === 'boolean' ? member : mask;
}

/** `ftp://user:password@host` of a log or firmware request, and JSON that is itself a text, as in DataTransfer. */
function maskedText(text: string): string {
  const shown = text.replaceAll(/(\w:\/\/[^\s/:@?#]*:)[^\s/@]+@/g, `$1${mask}@`);
  if (!/^\s*[[{]/.test(shown) || !telling.test(shown)) return shown;
  try {
    return JSON.stringify(masked(JSON.parse(shown)));
  } catch {
    return shown;
  }
}

function namesSecret(value: object): boolean {
  if ('key' in value && typeof value.key === 'string' && isSecret(value.key)) return true;
  if ('name' in value && typeof value.name === 'string' && 'value' in value && isSecret(value.name)) return true;
  const variable = 'variable' in value ? value.variable : undefined;
  if (typeof variable !== 'object' || variable === null || !('name' in variable)) return false;
  return typeof variable.name === 'string' && isSecret(variable.name);
}
