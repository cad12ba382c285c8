import type { v201 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import type { Fault } from '../station-host.ts';
import { notifyEvents } from './monitoring.ts';
import type { Station201 } from './station201.ts';

interface Problem {
  component: v201.ComponentType;
  isCleared: boolean;
  techCode?: string | undefined;
  techInfo?: string | undefined;
}

/** As in OCPP 2.x: a failure of the hardware. */
const severity = 1;

/** A component has a problem, or has it no longer. Without connection it waits as events of monitors do. */
export function notifyProblem(station: Station201, { component, isCleared, techCode, techInfo }: Problem): void {
  const data = {
    eventId: ++station.lastEventId,
    timestamp: station.core.clock.now().toISOString(),
    trigger: 'Alerting',
    actualValue: String(!isCleared),
    ...(isCleared ? { cleared: true } : { techCode, techInfo }),
    eventNotificationType: 'HardWiredNotification',
    component,
    variable: { name: 'Problem' },
  } as const;
  notifyEvents(station, [{ severity, data }]);
}

/** A fault of a connector, or its end. OCPP 2.0.1 G05: a lock that fails is one of the lock. */
export function notifyFault(
  station: Station201,
  evse: Evse,
  { fault, isCleared }: { fault: Fault; isCleared: boolean },
): void {
  const component = { name: componentOf(fault), evse: { id: evse.id, connectorId: evse.connector?.id ?? 1 } };
  notifyProblem(station, { component, isCleared, techCode: fault.code, techInfo: fault.info });
}

const componentOf = ({ code }: Fault) => (code === 'ConnectorLockFailure' ? 'ConnectorPlugRetentionLock' : 'Connector');
