import type { GridRecord } from '../delivery/records.ts';
import type { Wire } from '../wire.ts';

/** Sends a queued message of the grid or of batteries. Rejects as `Peer.call`; with NotSupported in OCPP 2.0.1. */
export async function deliverGrid(wire: Pick<Wire<'2.0.1' | '2.1'>, 'call21'>, record: GridRecord): Promise<void> {
  switch (record.action) {
    case 'BatterySwap':
      await wire.call21('BatterySwap', record.payload);
      return;
    case 'NotifyDERAlarm':
      await wire.call21('NotifyDERAlarm', record.payload);
      return;
    case 'NotifyDERStartStop':
      await wire.call21('NotifyDERStartStop', record.payload);
  }
}
