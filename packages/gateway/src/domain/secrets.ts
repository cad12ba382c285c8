import type { Command, CommandRecord, CommandResult } from './commands.ts';
import type { VariableAddress } from './device-model.ts';

/** What stands in place of a secret. */
export const mask = '***';

const secretVariable = /(password|passphrase|authorizationkey|vpnkey|simpin)$/i;
const secretMember = /^(apnPassword|password|secret|simPin)$/i;
/** Members that hold the value of the variable that is named beside them. */
const valueMember = /^(value|attributeValue|actualValue)$/;

/** Whether a variable, or 1.6 key, holds a secret of a station: its value is stored and told nowhere. */
export function isSecretVariable(name: string): boolean {
  return secretVariable.test(name);
}

const urlPassword = /(:\\?\/\\?\/[^\s"@:/\\]*:)[^@\s"]+@/g;

/** Text without the passwords of URLs in it: `ftp://user:***@host`. */
export function withoutUrlPasswords(text: string): string {
  return text.includes('@') ? text.replaceAll(urlPassword, `$1${mask}@`) : text;
}

/**
 * A payload with every secret in it masked: `{ key, value }` of 1.6, `{ variable: { name }, attributeValue }` of 2.x,
 * and members that are secret by their own name.
 */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value === 'string') return withoutUrlPasswords(value);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  const isSecret = members.some(([name, member]) => namesSecret(name, member));
  const isVpn = Object.hasOwn(value, 'password');
  return Object.fromEntries(
    members.map(([name, member]) => {
      // The VPN settings of 2.x have a key beside their password; elsewhere `key` is a name.
      if (secretMember.test(name) || (isVpn && name === 'key') || (isSecret && valueMember.test(name))) {
        return [name, mask];
      }
      return [name, isSecret && name === 'variableAttribute' ? withoutValues(member) : masked(member)];
    }),
  );
}

/** A command as it may be stored and told. */
export function withoutSecrets(record: CommandRecord): CommandRecord {
  const { result } = record;
  return { ...record, command: commandWithoutSecrets(record.command), ...(result && { result: shown(result) }) };
}

function commandWithoutSecrets(command: Command): Command {
  if (command.type === 'call') return { ...command, payload: masked(command.payload) };
  if (command.type !== 'setVariables') return command;
  const variables = command.variables.map((one) => (holdsSecret(one) ? { ...one, value: mask } : one));
  return { ...command, variables };
}

function shown(result: CommandResult): CommandResult {
  const { variables, response } = result;
  return {
    ...result,
    ...(variables && {
      variables: variables.map((one) => (one.value !== undefined && holdsSecret(one) ? { ...one, value: mask } : one)),
    }),
    ...(response !== undefined && { response: masked(response) }),
  };
}

export function holdsSecret({ variable, key }: VariableAddress): boolean {
  return isSecretVariable(variable.name) || (key !== undefined && isSecretVariable(key));
}

/** `{"key": "AuthorizationKey", …}` of 1.6 and `{"variable": {"name": "BasicAuthPassword"}, …}` of 2.x. */
function namesSecret(name: string, member: unknown): boolean {
  if (name === 'key') return typeof member === 'string' && isSecretVariable(member);
  if (name !== 'variable' || typeof member !== 'object' || member === null) return false;
  return 'name' in member && isSecretVariable(String(member.name));
}

function withoutValues(attributes: unknown): unknown {
  if (!Array.isArray(attributes)) return mask;
  return attributes.map((attribute: unknown) =>
    typeof attribute === 'object' && attribute !== null && 'value' in attribute
      ? { ...attribute, value: mask }
      : attribute,
  );
}
