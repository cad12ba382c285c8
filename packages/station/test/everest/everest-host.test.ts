import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HostEvents, StationEvents, Transaction, TransactionEnd } from '../../src/index.ts';
import { ManualClock } from '../../src/index.ts';
import { EverestHost, type EverestPort } from '../../src/everest/index.ts';
import type { IdToken } from '../../src/station-host.ts';
import { routeEvseVariable } from '../../src/everest/evse-variables.ts';

const card = { idToken: 'CARD1', type: 'ISO14443' } as const;
const idTag = { id_token: { value: 'CARD1', type: 'ISO14443' }, authorization_type: 'RFID' };
const meter = { timestamp: '2026-11-01T08:00:00Z', energy_Wh_import: { total: 1500 } };

let calls: unknown[];
let told: unknown[];
let answers: Record<string, unknown>;
let transaction: (Pick<Transaction, 'evseId' | 'idToken'> & Partial<Pick<Transaction, 'groupId'>>) | undefined;
let events: EventEmitter<StationEvents>;
let host: EverestHost;

function createHost({ hasSinks = true, hasSystem = true, hasReservation = true } = {}): EverestHost {
  const command = async (name: string, args: unknown) => {
    calls.push([name, args]);
    return answers[name];
  };
  const port: EverestPort = {
    evse: async (evseId, { name, args }) => {
      calls.push([evseId, name, args]);
      return answers[name];
    },
    setLimits: (evseId, limits) => {
      if (hasSinks) calls.push([evseId, 'set_external_limits', limits]);
      return hasSinks;
    },
    provideToken: (token) => calls.push(['provided_token', token]),
    auth: command,
    ...(hasReservation && { reservation: command }),
    dataTransfer: command,
    ...(hasSystem && { system: command }),
  };
  const evses = [1, 2].map(
    (id) => ({ id, phases: 3, maxCurrentA: 32, voltageV: 230, connectorType: 'cType2' }) as const,
  );
  const made = new EverestHost({
    port,
    evses,
    clock: new ManualClock('2026-11-01T08:00:00.000Z'),
    onProblem: (text) => told.push(['problem', text]),
  });
  made.serve({ events, transactionOn: (evseId) => running(evseId) });
  return made;
}

/** Only what the host looks at. */
function running(evseId: number): Transaction | undefined {
  if (transaction?.evseId !== evseId) return undefined;
  const at = new Date(0);
  const begin = { at, context: 'Transaction.Begin', reading: host.meter(evseId) } as const;
  return {
    id: 'T1',
    csmsId: undefined,
    connectorId: 1,
    groupId: undefined,
    begin,
    seqNo: 0,
    chargingState: 'EVConnected',
    remoteStartId: undefined,
    reservationId: undefined,
    lastAt: at,
    lastWh: 0,
    cableMaxA: undefined,
    reached: new Set(),
    isAuthorized: true,
    forEnd: [],
    ...transaction,
  };
}

const record =
  (name: string) =>
  (...args: unknown[]) =>
    void told.push([name, ...args]);

const hostEvents: HostEvents = {
  pluggedIn: record('pluggedIn'),
  unplugged: record('unplugged'),
  occupied: record('occupied'),
  contractPresented: record('contractPresented'),
  readingSigned: record('readingSigned'),
  tokenPresented: record('tokenPresented'),
  chargingStateChanged: record('chargingStateChanged'),
  faulted: record('faulted'),
  faultCleared: record('faultCleared'),
  errorRaised: record('errorRaised'),
  errorCleared: record('errorCleared'),
  stopRequested: record('stopRequested'),
  grid: {
    derCapable: record('derCapable'),
    derAlarm: record('derAlarm'),
    swapTokenPresented: record('swapTokenPresented'),
    batterySwap: record('batterySwap'),
  },
  externalLimit: record('externalLimit'),
  externalLimitCleared: record('externalLimitCleared'),
  chargingNeeds: record('chargingNeeds'),
  chargingSchedule: record('chargingSchedule'),
  priorityRequested: () => false,
};

function session(event: string, more: object = {}): void {
  const value = { uuid: 'S1', timestamp: '2026-11-01T08:00:00Z', event, connector_id: 2, ...more };
  const problem = routeEvseVariable(host, { evseId: 1, name: 'session_event', value });
  if (problem !== undefined) told.push(['problem', problem]);
}

const plugIn = () => session('SessionStarted', { session_started: { reason: 'EVConnected', meter_value: meter } });
const begin = () => session('TransactionStarted', { transaction_started: { id_tag: idTag, meter_value: meter } });

beforeEach(() => {
  calls = [];
  told = [];
  answers = {};
  transaction = undefined;
  events = new EventEmitter<StationEvents>();
  host = createHost();
  host.attach(hostEvents);
  calls.length = 0;
});

describe('what EVerest’s sessions become', () => {
  it('is a plug, a token, states, an end and an unplug', () => {
    plugIn();
    session('AuthRequired');
    begin();
    session('PrepareCharging');
    session('ChargingStarted');
    session('ChargingPausedEV');
    session('ChargingPausedEVSE');
    session('TransactionFinished', { transaction_finished: { meter_value: meter, reason: 'EVDisconnected' } });
    session('SessionFinished', { session_finished: { meter_value: meter } });
    expect(told).toEqual([
      ['pluggedIn', 1, 2],
      ['tokenPresented', 1, card],
      ['chargingStateChanged', 1, 'EVConnected'],
      ['chargingStateChanged', 1, 'Charging'],
      ['chargingStateChanged', 1, 'SuspendedEV'],
      ['chargingStateChanged', 1, 'SuspendedEVSE'],
      ['stopRequested', 1, 'EVDisconnected'],
      ['unplugged', 1],
    ]);
  });

  it('presents no token for what the station has begun itself', () => {
    transaction = { evseId: 1, idToken: card };
    plugIn();
    begin();
    expect(told).toEqual([['pluggedIn', 1, 2]]);
  });

  it('has a session id as long as there is a session', () => {
    plugIn();
    expect(host.sessionIdOf(1)).toBe('S1');
    expect(host.sessionIdOf(2)).toBeUndefined();
    session('SessionFinished');
    expect(host.sessionIdOf(1)).toBeUndefined();
  });

  it.each([
    ['Local', 'Local'],
    ['PowerLoss', 'PowerLoss'],
    ['MasterPass', 'MasterPass'],
    ['EVSEDisabled', 'EVSEDisabled'],
    ['SomethingNew', 'Other'],
    [undefined, 'Local'],
  ])('ends for %s as %s', (reason, stopReason) => {
    session('TransactionFinished', { transaction_finished: { meter_value: meter, ...(reason && { reason }) } });
    expect(told).toEqual([['stopRequested', 1, stopReason]]);
  });

  it('leaves out events that change nothing and values that cannot be read', () => {
    session('ReservationStart');
    session('SomethingNew');
    routeEvseVariable(host, { evseId: 9, name: 'session_event', value: {} });
    expect(told).toEqual([]);
    expect(routeEvseVariable(host, { evseId: 1, name: 'powermeter', value: { energy_Wh_import: 5 } })).toBe(
      'EVSE 1 powermeter: energy_Wh_import must be an object',
    );
  });

  it('keeps what happens before there is a station, and tells it first', () => {
    host = createHost();
    plugIn();
    begin();
    expect(told).toEqual([]);
    host.attach(hostEvents);
    expect(told).toEqual([
      ['pluggedIn', 1, 2],
      ['tokenPresented', 1, card],
    ]);
    expect(calls).toEqual([
      [1, 'external_ready_to_start_charging', {}],
      [2, 'external_ready_to_start_charging', {}],
    ]);
  });

  it('presents no token of a transaction that was over before there was a station', () => {
    host = createHost();
    plugIn();
    begin();
    session('TransactionFinished', { transaction_finished: { meter_value: meter, reason: 'Local' } });
    host.attach(hostEvents);
    expect(told).toEqual([
      ['pluggedIn', 1, 2],
      ['stopRequested', 1, 'Local'],
    ]);
  });
});

describe('the meter', () => {
  it('reads phases, power, frequency and the state of charge', () => {
    plugIn();
    const value = {
      ...meter,
      power_W: { total: 7000 },
      current_A: { L1: 10, L2: 10.5, L3: 11, N: 0.1 },
      voltage_V: { L1: 230, L2: 231, L3: 229 },
      frequency_Hz: { L1: 50.01 },
    };
    routeEvseVariable(host, { evseId: 1, name: 'powermeter', value });
    routeEvseVariable(host, { evseId: 1, name: 'ev_info', value: { soc: 55 } });
    expect(host.meter(1)).toEqual({
      energyWh: 1500,
      powerW: 7000,
      currentsA: [10, 10.5, 11],
      voltagesV: [230, 231, 229],
      frequencyHz: 50.01,
      soc: 55,
    });
  });

  it('reads direct current, and nothing yet', () => {
    routeEvseVariable(host, {
      evseId: 1,
      name: 'powermeter',
      value: { ...meter, current_A: { DC: 120 }, voltage_V: { DC: 400 } },
    });
    expect(host.meter(1)).toEqual({ energyWh: 1500, powerW: 0, currentsA: [120], voltagesV: [400] });
    expect(host.meter(2)).toEqual({ energyWh: 0, powerW: 0, currentsA: [], voltagesV: [] });
    expect(() => host.meter(3)).toThrow(RangeError);
  });
});

describe('what the station does', () => {
  it('starts by a token when EVerest charges not yet', () => {
    transaction = { evseId: 1, idToken: card };
    plugIn();
    host.start(1);
    expect(calls).toEqual([
      [
        'provided_token',
        {
          id_token: { value: 'CARD1', type: 'ISO14443' },
          authorization_type: 'OCPP',
          connectors: [1],
          prevalidated: true,
        },
      ],
    ]);
  });

  it('tells the group of the token, so that another card of it stops', () => {
    transaction = { evseId: 1, idToken: card, groupId: 'FAMILY' };
    host.start(1);
    expect(calls).toMatchObject([['provided_token', { parent_id_token: { value: 'FAMILY', type: 'Central' } }]]);
  });

  it('stops what EVerest charges with a token that is refused, and nothing else', () => {
    const refused = (evseId: number, idToken: IdToken = card) =>
      events.emit('tokenRefused', { evseId, idToken, status: 'Blocked' });
    refused(1);
    plugIn();
    begin();
    refused(2);
    refused(0);
    refused(1, { idToken: 'APP', type: 'Local' });
    transaction = { evseId: 1, idToken: card };
    refused(1);
    expect(calls).toEqual([]);
    transaction = undefined;
    refused(1);
    expect(calls).toEqual([[1, 'stop_transaction', { request: { reason: 'DeAuthorized' } }]]);
  });

  it('starts nothing when EVerest charges already', () => {
    plugIn();
    begin();
    host.start(1);
    expect(calls).toEqual([]);
  });

  it('ends a transaction that begins after EVerest’s is over, instead of starting another', async () => {
    plugIn();
    begin();
    session('TransactionFinished', { transaction_finished: { meter_value: meter, reason: 'Local' } });
    told.length = 0;
    transaction = { evseId: 1, idToken: card };
    host.start(1);
    await Promise.resolve();
    expect(calls).toEqual([]);
    expect(told).toEqual([['stopRequested', 1, 'Local']]);
  });

  it('stops with the station’s reason, and only what runs', async () => {
    host.stop(1);
    plugIn();
    begin();
    host.stop(1);
    transaction = { evseId: 1, idToken: card };
    const ended = running(1);
    transaction = undefined;
    const end: TransactionEnd = {
      reason: 'Remote',
      trigger: 'RemoteStop',
      reading: { at: new Date(0), context: 'Transaction.End', reading: host.meter(1) },
      idToken: undefined,
    };
    if (ended) events.emit('transactionEnded', ended, end);
    await Promise.resolve();
    expect(calls).toEqual([[1, 'stop_transaction', { request: { reason: 'Remote' } }]]);
  });

  it('limits in amperes per phase, lifts the limit, and limits again what has started anew', () => {
    host.limit(1, { currentA: 16, phases: 3 });
    host.limit(2, { currentA: 10, phases: 1 });
    host.limit(2, undefined);
    expect(calls).toEqual([
      [
        1,
        'set_external_limits',
        {
          schedule_import: [
            {
              timestamp: '2026-11-01T08:00:00.000Z',
              limits_to_root: {
                ac_max_current_A: { value: 16, source: 'OCPP' },
                ac_max_phase_count: { value: 3, source: 'OCPP' },
              },
              limits_to_leaves: {},
            },
          ],
          schedule_export: [],
          schedule_setpoints: [],
        },
      ],
      [2, 'set_external_limits', expect.objectContaining({ schedule_import: [expect.anything()] })],
      [2, 'set_external_limits', { schedule_import: [], schedule_export: [], schedule_setpoints: [] }],
    ]);
    calls.length = 0;
    host.announce();
    expect(calls.map((call) => Array.isArray(call) && call.slice(0, 2))).toEqual([
      [1, 'external_ready_to_start_charging'],
      [2, 'external_ready_to_start_charging'],
      [1, 'set_external_limits'],
    ]);
  });

  it('pauses at 0 A where there is no place for limits', () => {
    host = createHost({ hasSinks: false });
    for (const currentA of [16, 0, 0, 8]) host.limit(1, { currentA, phases: 3 });
    expect(calls).toEqual([
      [1, 'pause_charging', {}],
      [1, 'resume_charging', {}],
    ]);
  });

  it('takes EVSEs in and out of use with the priority of a CSMS', () => {
    host.setAvailable(false, { evseId: 2 });
    host.setAvailable(false, { evseId: 1, connectorId: 2 });
    host.setAvailable(false, {});
    host.setAvailable(true, { evseId: 2 });
    const source = (enable_state: string, connector_id = 0) => ({
      connector_id,
      cmd_source: { enable_source: 'CSMS', enable_state, enable_priority: 5000 },
    });
    expect(calls).toEqual([
      [2, 'enable_disable', source('Disable')],
      [1, 'enable_disable', source('Disable', 2)],
      [2, 'enable_disable', source('Enable')],
    ]);
    calls.length = 0;
    host.announce();
    expect(calls.slice(2)).toEqual([
      [2, 'enable_disable', source('Enable')],
      [1, 'enable_disable', source('Disable', 2)],
    ]);
  });

  it('unlocks when EVerest takes it', async () => {
    expect(await host.unlock(1)).toBe(false);
    answers['force_unlock'] = true;
    expect(await host.unlock(1)).toBe(true);
    expect(calls).toContainEqual([1, 'force_unlock', { connector_id: 1 }]);
  });

  it('resets when EVerest allows it', async () => {
    await host.reset('Hard');
    expect(told).toEqual([['problem', 'EVerest does not allow a Hard reset now']]);
    answers['is_reset_allowed'] = true;
    calls.length = 0;
    await host.reset('Soft');
    expect(calls).toEqual([
      ['is_reset_allowed', { type: 'Soft' }],
      ['reset', { type: 'Soft', scheduled: false }],
    ]);
  });

  it('knows why EVerest has started, where it tells', async () => {
    expect(await host.bootReason()).toBe('PowerUp');
    answers['get_boot_reason'] = 'Watchdog';
    expect(await host.bootReason()).toBe('Watchdog');
    expect(await createHost({ hasSystem: false }).bootReason()).toBe('PowerUp');
  });

  it('updates the firmware and reports every step once', async () => {
    answers['update_firmware'] = 'Accepted';
    const steps: string[] = [];
    host.updateFirmware({ location: 'ftp://x/fw', retrieveAt: new Date(0), retries: 2 }, (status) =>
      steps.push(status),
    );
    for (const status of ['Downloading', 'Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'])
      host.jobs.firmwareStatus({ firmware_update_status: status, request_id: 1 });
    host.jobs.firmwareStatus({ firmware_update_status: 'DownloadFailed', request_id: 7 });
    expect(steps).toEqual(['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed']);
    expect(calls).toEqual([
      [
        'update_firmware',
        {
          firmware_update_request: {
            request_id: 1,
            location: 'ftp://x/fw',
            retrieve_timestamp: '1970-01-01T00:00:00.000Z',
            retries: 2,
          },
        },
      ],
      ['allow_firmware_installation', {}],
    ]);
  });

  it('has firmware installed when the vehicle has left, also where the transaction’s end was not told', () => {
    plugIn();
    begin();
    host.updateFirmware({ location: 'ftp://x/fw', retrieveAt: new Date(0), retries: 0 }, () => {});
    host.jobs.firmwareStatus({ firmware_update_status: 'Downloaded', request_id: 1 });
    expect(calls).toHaveLength(1);
    session('SessionFinished', { session_finished: { meter_value: meter } });
    expect(calls.slice(1)).toEqual([['allow_firmware_installation', {}]]);
  });

  it('has a signed firmware verified, and installed when nobody charges any more', () => {
    answers['update_firmware'] = 'Accepted';
    const steps: string[] = [];
    plugIn();
    begin();
    const [retrieveAt, installAt] = [new Date(0), new Date(3_600_000)];
    const signed = { certificate: 'PEM', signature: 'SIG' };
    host.updateFirmware(
      { location: 'ftp://x/fw', retrieveAt, installAt, retries: 0, retryIntervalS: 30, signed },
      (status) => steps.push(status),
    );
    for (const status of ['DownloadScheduled', 'Downloading', 'Downloaded', 'SignatureVerified'])
      host.jobs.firmwareStatus({ firmware_update_status: status, request_id: 1 });
    expect(calls).toEqual([
      [
        'update_firmware',
        {
          firmware_update_request: {
            request_id: 1,
            location: 'ftp://x/fw',
            retrieve_timestamp: '1970-01-01T00:00:00.000Z',
            install_timestamp: '1970-01-01T01:00:00.000Z',
            retry_interval_s: 30,
            signing_certificate: 'PEM',
            signature: 'SIG',
          },
        },
      ],
    ]);
    session('TransactionFinished', { transaction_finished: { meter_value: meter } });
    expect(calls.slice(1)).toEqual([['allow_firmware_installation', {}]]);
    for (const status of ['InvalidSignature', 'InstallVerificationFailed'])
      host.jobs.firmwareStatus({ firmware_update_status: status, request_id: 1 });
    expect(steps).toEqual([
      'DownloadScheduled',
      'Downloading',
      'Downloaded',
      'SignatureVerified',
      'InvalidSignature',
      'InstallVerificationFailed',
    ]);
  });

  it.each([
    ['a refusal', 'Rejected', true],
    ['no system', undefined, false],
  ])('reports a failed update and upload after %s', async (_name, answer, hasSystem) => {
    host = createHost({ hasSystem });
    answers['update_firmware'] = answer;
    answers['upload_logs'] = { upload_logs_status: answer ?? '' };
    const update = new Promise((resolve) =>
      host.updateFirmware({ location: 'x', retrieveAt: new Date(0), retries: 0 }, resolve),
    );
    const upload = new Promise((resolve) => host.uploadLog({ location: 'x', kind: 'SecurityLog' }, resolve));
    expect(await Promise.all([update, upload])).toEqual(['DownloadFailed', 'UploadFailure']);
  });

  it('uploads logs under a name of its own', () => {
    answers['upload_logs'] = { upload_logs_status: 'Accepted', file_name: 'x.zip' };
    const steps: string[] = [];
    const request = { location: 'ftp://x', kind: 'DiagnosticsLog', from: new Date(0) } as const;
    expect(host.uploadLog(request, (status) => steps.push(status))).toBe('DiagnosticsLog-1.log');
    for (const log_status of ['Uploading', 'PermissionDenied']) host.jobs.logStatus({ log_status, request_id: 1 });
    expect(steps).toEqual(['Uploading', 'PermissionDenied']);
  });

  it('sets the clock, the connection timeout and the master pass group', () => {
    host.setTime(new Date('2026-11-01T09:00:00Z'));
    host.setConnectionTimeout(5);
    host.setMasterPassGroup('POLICE');
    expect(calls).toEqual([
      ['set_system_time', { timestamp: '2026-11-01T09:00:00.000Z' }],
      ['set_connection_timeout', { connection_timeout: 10 }],
      ['set_master_pass_group_id', { master_pass_group_id: 'POLICE' }],
    ]);
  });

  it('reserves and cancels', async () => {
    answers['reserve_now'] = 'Occupied';
    answers['cancel_reservation'] = true;
    const expiresAt = new Date('2026-11-01T10:00:00Z');
    const reservation = { id: 3, idToken: card, groupId: undefined, expiresAt, evseId: 1 };
    expect(await host.reserve(reservation)).toBe(false);
    answers['reserve_now'] = 'Accepted';
    expect(await host.reserve(reservation)).toBe(true);
    calls.splice(0, 1);
    host.reservationEnded(3);
    expect(calls).toEqual([
      [
        'reserve_now',
        { request: { reservation_id: 3, id_token: 'CARD1', expiry_time: '2026-11-01T10:00:00.000Z', evse_id: 1 } },
      ],
      ['cancel_reservation', { reservation_id: 3 }],
    ]);
  });

  it('names the type of connector that is reserved as EVerest does', async () => {
    const expiresAt = new Date('2026-11-01T10:00:00Z');
    for (const connectorType of ['sCEE-7-7', 's309-3P-32A', 'cCCS2'])
      await host.reserve({ id: 3, idToken: card, groupId: undefined, expiresAt, connectorType });
    expect(calls).toMatchObject(
      ['sCEE_7_7', 's309_3P_32A', 'cCCS2'].map((connector_type) => ['reserve_now', { request: { connector_type } }]),
    );
  });

  it('leaves reservations to the station where EVerest keeps none', async () => {
    host = createHost({ hasReservation: false });
    const expiresAt = new Date('2026-11-01T10:00:00Z');
    expect(await host.reserve({ id: 3, idToken: card, groupId: undefined, expiresAt, evseId: 1 })).toBe(true);
    expect(calls).toEqual([]);
  });
});

it.each([
  [
    { status: 'Accepted', data: '7' },
    { status: 'Accepted', data: '7' },
  ],
  [{ status: 'Offline' }, { status: 'Rejected' }],
  [{ status: 'UnknownVendorId' }, undefined],
  [null, undefined],
])('answers a vendor’s message with what EVerest says: %j', async (answer, expected) => {
  answers['data_transfer'] = answer;
  expect(await host.dataTransfer({ vendorId: 'com.example', messageId: 'hi', data: { a: 1 } })).toEqual(expected);
  expect(calls).toEqual([
    ['data_transfer', { request: { vendor_id: 'com.example', message_id: 'hi', data: '{"a":1}' } }],
  ]);
});

it('has a fault only for what keeps an EVSE from charging', () => {
  host.errorRaised(2, { type: 'evse_manager/Inoperative', message: 'bsp/X', sub_type: 'E42', vendor_id: 'EVerest' });
  host.errorRaised(2, { type: 'evse_manager/Inoperative', message: '', sub_type: '' });
  host.errorCleared(2, { type: 'evse_manager/Inoperative' });
  expect(told).toEqual([
    [
      'faulted',
      2,
      {
        code: 'OtherError',
        info: 'caused_by:bsp/X',
        description: 'bsp/X',
        vendorErrorCode: 'E42',
        vendorId: 'EVerest',
      },
    ],
    ['faulted', 2, { code: 'OtherError', info: 'evse_manager/Inoperative' }],
    ['faultCleared', 2],
  ]);
});

const vendorId = 'https://chargex.inl.gov';

it.each([
  ['connector_lock/MREC1ConnectorLockFailure', { code: 'ConnectorLockFailure', vendorErrorCode: 'CX001', vendorId }],
  ['ac_rcd/MREC2GroundFailure', { code: 'GroundFailure', vendorErrorCode: 'CX002', vendorId }],
  ['evse_board_support/MREC8EmergencyStop', { code: 'OtherError', vendorErrorCode: 'CX008', vendorId }],
  ['evse_manager/MREC22ResistanceFault', { code: 'OtherError', vendorErrorCode: 'CX022', vendorId }],
  ['powermeter/CommunicationFault', { code: 'PowerMeterFailure', vendorErrorCode: 'CommunicationFault', info: 'm->i' }],
  ['ac_rcd/VendorWarning', { code: 'OtherError', vendorErrorCode: 'VendorWarning', info: 'm->i' }],
])('has an error for what EVerest lives with: %s', (type, expected) => {
  const error = {
    type,
    message: '',
    description: 'long',
    sub_type: '',
    origin: { module_id: 'm', implementation_id: 'i' },
  };
  host.errorRaised(1, error);
  host.errorCleared(1, error);
  const id = `m i ${type} `;
  expect(told).toEqual([
    ['errorRaised', 1, { id, description: 'long', ...expected }],
    ['errorCleared', 1, id],
  ]);
});
