import { isRecord } from '../lib/is-record.ts';
import type { Event } from '../north/api/client.ts';
import type { Colour } from './terminal.ts';
import { toEnergy, toPower } from './words.ts';

type Data = Record<string, unknown>;

/** How an event is told on one line, by its type. */
const sentences: Readonly<Record<string, (data: Data) => string>> = {
  'chargestation.created': (data) =>
    data['admission'] === 'held' ? 'seen for the first time, waits to be admitted' : 'known from now on',
  'chargestation.updated': (data) => `is ${data['admission'] === 'held' ? 'waiting' : words(data, 'admission')}`,
  'chargestation.deleted': () => 'removed',
  'chargestation.online': (data) => `connected, ${words(data, 'protocol')}`,
  'chargestation.offline': (data) => `disconnected: ${words(data, 'reason')}`,
  'chargestation.booted': (data) => `booted: ${bootOf(data)}, ${words(data, 'registration')}`,
  'chargestation.availability.updated': (data) => words(data, 'availability', 'error_code'),
  'chargestation.connector_status.updated': connectorsOf,
  'chargestation.power_limit.updated': (data) =>
    `limit of EVSE ${words(data, 'evse')}: ${data['limit'] === null ? 'none' : `${words(data, 'limit')} A`}`,
  'chargestation.variable.updated': (data) => `${words(data, 'key')} = ${words(data, 'value')}`,
  'chargestation.event.notified': (data) => words(data, 'variable', 'actualValue', 'value', 'trigger'),
  'chargestation.data_transfer.received': (data) => `data of ${words(data, 'vendorId', 'messageId')}`,
  'chargestation.firmware_status.updated': (data) => `firmware ${words(data, 'firmware_status')}`,
  'chargestation.diagnostics_status.updated': (data) => `log ${words(data, 'log_status')}`,
  'chargestation.security_event': (data) => `security: ${words(data, 'event', 'info')}`,
  'session.started': (data) =>
    `session begins, EVSE ${words(data, 'evse')}${data['token'] === undefined ? '' : `, token ${words(data, 'token')}`}`,
  'session.updated': (data) => `session ${words(data, 'charging_state')}, ${energyOf(data)}`,
  'session.energy_report': reportOf,
  'chargestation.energy_report': reportOf,
  'session.ended': (data) => `session ends, ${energyOf(data)}, ${words(data, 'stoppedReason')}`,
  'reservation.updated': (data) => `reservation ${words(data, 'reservation_id', 'status')}`,
  'token.updated': (data) => `token ${words(data, 'physicalId')} ${data['active'] === true ? 'active' : 'not active'}`,
  'token.deleted': (data) => `token ${words(data, 'physicalId')} removed`,
};

const colours: readonly [RegExp, Colour][] = [
  [/\.rejected$|security_event$|\.offline$/, 'red'],
  [/^session\./, 'green'],
  [/\.online$|\.accepted$/, 'cyan'],
];

/** Whom an event is about, and what it tells. */
export function tellEvent({ type, object, data }: Event): {
  station: string;
  text: string;
  colour: Colour | undefined;
} {
  const fields = isRecord(data) ? data : {};
  const colour = colours.find(([pattern]) => pattern.test(type))?.[1];
  const station = typeof fields['endpoint'] === 'string' ? fields['endpoint'] : '';
  const text = object === 'action' ? actionOf(type, fields) : (sentences[type]?.(fields) ?? type);
  return { station, text: text.replaceAll(/\s+/g, ' ').replace(/[,: ]+$/, ''), colour };
}

/** `chargestation.reset.accepted` is told as `reset accepted`, with why if not. */
function actionOf(type: string, data: Data): string {
  const [, name = type, outcome = ''] = /\.(.+)\.(\w+)$/.exec(type) ?? [];
  const answer = isRecord(data['response_data']) ? data['response_data'] : {};
  const why = outcome === 'rejected' ? words({ ...answer, detail: data['detail'] }, 'status', 'detail') : '';
  return `${name.replaceAll('_', ' ')} ${outcome}${why === '' ? '' : `: ${why}`}`;
}

function bootOf(data: Data): string {
  const info = isRecord(data['bootInfo']) ? data['bootInfo'] : {};
  return words(info, 'chargePointVendor', 'chargePointModel', 'firmwareVersion');
}

function connectorsOf(data: Data): string {
  const connectors = Array.isArray(data['connectors']) ? data['connectors'].filter(isRecord) : [];
  return connectors
    .map((connector) => `EVSE ${words(connector, 'evse')} ${words(connector, 'status', 'error_code', 'info')}`)
    .join(', ');
}

function energyOf(data: Data): string {
  const energy = isRecord(data['metrics']) ? data['metrics']['energyConsumed'] : undefined;
  return typeof energy === 'number' ? toEnergy(energy) : '';
}

/** What people ask of meter values first; the rest is in the session. */
const told: Readonly<Record<string, (value: number) => string>> = {
  'Power.Active.Import': toPower,
  'Energy.Active.Import.Register': (value) => `meter ${toEnergy(value)}`,
  SoC: (value) => `SoC ${Math.round(value)} %`,
};

/** Values of single phases are left out: the whole says it. */
function reportOf(data: Data): string {
  const reports = Array.isArray(data['reports']) ? data['reports'].filter(isRecord) : [];
  const values = Object.entries(told).flatMap(([measurand, tell]) => {
    const found = reports.find((report) => report['measurand'] === measurand && report['phase'] === undefined);
    return typeof found?.['value'] === 'number' ? [tell(found['value'])] : [];
  });
  const what = values.length === 0 ? `${reports.length} meter values` : values.join(', ');
  return reports[0] === undefined ? what : `EVSE ${words(reports[0], 'evse')} ${what}`;
}

/** The values of some fields, those that there are, with spaces between them. */
function words(data: Data, ...names: readonly string[]): string {
  const values = names.map((name) => data[name]).filter((value) => value !== undefined && value !== null);
  return values
    .map((value) => (isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : String(value)))
    .join(' ');
}
