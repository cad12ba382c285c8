import type { Evse } from '../evse.ts';
import type { Fault } from '../station-host.ts';
import type { Station201 } from './station201.ts';

/** A fault of a connector, or its end. OCPP 2.0.1 G05: a lock that fails is one of the lock. */
export function notifyFault(
  station: Station201,
  evse: Evse,
  { fault, isCleared }: { fault: Fault; isCleared: boolean },
): void {
  const timestamp = station.core.clock.now().toISOString();
  station.wire.tell('NotifyEvent', {
    generatedAt: timestamp,
    seqNo: 0,
    eventData: [
      {
        eventId: ++station.lastEventId,
        timestamp,
        trigger: 'Alerting',
        actualValue: String(!isCleared),
        cleared: isCleared ? true : undefined,
        techCode: isCleared ? undefined : fault.code,
        techInfo: isCleared ? undefined : fault.info,
        eventNotificationType: 'HardWiredNotification',
        component: { name: componentOf(fault), evse: { id: evse.id, connectorId: evse.connector?.id ?? 1 } },
        variable: { name: 'Problem' },
      },
    ],
  });
}

const componentOf = ({ code }: Fault) => (code === 'ConnectorLockFailure' ? 'ConnectorPlugRetentionLock' : 'Connector');
