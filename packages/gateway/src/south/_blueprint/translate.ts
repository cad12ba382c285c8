import type { Measurement } from '../../domain/measurement.ts';
import type { Report } from '../../domain/reports.ts';

/** What a station may send: `{"hello":"CP1"}` first, then readings and states of its single outlet, then answers. */
export type Message =
  | { kind: 'hello'; stationId: string }
  | { kind: 'report'; report: Report }
  | { kind: 'answer'; accepted: boolean };

const statuses = new Map<unknown, Extract<Report, { type: 'StatusNotification' }>['status']>([
  ['free', 'Available'],
  ['busy', 'Occupied'],
  ['broken', 'Faulted'],
]);

/** `undefined` for a line that is none of the protocol. */
export function toMessage(line: string, now: Date): Message | undefined {
  const members = membersOf(line);
  const hello = members.get('hello');
  if (typeof hello === 'string' && /^[\x21-\x7e]{1,48}$/.test(hello)) return { kind: 'hello', stationId: hello };
  const accepted = members.get('accepted');
  if (typeof accepted === 'boolean') return { kind: 'answer', accepted };
  const status = statuses.get(members.get('state'));
  if (status !== undefined) {
    return {
      kind: 'report',
      report: { type: 'StatusNotification', evseId: 1, connectorId: 1, status, occurredAt: now },
    };
  }
  const measurements = toMeasurements(members, now);
  if (measurements.length === 0) return undefined;
  return { kind: 'report', report: { type: 'MeterValues', evseId: 1, measurements } };
}

/** `{"kW":7.2,"kWh":12.3}` in the base units of the domain. */
export function toMeasurements(members: ReadonlyMap<string, unknown>, takenAt: Date): Measurement[] {
  const quantities = [
    { member: 'kW', measurand: 'Power.Active.Import' },
    { member: 'kWh', measurand: 'Energy.Active.Import.Register' },
  ];
  return quantities.flatMap(({ member, measurand }) => {
    const value = members.get(member);
    return typeof value === 'number' ? [{ evseId: 1, measurand, value: value * 1000, takenAt }] : [];
  });
}

function membersOf(line: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map();
  } catch {
    return new Map();
  }
}
