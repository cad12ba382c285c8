import type { Token } from '../../src/domain/authorization.ts';
import { type ChargingStation, type Evse, newStation, type Reservation } from '../../src/domain/charging-station.ts';
import type { CommandRecord } from '../../src/domain/commands.ts';
import type { Fact } from '../../src/domain/facts.ts';
import { keyOf, type Measurement } from '../../src/domain/measurement.ts';
import type { Transaction } from '../../src/domain/transaction.ts';
import type { MessageEntry } from '../../src/ports/south.ts';
import type { ApiKey } from '../../src/ports/store.ts';

/** Entities to store: each once with everything it can have, once with nothing that may be absent. */

const start = Date.UTC(2026, 4, 4, 8, 15, 0, 123);

/** A moment, `ms` after the first. */
export function at(ms: number): Date {
  return new Date(start + ms);
}

export function bareTransaction(stationId: string, transactionId: string, ms = 0): Transaction {
  return {
    stationId,
    transactionId,
    evseId: 1,
    connectorId: 1,
    state: 'active',
    startedAt: at(ms),
    energy: 0,
    offline: false,
    anomalies: [],
    updatedAt: at(ms),
  };
}

export function fullTransaction(stationId: string, transactionId: string, ms = 0): Transaction {
  return {
    ...bareTransaction(stationId, transactionId, ms),
    evseId: 2,
    state: 'ended',
    chargingState: 'SuspendedEV',
    idToken: { idToken: 'Abc-Ä', type: 'eMAID' },
    authorization: 'Accepted',
    endedAt: at(ms + 60_000),
    stoppedReason: 'EVDisconnected',
    meterStart: 1000.25,
    meterLast: 8200.125,
    meterLastAt: at(ms + 59_000),
    energy: 7199.875,
    soc: 81.5,
    events: { highest: 12, missing: [3, 7] },
    offline: true,
    remoteStartId: 4_000_000_000,
    reservationId: 7,
    anomalies: ['clock-wrong', 'straddled-boot'],
    startKey: `2|Abc|1000.25|${ms}`,
    endKey: `end|${ms}`,
  };
}

export function measurementsAt(takenAt: Date, evseId = 1): Measurement[] {
  return [
    { evseId, measurand: 'Energy.Active.Import.Register', value: 1234.5678901, takenAt },
    { evseId, measurand: 'Power.Active.Import', value: -0.001, takenAt, context: 'Sample.Clock', location: 'Inlet' },
    { evseId, measurand: 'Vendor "odd"\nname', value: 1e-9, takenAt, phase: 'L1-N', signedData: 'AA==' },
  ];
}

export function fullEvse(evseId: number): Evse {
  const latest = measurementsAt(at(evseId), evseId);
  return {
    evseId,
    availability: 'Inoperative',
    chargingState: 'EVConnected',
    currentLimit: 12.5,
    latest: Object.fromEntries(latest.map((one) => [keyOf(one), one])),
    connectors: [
      { connectorId: 1, status: 'Available', since: at(5) },
      {
        connectorId: 2,
        status: 'Faulted',
        statusDetail: 'Finishing',
        errorCode: 'GroundFailure',
        info: 'wet',
        vendorErrorCode: '0x17',
        since: at(6),
      },
    ],
  };
}

export function reservation(reservationId: number, ms = 0): Reservation {
  const idToken = { idToken: 'R', type: 'ISO14443' };
  return { reservationId, idToken, expiresAt: at(ms + 1000), status: 'Active', updatedAt: at(ms) };
}

export function bareStation(stationId: string, ms = 0): ChargingStation {
  return newStation(stationId, 'held', at(ms));
}

export function fullStation(stationId: string, ms = 0): ChargingStation {
  return {
    ...newStation(stationId, 'admitted', at(ms)),
    protocol: 'ocpp2.0.1',
    online: true,
    connectedAt: at(1),
    disconnectedAt: at(2),
    lastSeenAt: at(3),
    registration: 'Accepted',
    bootedAt: at(4),
    bootReason: 'PowerUp',
    info: {
      vendor: 'Völt & Co',
      model: 'M_1%',
      serialNumber: 'S1',
      chargeBoxSerialNumber: 'C1',
      firmwareVersion: '1.0',
      iccid: '89',
      imsi: '262',
      meterType: 'MT',
      meterSerialNumber: 'MS',
    },
    availability: 'Inoperative',
    errorCode: 'HighTemperature',
    firmwareStatus: 'Downloading',
    logStatus: 'Uploading',
    evses: [{ evseId: 1, connectors: [], availability: 'Operative', latest: {} }, fullEvse(2)],
    transactions: [fullTransaction(stationId, 'T1', 10), bareTransaction(stationId, 'T2', 20)],
    reservations: [{ ...reservation(1), evseId: 2, status: 'Used' }, reservation(2, 5)],
    lastTransactionNumber: 4711,
    label: 'Car park',
  };
}

export function token(tokenId: string, ms = 0): Token {
  return {
    tokenId,
    idToken: `Tag-${tokenId}`,
    type: 'ISO14443',
    blocked: false,
    createdAt: at(ms),
    updatedAt: at(ms),
  };
}

export function command(commandId: string, stationId: string, ms = 0): CommandRecord {
  return {
    commandId,
    stationId,
    command: { type: 'reset', mode: 'OnIdle' },
    status: 'pending',
    requestedBy: 'key',
    requestedAt: at(ms),
    updatedAt: at(ms),
    expiresAt: at(ms + 30_000),
    timeoutS: 30,
  };
}

export function fullCommand(commandId: string, stationId: string, ms = 0): CommandRecord {
  return {
    ...command(commandId, stationId, ms),
    command: {
      type: 'reserveNow',
      reservationId: 3,
      evseId: 1,
      idToken: { idToken: 'R', type: 'ISO14443' },
      expiresAt: at(9000),
    },
    status: 'failed',
    failure: 'Timeout',
    detail: 'No answer within 30 s.',
    outcomeUnknown: true,
    result: {
      accepted: false,
      status: 'Rejected',
      reason: 'busy',
      response: { status: 'Rejected', nested: [null, 1] },
    },
  };
}

export function apiKey(keyId: string, ms = 0): ApiKey {
  return { keyId, name: 'Key', hash: `hash-${keyId}`, prefix: 'bb_1', scopes: ['read:*'], createdAt: at(ms) };
}

export function frame(stationId: string, ms = 0): MessageEntry {
  return { stationId, at: at(ms), direction: 'in', kind: 'CALL', text: `[2,"${ms}"]`, verdict: 'valid' };
}

/** A small fact that can be told from others. */
export function fact(stationId: string, ms = 0): Fact {
  return { type: 'station.disconnected', stationId, at: at(ms), reason: `reason ${ms}` };
}

export function reading(stationId: string, ms: number, transactionId?: string): Fact {
  return {
    type: 'measurements.taken',
    stationId,
    at: at(ms),
    ...(transactionId !== undefined && { transactionId }),
    measurements: measurementsAt(at(ms)),
  };
}

/** One fact of every kind. */
export function everyFact(stationId: string): Fact[] {
  const transaction = fullTransaction(stationId, 'T9');
  const record = fullCommand('c'.repeat(24), stationId);
  const variable = { component: { name: 'A', evseId: 1 }, variable: { name: 'B', instance: 'i' }, value: '1' } as const;
  const idToken = { idToken: 'X', type: 'Central' } as const;
  const mark = { stationId, at: at(1) };
  return [
    { ...mark, type: 'station.registered', admission: 'held' },
    { ...mark, type: 'station.admission-changed', admission: 'refused' },
    { ...mark, type: 'station.connected', protocol: 'ocpp1.6' },
    { ...mark, type: 'station.disconnected', reason: 'gone' },
    { ...mark, type: 'station.booted', info: { vendor: 'V' }, registration: 'Pending' },
    { ...mark, type: 'station.availability-changed', availability: 'Operative' },
    { ...mark, type: 'station.deleted' },
    {
      ...mark,
      type: 'connector.status-changed',
      evseId: 1,
      connector: { connectorId: 1, status: 'Reserved', since: at(2) },
    },
    { ...mark, type: 'evse.limit-changed', evseId: 1 },
    { ...mark, type: 'transaction.started', transaction },
    { ...mark, type: 'transaction.updated', transaction, triggerReason: 'Trigger' },
    { ...mark, type: 'transaction.ended', transaction },
    { ...mark, type: 'measurements.taken', transactionId: 'T9', measurements: measurementsAt(at(3)) },
    { ...mark, type: 'variables.reported', requestId: 1, toBeContinued: false, variables: [variable] },
    { ...mark, type: 'variable.changed', variable },
    {
      ...mark,
      type: 'event.notified',
      event: { ...variable, eventId: 1, trigger: 'Delta', actualValue: '2', occurredAt: at(4) },
    },
    { ...mark, type: 'data.transferred', vendorId: 'v', data: { since: '2026-05-04T08:15:00.000Z', takenAt: 'never' } },
    { ...mark, type: 'firmware.status-changed', status: 'Installed' },
    { ...mark, type: 'log.status-changed', status: 'Uploaded', requestId: 3 },
    { ...mark, type: 'security-event.raised', event: 'TamperDetection', raisedBy: 'station', occurredAt: at(5) },
    { ...mark, type: 'reservation.changed', reservation: reservation(1) },
    { ...mark, type: 'token.authorized', idToken, idTokenInfo: { status: 'Accepted', cacheExpiryDateTime: at(6) } },
    { ...mark, type: 'command.requested', command: record },
    { ...mark, type: 'command.sent', command: record },
    { ...mark, type: 'command.settled', command: record },
    { type: 'token.changed', at: at(1), token: { ...token('t1'), expiresAt: at(7) } },
    { type: 'token.deleted', at: at(1), token: token('t1') },
  ];
}
