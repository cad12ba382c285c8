import { subprotocolOf, type Handlers } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import { paymentsOf } from '../prices/payments.ts';
import type { Protocol } from '../protocol.ts';
import { gated } from '../gate.ts';
import { Wire } from '../wire.ts';
import { authorization, requestAuthorization } from './authorization.ts';
import { availability, reportProblem, reportStatus, tellStation } from './availability.ts';
import { certificates, signCertificate } from './certificates.ts';
import { configuration } from './configuration.ts';
import { dataTransfer, sendData } from './data-transfer.ts';
import { firmware, firmwareStatus, logStatus } from './firmware.ts';
import { iso15118 } from './iso15118.ts';
import { measured } from './metering.ts';
import { authorizeContract, carriedHandlers, createCarrier, signV2GCertificate } from './plug-and-charge.ts';
import { boot, heartbeat, provisioning } from './provisioning.ts';
import { remoteControl } from './remote-control.ts';
import { reservation } from './reservation.ts';
import { smartCharging } from './smart-charging.ts';
import type { Station16 } from './station16.ts';
import { StatusDelays } from './status-delays.ts';
import { TransactionIds } from './transaction-ids.ts';
import { triggers } from './triggers.ts';
import { deliver } from './transactions.ts';

/** OCPP 1.6 for one station. */
export function createProtocol16(core: Core): Protocol {
  const handlers: Handlers<'1.6'> = {};
  const wire = new Wire<'1.6'>('1.6', core, gated<'1.6'>(core, handlers));
  const station: Station16 = {
    core,
    wire,
    ids: new TransactionIds(core),
    statusDelays: new StatusDelays(core),
    carrier: createCarrier(carriedHandlers(core)),
    reportedStatus: undefined,
  };
  Object.assign(handlers, inbound(station));
  return {
    subprotocol: subprotocolOf['1.6'],
    csmsIdOf: (transactionId) => station.ids.get(transactionId),
    open: (connection) => wire.open(connection),
    closed() {
      station.statusDelays.stop();
      wire.closed();
    },
    boot: () => boot(station),
    heartbeat: () => heartbeat(station),
    idle: () => wire.idle(),
    authorize: (idToken) => requestAuthorization(station, idToken),
    authorizeContract: (idToken, proof) => authorizeContract(station, idToken, proof),
    payments: paymentsOf(wire),
    dataTransfer: (message) => sendData(station, message),
    reportStatus: (which) => reportStatus(station, which),
    measured: (evse, reading) => measured(station, evse, reading),
    canTell: ({ kind }) => kind === 'transaction' || kind === 'security',
    deliver: (record) => deliver(station, record),
    faultChanged: (evse, fault, how) => reportProblem(station, evse, { fault, isCleared: how === 'Cleared' }),
    reservationEnded: () => {},
    listConflicted: () => tellStation(station, { errorCode: 'LocalListConflict' }),
    firmwareStatus: (status, requestId) => firmwareStatus(station, status, { requestId }),
    logStatus: (status, requestId) => logStatus(station, status, { requestId }),
    signCertificate: ({ csr, kind }) =>
      kind === 'ChargingStationCertificate' ? signCertificate(station, csr) : signV2GCertificate(station, csr),
    iso15118: iso15118(station),
  };
}

function inbound(station: Station16): Handlers<'1.6'> {
  return {
    ...provisioning(station),
    ...triggers(station),
    ...configuration(station),
    ...remoteControl(station),
    ...availability(station),
    ...authorization(station),
    ...smartCharging(station),
    ...reservation(station),
    ...firmware(station),
    ...certificates(station),
    ...dataTransfer(station),
  };
}
