import type { Evse } from '../evse.ts';
import type { Fault } from '../station-host.ts';
import type { Station201 } from './station201.ts';

/** A fault of a connector, or its end. */
export function notifyFault(station: Station201, evse: Evse, fault: Fault | undefined): void {
  const timestamp = station.core.clock.now().toISOString();
  station.wire.tell('NotifyEvent', {
    generatedAt: timestamp,
    seqNo: 0,
    eventData: [
      {
        eventId: ++station.lastEventId,
        timestamp,
        trigger: 'Alerting',
        actualValue: String(fault !== undefined),
        cleared: fault === undefined ? true : undefined,
        techCode: fault?.code,
        techInfo: fault?.info,
        eventNotificationType: 'HardWiredNotification',
        component: { name: 'Connector', evse: { id: evse.id, connectorId: evse.connector?.id ?? 1 } },
        variable: { name: 'Problem' },
      },
    ],
  });
}
