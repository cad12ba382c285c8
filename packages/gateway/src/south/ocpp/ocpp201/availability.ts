import type { v201, v21 } from '@busbar/ocpp';
import type { AvailabilityStatus } from '../../../domain/charging-station.ts';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { StatusNotificationReport } from '../../../domain/reports.ts';
import type { SendOptions } from '../../../ports/south.ts';
import type { Caller } from '../caller.ts';
import type { Version2 } from './version.ts';
import { toDate, type Session } from '../session.ts';
import { reasonOf } from './provisioning.ts';

/** What a connector status tells of its availability; a fault tells nothing. */
const availabilities: Readonly<Record<v201.ConnectorStatusEnumType, AvailabilityStatus | undefined>> = {
  Available: 'Operative',
  Occupied: 'Operative',
  Reserved: 'Operative',
  Unavailable: 'Inoperative',
  Faulted: undefined,
};

export const availability = (session: Session) => ({
  async StatusNotification(request: v21.StatusNotificationRequest): Promise<v201.StatusNotificationResponse> {
    await session.report(toStatusReport(request));
    return {};
  },
});

function toStatusReport(request: v21.StatusNotificationRequest): StatusNotificationReport {
  const { evseId, connectorId, connectorStatus, timestamp } = request;
  const occurredAt = toDate(timestamp);
  const operative = availabilities[connectorStatus];
  return {
    type: 'StatusNotification',
    evseId,
    connectorId,
    status: connectorStatus,
    ...(operative !== undefined && { availability: operative }),
    ...(occurredAt !== undefined && { occurredAt }),
  };
}

/** The status of a connector that an event tells, as OCPP 2.1 G01 has it; undefined when it tells something else. */
export function statusIn(event: v201.EventDataType): StatusNotificationReport | undefined {
  const { component, variable, actualValue, timestamp } = event;
  const { id: evseId, connectorId } = component.evse ?? {};
  if (component.name !== 'Connector' || variable.name !== 'AvailabilityState') return undefined;
  if (evseId === undefined || connectorId === undefined || !isStatus(actualValue)) return undefined;
  return toStatusReport({ evseId, connectorId, connectorStatus: actualValue, timestamp });
}

function isStatus(value: string): value is v201.ConnectorStatusEnumType {
  return Object.hasOwn(availabilities, value);
}

export async function changeAvailability(
  caller: Caller<Version2>,
  { operationalStatus, evseId, connectorId }: CommandOf<'changeAvailability'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call(
    'ChangeAvailability',
    { operationalStatus, ...evseOf({ evseId, connectorId }) },
    options,
  );
  return { accepted: response.status !== 'Rejected', status: response.status, ...reasonOf(response), response };
}

/** Nothing for the station as a whole. */
export function evseOf(place: { evseId: number | undefined; connectorId: number | undefined }): {
  evse?: v201.EVSEType;
} {
  const { evseId, connectorId } = place;
  if (evseId === undefined || evseId === 0) return {};
  return { evse: { id: evseId, ...(connectorId !== undefined && { connectorId }) } };
}

export async function unlockConnector(
  caller: Caller<Version2>,
  { evseId, connectorId }: CommandOf<'unlockConnector'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call('UnlockConnector', { evseId, connectorId }, options);
  return { accepted: response.status === 'Unlocked', status: response.status, ...reasonOf(response), response };
}
