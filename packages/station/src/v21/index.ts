import { OcppConnectionClosed, subprotocolOf, type Handlers } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import { gated } from '../gate.ts';
import type { Protocol } from '../protocol.ts';
import { blocks201, protocol201 } from '../v201/index.ts';
import type { Station201 } from '../v201/station201.ts';
import { Wire } from '../wire.ts';
import { batterySwap } from './battery-swap.ts';
import { certificates } from './certificates.ts';
import { derControls } from './der.ts';
import { startStreams } from './event-streams.ts';
import { monitoring21 } from './monitoring.ts';
import { createDynamicSchedules, notices, smartCharging } from './smart-charging.ts';
import { tariffs } from './tariffs.ts';
import { v2x } from './v2x.ts';
import { webPayment } from './web-payment.ts';

/** OCPP 2.1 for one station: the blocks of 2.0.1, and what 2.1 adds. */
export function createProtocol21(core: Core): Protocol {
  const handlers: Handlers<'2.1'> = {};
  const wire = new Wire<'2.0.1' | '2.1'>('2.1', core, gated<'2.1'>(core, handlers));
  const station: Station201 = { core, wire, lastEventId: 0, monitors: undefined };
  Object.assign(handlers, blocks201(station), smartCharging(station), monitoring21(station));
  Object.assign(handlers, tariffs(station), webPayment(station), grid21(station), certificates(station));
  const dynamic = createDynamicSchedules(station, (error) => {
    if (error instanceof OcppConnectionClosed) return;
    core.events.emit('callFailed', { action: 'PullDynamicScheduleUpdate', error });
  });
  const protocol = protocol201(station);
  return {
    ...protocol,
    subprotocol: subprotocolOf['2.1'],
    smartCharging: notices(station, dynamic),
    canTell: () => true,
    closed() {
      dynamic.stop();
      protocol.closed();
    },
    start() {
      protocol.start?.();
      startStreams(station);
      core.grid.start();
    },
    stop() {
      core.grid.stop();
      station.streams?.stop();
      protocol.stop?.();
    },
  };
}

/** The grid, vehicles that feed back, and batteries. */
function grid21(station: Station201): Handlers<'2.1'> {
  return { ...derControls(station), ...v2x(station), ...batterySwap(station) };
}
