import { subprotocolOf, type Handlers } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import { gated } from '../gate.ts';
import type { Protocol } from '../protocol.ts';
import { Wire } from '../wire.ts';
import { authorization, requestAuthorization } from './authorization.ts';
import { availability, reportStatus } from './availability.ts';
import { dataTransfer, sendData } from './data-transfer.ts';
import { deviceModel } from './device-model.ts';
import { notifyFault } from './events.ts';
import { firmware, firmwareStatus, logStatus } from './firmware.ts';
import { measured } from './metering.ts';
import { monitoring, startMonitors } from './monitoring.ts';
import { boot, bootAccepted, heartbeat, provisioning } from './provisioning.ts';
import { remoteControl } from './remote-control.ts';
import { reservation, reservationEnded } from './reservation.ts';
import { smartCharging } from './smart-charging.ts';
import type { Station201 } from './station201.ts';
import {
  deliver,
  markOffline,
  transactionEnded,
  transactions,
  transactionStarted,
  transactionUpdated,
} from './transactions.ts';

/** OCPP 2.0.1 for one station. */
export function createProtocol201(core: Core): Protocol {
  const handlers: Handlers<'2.0.1'> = {};
  const wire = new Wire<'2.0.1'>('2.0.1', core, gated<'2.0.1'>(core, handlers));
  const station: Station201 = { core, wire, lastEventId: 0, monitors: undefined };
  Object.assign(handlers, inbound(station));
  return {
    subprotocol: subprotocolOf['2.0.1'],
    start: () => startMonitors(station),
    stop: () => station.monitors?.stop(),
    open: (connection) => wire.open(connection),
    closed() {
      wire.closed();
      markOffline(station);
    },
    boot: (reason) => boot(station, reason),
    heartbeat: () => heartbeat(station),
    idle: () => wire.idle(),
    authorize: (idToken) => requestAuthorization(station, idToken),
    dataTransfer: (message) => sendData(station, message),
    reportStatus: (which) => reportStatus(station, which),
    bootAccepted: (reason) => bootAccepted(station, reason),
    transactionStarted: (evse, transaction, trigger) => transactionStarted(station, { evse, transaction, trigger }),
    transactionUpdated: (transaction, trigger) => transactionUpdated(station, transaction, { trigger }),
    transactionEnded: (transaction, end) => transactionEnded(station, transaction, end),
    measured: (evse, reading) => measured(station, evse, reading),
    deliver: (message) => deliver(station, message),
    faultChanged: (evse, fault) => notifyFault(station, evse, fault),
    reservationEnded: (ended, how) => reservationEnded(station, ended, how),
    firmwareStatus: (status, requestId) => firmwareStatus(station, status, { requestId }),
    logStatus: (status, requestId) => logStatus(station, status, { requestId }),
  };
}

function inbound(station: Station201): Handlers<'2.0.1'> {
  return {
    ...provisioning(station),
    ...deviceModel(station),
    ...monitoring(station),
    ...remoteControl(station),
    ...availability(station),
    ...authorization(station),
    ...transactions(station),
    ...smartCharging(station),
    ...reservation(station),
    ...firmware(station),
    ...dataTransfer(station),
  };
}
