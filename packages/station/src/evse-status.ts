import type { EvseStatus } from './evse.ts';
import type { Transaction } from './transaction.ts';

/** A vehicle that has left while the transaction goes on has suspended it (OCPP 1.6, StopTransactionOnEVSideDisconnect). */
export function statusOf({ chargingState, reached }: Transaction): EvseStatus {
  if (chargingState === 'EVConnected') return 'Preparing';
  if (chargingState !== 'Idle') return chargingState;
  return reached.has('PowerPathClosed') ? 'SuspendedEV' : 'Preparing';
}
