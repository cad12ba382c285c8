import type { EventEmitter } from 'node:events';
import { mask, withoutUserData } from '../connection/user-data.ts';
import type { VariableCatalog } from '../device-model/variable-catalog.ts';
import type { OcppVariables } from './ocpp-interface.ts';
import type { Station } from '../station.ts';
import { keyRegistryOf } from '../v16/key-registry.ts';

const directions = { in: 'CSMSToChargingStation', out: 'ChargingStationToCSMS' } as const;

/** Publishes every frame, without passwords. */
export function publishMessages(station: Station, events: EventEmitter<OcppVariables>): void {
  const withoutSecrets = secretsOf(station.inside.variables.catalog);
  station.events.on('message', ({ direction, text }) => {
    events.emit('ocpp_message', {
      message: withoutSecrets(text),
      direction: directions[direction],
      version: station.version,
    });
  });
}

/** Names of fields whose text is a secret. */
const secretField = /^(basicAuthPassword|apnPassword|simPin|password)$/i;

/** Names of fields with the value of the variable that is named beside them. */
const secretValue = /^(value|attributeValue|actualValue|variableAttribute)$/;

/** Whatever else a make has. */
const alwaysSecret = ['AuthorizationKey', 'BasicAuthPassword', 'ApnPassword', 'SimPin', 'VpnKey', 'VpnPassword'];

/**
 * Makes a function that puts `***` in place of passwords, keys, user data in URLs, and the values of all that a CSMS may
 * write and not read. What cannot be read is masked as a whole.
 */
export function secretsOf(catalog: VariableCatalog): (frame: string) => string {
  const names = secretNamesOf(catalog);
  // Most frames have no secret, and are passed on as they are; after a backslash anything may follow.
  const hint = new RegExp([String.raw`\\`, '@', 'password', '"key"', ...[...names].map(RegExp.escape)].join('|'), 'i');
  const withoutSecrets = (frame: string): string => {
    if (!hint.test(frame)) return frame;
    try {
      return JSON.stringify(masked(JSON.parse(frame)));
    } catch {
      return mask;
    }
  };
  return withoutSecrets;

  function masked(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(masked);
    if (typeof value === 'string') return maskedText(value);
    if (typeof value !== 'object' || value === null) return value;
    const more = furtherSecretsOf(value);
    const isSecret = (name: string) => secretField.test(name) || more?.test(name) === true;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, isSecret(name) && field !== '' ? mask : masked(field)]),
    );
  }

  /** Messages of vendors carry JSON in a text. */
  function maskedText(text: string): string {
    return /^\s*[[{]/.test(text) ? withoutSecrets(text) : withoutUserData(text);
  }

  /** The value of a variable that is secret, and the key of a VPN. */
  function furtherSecretsOf(object: object): RegExp | undefined {
    const name = nameIn(object)?.toLowerCase();
    if (name !== undefined && names.has(name)) return secretValue;
    return 'password' in object ? /^key$/i : undefined;
  }
}

/** In lower case: what is WriteOnly, as a variable and as a key of OCPP 1.6, wherever it is. */
function secretNamesOf(catalog: VariableCatalog): ReadonlySet<string> {
  const variables = catalog.definitions
    .filter(({ attributes }) => attributes.some(({ mutability }) => mutability === 'WriteOnly'))
    .map(({ address }) => address.variable.name);
  const keys = keyRegistryOf(catalog)
    .keys.filter(({ access }) => access === 'W')
    .map(({ key }) => key);
  return new Set([...alwaysSecret, ...variables, ...keys].map((name) => name.toLowerCase()));
}

/** Of a configuration key, or of a variable with its value beside it. */
function nameIn(object: object): string | undefined {
  const variable = 'variable' in object ? object.variable : undefined;
  const key = 'key' in object ? object.key : undefined;
  const name = typeof variable === 'object' && variable !== null && 'name' in variable ? variable.name : key;
  return typeof name === 'string' ? name : undefined;
}
