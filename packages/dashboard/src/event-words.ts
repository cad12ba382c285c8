import type { Event } from 'busbar/client';
import { isRecord } from './is-record.ts';
import type { Tone } from './status.ts';
import { toEnergy, toPower, toProtocol } from './words.ts';

type Data = Record<string, unknown>;

/** How an event is told on one line, by its type. */
const sentences: Readonly<Record<string, (data: Data) => string>> = {
  'chargestation.created': (data) =>
    data['admission'] === 'held' ? 'seen for the first time, waits for admission' : 'added',
  'chargestation.updated': (data) => words(data, 'admission'),
  'chargestation.deleted': () => 'removed',
  'chargestation.online': (data) => `connected, ${toProtocol(words(data, 'protocol'))}`,
  'chargestation.offline': (data) => `disconnected: ${words(data, 'reason')}`,
  'chargestation.booted': (data) => `booted, ${words(data, 'registration').toLowerCase()}`,
  'chargestation.availability.updated': (data) => words(data, 'availability', 'error_code'),
  'chargestation.connector_status.updated': connectorsOf,
  'chargestation.power_limit.updated': (data) =>
    `EVSE ${words(data, 'evse')}: ${data['limit'] === null ? 'no current limit' : `limit ${words(data, 'limit')} A`}`,
  'chargestation.variable.updated': (data) => `${words(data, 'key')} = ${words(data, 'value')}`,
  'chargestation.event.notified': (data) => words(data, 'variable', 'actualValue', 'value', 'trigger'),
  'chargestation.data_transfer.received': (data) => `data of ${words(data, 'vendorId', 'messageId')}`,
  'chargestation.firmware_status.updated': (data) => `firmware: ${words(data, 'firmware_status')}`,
  'chargestation.diagnostics_status.updated': (data) => `log upload: ${words(data, 'log_status')}`,
  'chargestation.security_event': (data) => `security: ${words(data, 'event', 'info')}`,
  'chargestation.energy_report': readingsOf,
  'session.energy_report': readingsOf,
  'session.started': (data) => `charging session begins at EVSE ${words(data, 'evse')}`,
  'session.updated': (data) => `session ${words(data, 'charging_state')}, ${energyOf(data)}`,
  'session.ended': (data) => `charging session ends, ${energyOf(data)}, ${words(data, 'stoppedReason')}`,
  'reservation.updated': (data) => `reservation ${words(data, 'reservation_id', 'status')}`,
  'token.updated': (data) => `token ${words(data, 'physicalId')} ${data['active'] === true ? 'active' : 'not active'}`,
  'token.deleted': (data) => `token ${words(data, 'physicalId')} removed`,
};

const tones: readonly [RegExp, Tone][] = [
  [/\.(rejected|security_event|offline|deleted)$/, 'bad'],
  [/\.energy_report$/, 'plain'],
  [/^session\./, 'busy'],
  [/\.(online|accepted|booted)$/, 'good'],
  [/\.(created|requested)$/, 'wait'],
];

export interface Telling {
  /** OCPP identity of the station it is about; undefined when it is about none. */
  endpoint: string | undefined;
  text: string;
  tone: Tone;
}

/** Whom an event is about, and what it tells. An unknown type is told by its name. */
export function tellEvent({ type, object, data }: Event): Telling {
  const fields = isRecord(data) ? data : {};
  const text = object === 'action' ? actionOf(type, fields) : (sentences[type]?.(fields) ?? type);
  return {
    endpoint: textOf(fields, 'endpoint'),
    text: text.replaceAll(/\s+/g, ' ').replace(/[,: ]+$/, ''),
    tone: tones.find(([pattern]) => pattern.test(type))?.[1] ?? 'plain',
  };
}

/** Id of the station an event is about. */
export function stationIdOf({ object, data }: Event): string | undefined {
  if (!isRecord(data)) return undefined;
  return textOf(data, object === 'chargestation' ? '_id' : 'chargestation');
}

/** `chargestation.reset.accepted` is told as `reset accepted`, with why if not. */
function actionOf(type: string, data: Data): string {
  const [, name = type, outcome = ''] = /\.(.+)\.(\w+)$/.exec(type) ?? [];
  const answer = isRecord(data['response_data']) ? data['response_data'] : {};
  const why = outcome === 'rejected' ? words({ ...answer, detail: data['detail'] }, 'status', 'detail') : '';
  return `${name.replaceAll('_', ' ')} ${outcome}${why === '' ? '' : `: ${why}`}`;
}

function connectorsOf(data: Data): string {
  const connectors = Array.isArray(data['connectors']) ? data['connectors'].filter(isRecord) : [];
  return connectors
    .map((connector) => `EVSE ${words(connector, 'evse')} ${words(connector, 'status', 'error_code', 'info')}`)
    .join(', ');
}

/** Power and meter reading, of all that was measured. */
function readingsOf(data: Data): string {
  const reports = Array.isArray(data['reports']) ? data['reports'].filter(isRecord) : [];
  const valueOf = (measurand: string) => {
    const value = reports.find((report) => report['measurand'] === measurand && report['phase'] === undefined)?.[
      'value'
    ];
    return typeof value === 'number' ? value : undefined;
  };
  const power = valueOf('Power.Active.Import');
  const energy = valueOf('Energy.Active.Import.Register');
  const told = [
    power === undefined ? '' : toPower(power),
    energy === undefined ? '' : `meter ${toEnergy(energy)}`,
  ].filter((text) => text !== '');
  const evse = reports[0]?.['evse'];
  return `${typeof evse === 'number' && evse > 0 ? `EVSE ${evse} ` : ''}measures ${told.length === 0 ? `${reports.length} values` : told.join(', ')}`;
}

function energyOf(data: Data): string {
  const energy = isRecord(data['metrics']) ? data['metrics']['energyConsumed'] : undefined;
  return typeof energy === 'number' ? toEnergy(energy) : '';
}

function textOf(data: Data, name: string): string | undefined {
  const value = data[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of some fields, those that there are, with spaces between them. */
function words(data: Data, ...names: readonly string[]): string {
  const values = names.map((name) => data[name]).filter((value) => value !== undefined && value !== null);
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ');
}
