import type { v201 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import type { Fault, StationError } from '../station-host.ts';
import { notifyEvents } from './monitoring.ts';
import type { Station201 } from './station201.ts';

interface Problem {
  component: v201.ComponentType;
  isCleared: boolean;
  /** The component has others. Default false. */
  isBadStill?: boolean;
  severity?: number;
  techCode?: string | undefined;
  techInfo?: string | undefined;
}

/** As in OCPP 2.x: a failure of the hardware; an error. */
const severities = { failure: 1, error: 4 } as const;

/** A component has a problem, or has it no longer. Without connection it waits as events of monitors do. */
export function notifyProblem(station: Station201, problem: Problem): void {
  const { component, isCleared, isBadStill = false, severity = severities.failure, techCode, techInfo } = problem;
  const data = {
    eventId: ++station.lastEventId,
    timestamp: station.core.clock.now().toISOString(),
    trigger: 'Alerting',
    actualValue: String(!isCleared || isBadStill),
    cleared: isCleared,
    techCode: techCode?.slice(0, 50),
    techInfo: techInfo?.slice(0, 500),
    eventNotificationType: 'HardWiredNotification',
    component,
    variable: { name: 'Problem' },
  } as const;
  notifyEvents(station, [{ severity, data }]);
}

/** What is wrong with a connector or the station, or no longer. OCPP 2.0.1 G05: a lock that fails is one of the lock. */
export function notifyFault(
  station: Station201,
  evse: Evse | undefined,
  { fault, isCleared }: { fault: Fault | StationError; isCleared: boolean },
): void {
  const others = evse?.problems ?? station.core.errors.of(0);
  const name = evse ? componentOf(fault) : 'ChargingStation';
  notifyProblem(station, {
    component: { name, ...(evse && { evse: { id: evse.id, connectorId: evse.connector?.id ?? 1 } }) },
    isCleared,
    isBadStill: !evse ? others.length > 0 : others.some((other) => componentOf(other) === name),
    severity: 'id' in fault ? severities.error : severities.failure,
    techCode: fault.vendorErrorCode ?? fault.code,
    techInfo: fault.description ?? fault.info,
  });
}

const componentOf = ({ code }: Fault) => (code === 'ConnectorLockFailure' ? 'ConnectorPlugRetentionLock' : 'Connector');
