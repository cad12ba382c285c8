import { subprotocolOf, type Handlers } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import { gated } from '../gate.ts';
import type { Protocol } from '../protocol.ts';
import { blocks201, protocol201 } from '../v201/index.ts';
import type { Station201 } from '../v201/station201.ts';
import { Wire } from '../wire.ts';
import { setMonitoring21 } from './monitoring.ts';
import { smartCharging } from './smart-charging.ts';
import { tariffs } from './tariffs.ts';

/** OCPP 2.1 for one station: the blocks of 2.0.1, and what 2.1 adds. */
export function createProtocol21(core: Core): Protocol {
  const handlers: Handlers<'2.1'> = {};
  const wire = new Wire<'2.0.1' | '2.1'>('2.1', core, gated<'2.1'>(core, handlers));
  const station: Station201 = { core, wire, lastEventId: 0, monitors: undefined };
  Object.assign(handlers, blocks201(station), smartCharging(station), setMonitoring21(station), tariffs(station));
  return { subprotocol: subprotocolOf['2.1'], ...protocol201(station) };
}
