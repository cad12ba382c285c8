import type { v16 } from '@busbar/ocpp';
import type { Fault } from '../station-host.ts';

type Notification = v16.StatusNotificationRequest;

/** What a StatusNotification says of what is wrong. */
export type Problem = Pick<Notification, 'errorCode' | 'info' | 'vendorId' | 'vendorErrorCode'>;

/** Nothing is wrong without a fault. */
export const toProblem = (fault: Fault | undefined): Problem => ({
  errorCode: fault?.code ?? 'NoError',
  info: fault?.info?.slice(0, longestInfo),
  ...vendorsOf(fault),
});

/** `fault` is over; the code is that of what is still wrong, if anything. */
export const toResolved = (fault: Fault, left: Fault | undefined): Problem => ({
  errorCode: left?.code ?? 'NoError',
  info: `Error ${fault.vendorErrorCode ?? fault.code} resolved`.slice(0, longestInfo),
  ...vendorsOf(fault),
});

const longestInfo = 50;

const vendorsOf = (fault: Fault | undefined): Pick<Problem, 'vendorId' | 'vendorErrorCode'> => ({
  vendorId: fault?.vendorId?.slice(0, 255),
  vendorErrorCode: fault?.vendorErrorCode?.slice(0, 50),
});
