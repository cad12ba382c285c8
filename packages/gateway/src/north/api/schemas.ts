import { type Static, type TSchema, Type } from 'typebox';
import { answers } from './examples.ts';

/** What the API shows. Clients get their types from here; the server and its description the schemas. */

const id = (of: string) =>
  Type.String({ pattern: '^[0-9a-f]{24}$', description: `Id of the ${of}, 24 hexadecimal digits` });
const time = (description: string) => Type.String({ format: 'date-time', description });
const text = (description: string) => Type.String({ description });
const optionalText = (description: string) => Type.Optional(text(description));
const optionalTime = (description: string) => Type.Optional(time(description));

export const quantity = Type.Object(
  { value: Type.Union([Type.Number(), Type.String(), Type.Boolean()]), unit: Type.String() },
  { description: 'A value with its unit' },
);

const metrics = Type.Record(Type.String(), quantity, {
  description:
    'Live values: power (W), energy (Wh, meter register), session_energy (Wh), current (A), current_limit (A), voltage (V), soc (%)',
});

export const connectorStatuses = [
  'Available',
  'Preparing',
  'Charging',
  'SuspendedEV',
  'SuspendedEVSE',
  'Finishing',
  'Reserved',
  'Unavailable',
  'Faulted',
] as const;

export const connector = Type.Object(
  {
    _id: id('connector'),
    chargestation: id('station'),
    evse: Type.Integer({ description: 'OCPP EVSE number; of an OCPP 1.6 station its connector number' }),
    connector: Type.Integer({ description: 'Number of the connector at its EVSE' }),
    active: Type.Boolean({ description: 'Whether the EVSE is operative' }),
    status: Type.Enum(connectorStatuses, { description: "In OCPP 1.6's words, whatever the station speaks" }),
    status_detail: optionalText("The station's own word"),
    charging_state: text('Idle, EVConnected, Charging, SuspendedEV or SuspendedEVSE'),
    error_code: optionalText('Absent when all is well'),
    vendor_error_code: optionalText("The vendor's own code"),
    info: optionalText("The station's explanation"),
    session: Type.Union([id('session'), Type.Null()], { description: 'The open session, or null' }),
    metrics,
    updatedAt: time('When the status was taken on'),
  },
  { examples: [answers.connector] },
);
export type Connector = Static<typeof connector>;

export const chargestation = Type.Object(
  {
    _id: id('station'),
    endpoint: text('OCPP identity'),
    static_endpoint: text('OCPP identity'),
    label: optionalText("The operator's own name for it"),
    protocol: optionalText('ocpp1.6, ocpp2.0.1, ocpp2.1, or the name of a cloud; absent until it connected'),
    admission: Type.Enum(['held', 'admitted', 'refused'], { description: 'held: seen, and waiting for an operator' }),
    online: Type.Boolean(),
    active: Type.Boolean({ description: 'Whether it is admitted and operative' }),
    availability: Type.Enum(['Operative', 'Inoperative']),
    registration: optionalText('How its newest boot was answered: Accepted, Pending or Rejected'),
    error_code: optionalText('Error of the station as a whole'),
    firmware_status: optionalText('Newest firmware status the station told'),
    log_status: optionalText('Newest diagnostics or log upload status the station told'),
    bootInfo: Type.Object({
      chargePointVendor: Type.Optional(Type.String()),
      chargePointModel: Type.Optional(Type.String()),
      chargePointSerialNumber: Type.Optional(Type.String()),
      chargeBoxSerialNumber: Type.Optional(Type.String()),
      firmwareVersion: Type.Optional(Type.String()),
      iccid: Type.Optional(Type.String()),
      imsi: Type.Optional(Type.String()),
      meterType: Type.Optional(Type.String()),
      meterSerialNumber: Type.Optional(Type.String()),
    }),
    connectors: Type.Array(connector),
    metrics,
    configuration: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Values by name, as the station last told them; *** for secrets. In the answer for one station only; lists leave it out',
      }),
    ),
    connection_url: text('Where this station connects'),
    lastBootAt: optionalTime('Newest boot'),
    lastConnectAt: optionalTime('Newest connection'),
    lastDisconnectAt: optionalTime('Newest loss of the connection'),
    lastMessageAt: optionalTime('Newest message'),
    createdAt: time('When the gateway learnt of it'),
    updatedAt: time('Newest sign of it'),
  },
  { examples: [answers.chargestation] },
);
export type Chargestation = Static<typeof chargestation>;

export const session = Type.Object(
  {
    _id: id('session'),
    chargestation: id('station'),
    endpoint: text('OCPP identity of the station'),
    connector: id('connector'),
    evse: Type.Integer(),
    status: Type.Enum(['Started', 'Ended']),
    transaction_id: text('OCPP transaction id, unique at the station'),
    token: optionalText('Id token that started it'),
    token_type: optionalText('OCPP 2.0.1 type of the id token'),
    authorization: optionalText('What was answered for the token'),
    charging_state: optionalText('EVConnected, Charging, SuspendedEV, SuspendedEVSE or Idle'),
    stoppedReason: optionalText('OCPP 2.0.1 reason, e.g. Local, Remote, EVDisconnected'),
    metrics: Type.Object({
      chargingStart: time('Start'),
      chargingStop: optionalTime('End'),
      timezone: Type.Literal('UTC'),
      meterStart: Type.Optional(Type.Number({ description: 'Register at the start, Wh' })),
      meterStop: Type.Optional(Type.Number({ description: 'Register at the newest counted reading, Wh' })),
      energyConsumed: Type.Number({ description: 'Energy delivered, Wh' }),
      energyUnit: Type.Literal('Wh'),
      energyPeriod: Type.Integer({ description: 'Duration so far, s' }),
    }),
    energy_report: Type.Object({
      timestamp: optionalTime('When the newest reading was taken'),
      energy: quantity,
      energy_meter: Type.Optional(quantity),
      power: Type.Optional(quantity),
      current: Type.Optional(quantity),
      voltage: Type.Optional(quantity),
      state_of_charge: Type.Optional(quantity),
    }),
    offline: Type.Boolean({ description: 'Some of it was reported after the fact' }),
    anomalies: Type.Array(Type.String(), {
      description: 'What was odd about it; docs/transactions.md says how it was counted',
    }),
    reservation_id: Type.Optional(Type.Integer()),
    createdAt: time('Start'),
    updatedAt: time('Newest message about it'),
  },
  { examples: [answers.session] },
);
export type Session = Static<typeof session>;

export const energyReport = Type.Object(
  {
    timestamp: time('When it was taken, by the clock of the station'),
    measurand: text('OCPP measurand'),
    value: Type.Number(),
    unit: text('Unit of the value'),
    phase: Type.Optional(Type.String()),
    location: Type.Optional(Type.String()),
    context: Type.Optional(Type.String()),
    signed_data: optionalText('Signed meter data as the station sent it'),
  },
  { examples: [answers.energyReport] },
);
export type EnergyReport = Static<typeof energyReport>;

export const token = Type.Object(
  {
    _id: id('token'),
    physicalId: text('The id token; upper and lower case are one'),
    type: text('OCPP 2.0.1 type, e.g. ISO14443 or Central'),
    active: Type.Boolean({ description: 'Neither blocked nor expired' }),
    blocked: Type.Boolean(),
    expiresAt: optionalTime('Not accepted from then on'),
    group: optionalText('Tokens of one group may stop the sessions of each other'),
    label: optionalText('What people call its holder'),
    createdAt: time('Creation'),
    updatedAt: time('Newest change'),
  },
  { examples: [answers.token] },
);
export type Token = Static<typeof token>;

export const action = Type.Object(
  {
    _id: id('action'),
    type: text('chargestation.reset, chargestation.update_configuration, connector.set_power_limit ...'),
    status: Type.Enum(['requested', 'completed', 'rejected', 'failed']),
    chargestation: id('station'),
    endpoint: text('OCPP identity of the station'),
    connector: Type.Optional(id('connector')),
    data: Type.Unknown({ description: 'What was asked of the station; secrets masked' }),
    response_data: Type.Optional(Type.Unknown({ description: 'What the station answered; absent while requested' })),
    phase: Type.Enum(['queued', 'sent', 'done']),
    reason: optionalText(
      'Why it failed: Offline, Timeout, ConnectionLost, CallError, NotSupported, Expired, Cancelled, Invalid',
    ),
    detail: optionalText('The same as a sentence'),
    requestedBy: text('API key or service that asked'),
    ocppAction: optionalText('OCPP action of a raw call'),
    expiresAt: time('Not sent any more after this'),
    createdAt: time('Request'),
    updatedAt: time('Newest change'),
  },
  { examples: [answers.action] },
);
export type Action = Static<typeof action>;

export const variable = Type.Object(
  {
    name: text('Component/Variable, or an OCPP 1.6 key'),
    value: optionalText('As the station told it; *** for secrets'),
    writable: Type.Optional(
      Type.Boolean({ description: 'Whether the station permits changes; absent when it did not tell' }),
    ),
    dataType: Type.Optional(Type.String()),
    unit: Type.Optional(Type.String()),
    readAt: time('When the station told it'),
  },
  { examples: [answers.variable] },
);
export type Variable = Static<typeof variable>;

export const reservation = Type.Object(
  {
    _id: id('reservation'),
    reservation_id: Type.Integer({ description: 'OCPP reservation number, unique at the station' }),
    chargestation: id('station'),
    endpoint: text('OCPP identity of the station'),
    evse: Type.Optional(Type.Integer()),
    token: text('Id token it is held for'),
    status: Type.Enum(['Active', 'Used', 'Expired', 'Cancelled', 'Removed']),
    expiresAt: time('End'),
    updatedAt: time('Newest change'),
  },
  { examples: [answers.reservation] },
);
export type Reservation = Static<typeof reservation>;

export const event = Type.Object(
  {
    _id: id('event'),
    object: text('Kind of the thing in data: chargestation, session, action, reservation, token'),
    type: text('chargestation.online, session.started, chargestation.reset.accepted ...'),
    data: Type.Unknown({ description: 'The thing, as far as the event tells it' }),
    createdAt: time('When it happened, by the clock of the gateway'),
  },
  { examples: [answers.event] },
);
export type Event = Static<typeof event>;

export const message = Type.Object(
  {
    _id: Type.Integer({ description: 'Number of the message, ascending in order of arrival' }),
    chargestation: id('station'),
    endpoint: text('OCPP identity of the station'),
    direction: Type.Enum(['in', 'out'], { description: 'in: from the station' }),
    kind: text('CALL, CALLRESULT, CALLERROR, SEND, INVALID; other protocols use their own words'),
    message_id: optionalText('OCPP message id'),
    action: optionalText('OCPP action'),
    text: text('The frame as it went over the wire; secrets masked'),
    verdict: text('What the gateway thought of it'),
    notes: Type.Optional(Type.Array(Type.String())),
    error_code: optionalText('OCPP error code'),
    createdAt: time('When it came or went'),
  },
  { examples: [answers.message] },
);
export type Message = Static<typeof message>;

export const apiKey = Type.Object(
  {
    _id: id('key'),
    name: text('What people call it'),
    prefix: text('First characters of the secret'),
    scopes: Type.Array(Type.String()),
    status: Type.Enum(['active', 'expired', 'revoked']),
    createdAt: time('Creation'),
    expiresAt: optionalTime('Not accepted from then on'),
    revokedAt: optionalTime('Revocation'),
  },
  { examples: [answers.apiKey] },
);
export type ApiKey = Static<typeof apiKey>;

export const newApiKey = Type.Interface([apiKey], {
  secret: Type.Union([Type.String(), Type.Null()], { description: 'Shown once; null when an answer is replayed' }),
});
export type NewApiKey = Static<typeof newApiKey>;

export const auditEntry = Type.Object(
  {
    _id: Type.Integer({ description: 'Ascending' }),
    actor: text('API key or service'),
    operation: text('station.admit, token.put, command.issue ...'),
    chargestation: Type.Optional(id('station')),
    endpoint: optionalText('OCPP identity of the station'),
    detail: Type.Unknown({ description: 'What was asked, secrets masked' }),
    createdAt: time('When'),
  },
  { examples: [answers.auditEntry] },
);
export type AuditEntry = Static<typeof auditEntry>;

export const summary = Type.Object(
  {
    stations: Type.Integer(),
    online: Type.Integer(),
    held: Type.Integer({ description: 'Stations that wait for an operator' }),
    activeSessions: Type.Integer(),
    lastEvent: Type.Union([id('event'), Type.Null()]),
    problems: Type.Array(Type.String()),
    version: Type.String(),
  },
  { examples: [answers.summary] },
);
export type Summary = Static<typeof summary>;

export const deleted = Type.Object({ _id: Type.String(), deleted: Type.Literal(true) });
export type Deleted = Static<typeof deleted>;

/** eDRV's answer around one thing. */
export const envelope = <T extends TSchema>(result: T) =>
  Type.Object({ ok: Type.Literal(true), message: Type.String(), result });

/** eDRV's answer around a list, with cursors. */
export const listEnvelope = <T extends TSchema>(item: T) =>
  Type.Object({
    ok: Type.Literal(true),
    message: Type.String(),
    result: Type.Array(item),
    hasNext: Type.Boolean(),
    hasPrevious: Type.Boolean(),
    next_cursor: Type.Union([Type.String(), Type.Null()]),
    prev_cursor: Type.Union([Type.String(), Type.Null()]),
  });
