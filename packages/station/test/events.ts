import type { Csms, Received } from './csms.ts';

interface EventData {
  component: { name: string; evse?: { id: number; connectorId?: number } };
  variable: { name: string };
  actualValue: string;
}

function eventsIn(payload: object): readonly EventData[] {
  const { eventData = [] }: { eventData?: readonly EventData[] } = { ...payload };
  return eventData;
}

/** The next NotifyEvent that tells of this variable and was not waited for yet. */
export async function nextEvent(csms: Csms, variable: string): Promise<object> {
  for (;;) {
    const notification = await csms.next('NotifyEvent');
    if (eventsIn(notification).some((event) => event.variable.name === variable)) return notification;
  }
}

/** The statuses that a message tells, by connector of OCPP 1.6 or by EVSE. OCPP 2.1 tells of them by events. */
export function statusesIn({ action, payload }: Received): { place: unknown; status: string }[] {
  if (action === 'NotifyEvent') {
    return eventsIn(payload)
      .filter(({ variable }) => variable.name === 'AvailabilityState')
      .map(({ component, actualValue }) => ({ place: component.evse?.id, status: actualValue }));
  }
  if (action !== 'StatusNotification') return [];
  const { connectorId, evseId, status, connectorStatus }: Record<string, unknown> = { ...payload };
  return [{ place: evseId ?? connectorId, status: String(status ?? connectorStatus) }];
}
