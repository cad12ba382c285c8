import type { EventEmitter } from 'node:events';
import type { OcppVariables } from './ocpp-interface.ts';
import type { Station } from '../station.ts';

const directions = { in: 'CSMSToChargingStation', out: 'ChargingStationToCSMS' } as const;

/** Publishes every frame, without passwords. */
export function publishMessages(station: Station, events: EventEmitter<OcppVariables>): void {
  station.events.on('message', ({ direction, text }) => {
    events.emit('ocpp_message', {
      message: withoutSecrets(text),
      direction: directions[direction],
      version: station.version,
    });
  });
}

const mask = '***';

/** What must be in a frame that has a secret; most have not, and are passed on as they are. */
const hint = /password|authorizationkey|simpin|vpnkey|"key"|:\/\/[^"/]*@/i;

/** Names of fields whose text is a secret, and of variables whose value is. */
const secretField = /^(basicAuthPassword|apnPassword|simPin|password)$/i;
const secretOfVpn = /^(password|key)$/i;
const secretValue = /^(value|attributeValue)$/;
const secretVariable = /^(AuthorizationKey|BasicAuthPassword|ApnPassword|SimPin|VpnKey|VpnPassword)$/i;

/** A frame with `***` in place of passwords, keys, and user data in URLs. What cannot be read is masked as a whole. */
export function withoutSecrets(frame: string): string {
  if (!hint.test(frame)) return frame;
  try {
    return JSON.stringify(masked(JSON.parse(frame)));
  } catch {
    return mask;
  }
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value === 'string') return value.replace(/(:\/\/)[^"/@]*@/g, `$1${mask}@`);
  if (typeof value !== 'object' || value === null) return value;
  const secrets = secretsOf(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, secrets.test(name) && field !== '' ? mask : masked(field)]),
  );
}

/** Which fields of an object are secret: always some, its value where it names a secret, and the key of a VPN. */
function secretsOf(object: object): RegExp {
  if (namesSecret(object)) return secretValue;
  return 'password' in object ? secretOfVpn : secretField;
}

/** A configuration key, or a variable with its value beside it. */
function namesSecret(object: object): boolean {
  const variable = 'variable' in object ? object.variable : undefined;
  const key = 'key' in object ? object.key : undefined;
  const name = typeof variable === 'object' && variable !== null && 'name' in variable ? variable.name : key;
  return typeof name === 'string' && secretVariable.test(name);
}
