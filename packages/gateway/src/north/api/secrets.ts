/** Variables and keys whose values are never shown. Compared in lower case. */
const secretNames: readonly string[] = ['authorizationkey', 'basicauthpassword'];

export const mask = '***';

/** Whether a variable name or 1.6 key, with or without its component, holds a secret. */
export function isSecret(name: string): boolean {
  const variable = name.slice(name.lastIndexOf('/') + 1).split(';', 1)[0] ?? '';
  return secretNames.includes(variable.toLowerCase());
}

/** `value` with every secret in it masked: `{ key, value }` of 1.6, `{ variable: { name }, attributeValue }` of 2.x. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  const secret = namesSecret(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (/^(password|secret)$/i.test(name) || (secret && /^(value|attributeValue|data)$/.test(name)))
        return [name, mask];
      return [name, secret && name === 'variableAttribute' ? mask : masked(member)];
    }),
  );
}

/** The same for a frame; one that cannot be read and names a secret is not shown at all. */
export function maskedFrame(text: string): string {
  const lower = text.toLowerCase();
  if (!secretNames.some((name) => lower.includes(name)) && !/"(password|secret)"/i.test(text)) return text;
  try {
    return JSON.stringify(masked(JSON.parse(text)));
  } catch {
    return '(not shown: the frame cannot be read and names a secret)';
  }
}

function namesSecret(value: object): boolean {
  if ('key' in value && typeof value.key === 'string' && isSecret(value.key)) return true;
  if ('name' in value && typeof value.name === 'string' && 'value' in value && isSecret(value.name)) return true;
  const variable = 'variable' in value ? value.variable : undefined;
  if (typeof variable !== 'object' || variable === null || !('name' in variable)) return false;
  return typeof variable.name === 'string' && isSecret(variable.name);
}
