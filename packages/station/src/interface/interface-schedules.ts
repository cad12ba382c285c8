import type { EventEmitter } from 'node:events';
import type { OcppVariables } from './ocpp-interface.ts';
import type { OcppInterfaceOptions } from './ocpp-service.ts';
import { SchedulePublisher } from '../smart-charging/schedule-publisher.ts';
import type { Station } from '../station.ts';

/** Publishes charging schedules from start to stop: at once, when limits may have changed, and every so often. */
export function publishSchedules(
  station: Station,
  events: EventEmitter<OcppVariables>,
  { intervalS = 30, durationS = 600, unit = 'A' }: NonNullable<OcppInterfaceOptions['schedules']> = {},
): void {
  const publisher = new SchedulePublisher({
    clock: station.inside.clock,
    intervalS: () => intervalS,
    compute: () => station.inside.chargingSchedules({ durationS, unit }),
    publish: (schedules) => void events.emit('charging_schedules', schedules),
    onError: (error) => station.events.emit('callFailed', { action: 'charging_schedules', error }),
  });
  station.events.on('started', () => publisher.start());
  station.events.on('stopped', () => void publisher.stop());
  station.events.on('profilesChanged', () => publisher.request());
  if (station.inside.isStarted) publisher.start();
}
