import { subprotocolOf, type Handlers } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import { gated } from '../gate.ts';
import { paymentsOf } from '../prices/payments.ts';
import type { Protocol } from '../protocol.ts';
import { Wire } from '../wire.ts';
import { authorization, authorizeContract, requestAuthorization } from './authorization.ts';
import { availability, reportStatus } from './availability.ts';
import { certificates, signCertificate } from './certificates.ts';
import { cost } from './cost.ts';
import { customerInformation } from './customer-information.ts';
import { dataTransfer, sendData } from './data-transfer.ts';
import { deviceModel } from './device-model.ts';
import { displayMessages } from './display-messages.ts';
import { notifyFault } from './events.ts';
import { firmware, firmwareStatus, logStatus } from './firmware.ts';
import { iso15118 } from './iso15118.ts';
import { measured } from './metering.ts';
import { monitoring, setMonitoring201, startMonitors } from './monitoring.ts';
import { boot, heartbeat, provisioning } from './provisioning.ts';
import { remoteControl } from './remote-control.ts';
import { reservation, reservationEnded } from './reservation.ts';
import { notices, smartCharging } from './smart-charging.ts';
import type { Handlers201, Station201 } from './station201.ts';
import { triggers } from './triggers.ts';
import { deliver, transactions } from './transactions.ts';

/** OCPP 2.0.1 for one station. */
export function createProtocol201(core: Core): Protocol {
  const handlers: Handlers<'2.0.1'> = {};
  const wire = new Wire<'2.0.1' | '2.1'>('2.0.1', core, gated<'2.0.1'>(core, handlers));
  const station: Station201 = { core, wire, lastEventId: 0, monitors: undefined };
  Object.assign(handlers, blocks201(station), smartCharging(station), setMonitoring201(station));
  return {
    ...protocol201(station),
    subprotocol: subprotocolOf['2.0.1'],
    smartCharging: notices(station),
    canTell: ({ kind }) => kind !== 'grid',
  };
}

/** What the station tells, in both versions. */
export function protocol201(station: Station201): Omit<Protocol, 'subprotocol' | 'canTell'> {
  const { wire } = station;
  return {
    start: () => startMonitors(station),
    stop: () => station.monitors?.stop(),
    open: (connection) => wire.open(connection),
    closed: () => wire.closed(),
    boot: (reason) => boot(station, reason),
    heartbeat: () => heartbeat(station),
    idle: () => wire.idle(),
    authorize: (idToken) => requestAuthorization(station, idToken),
    authorizeContract: (idToken, proof) => authorizeContract(station, idToken, proof),
    payments: paymentsOf(wire),
    dataTransfer: (message) => sendData(station, message),
    reportStatus: (which) => reportStatus(station, which),
    measured: (evse, reading) => measured(station, evse, reading),
    deliver: (record) => deliver(station, record),
    faultChanged: (evse, fault, how) => notifyFault(station, evse, { fault, isCleared: how === 'Cleared' }),
    reservationEnded: (ended, how) => reservationEnded(station, ended, how),
    listConflicted: () => {},
    firmwareStatus: (status, requestId) => firmwareStatus(station, status, { requestId }),
    logStatus: (status, requestId) => logStatus(station, status, { requestId }),
    signCertificate: (request) => signCertificate(station, request),
    iso15118: iso15118(station),
  };
}

/** The functional blocks that both versions have. */
export function blocks201(station: Station201): Handlers201 {
  return {
    ...provisioning(station),
    ...triggers(station),
    ...deviceModel(station),
    ...monitoring(station),
    ...remoteControl(station),
    ...availability(station),
    ...authorization(station),
    ...transactions(station),
    ...reservation(station),
    ...firmware(station),
    ...certificates(station),
    ...dataTransfer(station),
    ...cost(station),
    ...customerInformation(station),
    ...displayMessages(station),
  };
}
