import type { v16 } from '@busbar/ocpp';
import type { AvailabilityStatus, ConnectorStatus } from '../../../domain/charging-station.ts';
import type { CommandOf, CommandResult } from '../../../domain/commands.ts';
import type { StatusNotificationReport } from '../../../domain/reports.ts';
import type { ChargingState } from '../../../domain/transaction.ts';
import type { SendOptions } from '../../../ports/south.ts';
import type { Caller } from '../caller.ts';
import { toDate, type Session } from '../session.ts';

export const availability = (session: Session) => ({
  async StatusNotification(request: v16.StatusNotificationRequest): Promise<v16.StatusNotificationResponse> {
    await session.report(toStatusReport(request));
    return {};
  },
});

interface StatusMeaning {
  status: ConnectorStatus;
  chargingState?: ChargingState;
  statusDetail?: string;
  availability?: AvailabilityStatus;
}

/** 1.6 says with one word what 2.0.1 says with connector status, charging state and availability. */
export const statuses: Readonly<Record<v16.StatusNotificationRequest['status'], StatusMeaning>> = {
  Available: { status: 'Available', chargingState: 'Idle', availability: 'Operative' },
  Preparing: {
    status: 'Occupied',
    chargingState: 'EVConnected',
    statusDetail: 'Preparing',
    availability: 'Operative',
  },
  Charging: { status: 'Occupied', chargingState: 'Charging', statusDetail: 'Charging', availability: 'Operative' },
  SuspendedEV: {
    status: 'Occupied',
    chargingState: 'SuspendedEV',
    statusDetail: 'SuspendedEV',
    availability: 'Operative',
  },
  SuspendedEVSE: {
    status: 'Occupied',
    chargingState: 'SuspendedEVSE',
    statusDetail: 'SuspendedEVSE',
    availability: 'Operative',
  },
  Finishing: {
    status: 'Occupied',
    chargingState: 'EVConnected',
    statusDetail: 'Finishing',
    availability: 'Operative',
  },
  Reserved: { status: 'Reserved', chargingState: 'Idle', availability: 'Operative' },
  Unavailable: { status: 'Unavailable', chargingState: 'Idle', availability: 'Inoperative' },
  Faulted: { status: 'Faulted' },
};

/** Connector n is connector 1 of EVSE n; connector 0 is the station as a whole. */
export function toStatusReport(request: v16.StatusNotificationRequest): StatusNotificationReport {
  const occurredAt = toDate(request.timestamp);
  return {
    type: 'StatusNotification',
    evseId: request.connectorId,
    connectorId: request.connectorId === 0 ? 0 : 1,
    ...statuses[request.status],
    ...(request.errorCode !== 'NoError' && { errorCode: request.errorCode }),
    ...(request.info !== undefined && { info: request.info }),
    ...(request.vendorErrorCode !== undefined && { vendorErrorCode: request.vendorErrorCode }),
    ...(occurredAt !== undefined && { occurredAt }),
  };
}

export async function changeAvailability(
  caller: Caller<'1.6'>,
  { operationalStatus, evseId }: CommandOf<'changeAvailability'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call(
    'ChangeAvailability',
    { connectorId: evseId ?? 0, type: operationalStatus },
    options,
  );
  return { accepted: response.status !== 'Rejected', status: response.status, response };
}

export async function unlockConnector(
  caller: Caller<'1.6'>,
  { evseId }: CommandOf<'unlockConnector'>,
  options: SendOptions,
): Promise<CommandResult> {
  const response = await caller.call('UnlockConnector', { connectorId: evseId }, options);
  return { accepted: response.status === 'Unlocked', status: response.status, response };
}
