import type { Transaction } from './transaction.ts';

/** As in OCPP 1.6; 2.0.1 tells less. */
export type EvseStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEV'
  | 'SuspendedEVSE'
  | 'Finishing'
  | 'Reserved'
  | 'Unavailable'
  | 'Faulted';

/** A vehicle that has left while the transaction goes on has suspended it (OCPP 1.6, StopTransactionOnEVSideDisconnect). */
export function statusOf({ chargingState, reached }: Transaction): EvseStatus {
  if (chargingState === 'EVConnected') return 'Preparing';
  if (chargingState !== 'Idle') return chargingState;
  return reached.has('PowerPathClosed') ? 'SuspendedEV' : 'Preparing';
}
