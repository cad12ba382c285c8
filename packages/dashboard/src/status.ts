import type { Connector } from 'busbar/client';

export type Tone = 'good' | 'busy' | 'wait' | 'off' | 'bad' | 'plain';

/** How a connector status looks, and how people read it. */
export const statuses: Readonly<Record<Connector['status'], { text: string; tone: Tone }>> = {
  Available: { text: 'Available', tone: 'good' },
  Preparing: { text: 'Preparing', tone: 'wait' },
  Charging: { text: 'Charging', tone: 'busy' },
  SuspendedEV: { text: 'Paused by the car', tone: 'wait' },
  SuspendedEVSE: { text: 'Paused by the station', tone: 'wait' },
  Finishing: { text: 'Finishing', tone: 'wait' },
  Reserved: { text: 'Reserved', tone: 'wait' },
  Unavailable: { text: 'Unavailable', tone: 'off' },
  Faulted: { text: 'Faulted', tone: 'bad' },
};
