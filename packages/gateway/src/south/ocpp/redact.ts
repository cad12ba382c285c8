/** Actions whose payload may carry a password or a key of a station. */
const secretive: ReadonlySet<string> = new Set([
  'ChangeConfiguration',
  'GetConfiguration',
  'GetVariables',
  'NotifyReport',
  'SetNetworkProfile',
  'SetVariables',
]);

const secretNames = /AuthorizationKey|BasicAuthPassword|password"|Password"|VpnKey|SimPin"/i;

/** The text of a frame for the message log: passwords and keys of stations are masked, the rest is as it was. */
export function redacted(text: string, action: string | undefined): string {
  if (action === undefined || !secretive.has(action) || !secretNames.test(text)) return text;
  try {
    const frame: unknown = JSON.parse(text);
    return JSON.stringify(masked(frame));
  } catch {
    return text;
  }
}

const secretVariables = /^(AuthorizationKey|BasicAuthPassword|ApnPassword|VpnPassword|VpnKey|SimPin)$/i;
const secretMembers = /^(apnPassword|password|simPin)$/;

/** The VPN settings of 2.x have a key beside their password; elsewhere `key` is a name. */
function isSecretKey(name: string, members: readonly (readonly [string, unknown])[]): boolean {
  return name === 'key' && members.some(([other]) => other === 'password');
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  const holdsSecret = members.some(([name, member]) => namesSecret(name, member));
  return Object.fromEntries(
    members.map(([name, member]) => {
      if (secretMembers.test(name) || isSecretKey(name, members)) return [name, '***'];
      if (!holdsSecret) return [name, masked(member)];
      if (name === 'value' || name === 'attributeValue') return [name, '***'];
      if (name === 'variableAttribute') return [name, maskedValues(member)];
      return [name, member];
    }),
  );
}

/** `{"key": "AuthorizationKey", …}` of 1.6 and `{"variable": {"name": "BasicAuthPassword"}, …}` of 2.x. */
function namesSecret(name: string, member: unknown): boolean {
  if (name === 'key') return typeof member === 'string' && secretVariables.test(member);
  if (name !== 'variable' || typeof member !== 'object' || member === null) return false;
  return Object.entries(member).some(([key, value]) => key === 'name' && secretVariables.test(String(value)));
}

function maskedValues(attributes: unknown): unknown {
  if (!Array.isArray(attributes)) return attributes;
  return attributes.map((attribute: unknown) =>
    typeof attribute === 'object' && attribute !== null && 'value' in attribute
      ? { ...attribute, value: '***' }
      : attribute,
  );
}
