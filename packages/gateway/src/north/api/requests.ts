import { type Static, type TProperties, Type } from 'typebox';
import { identityPattern, identityRule } from '../../domain/charging-station.ts';
import { scopePattern, scopeWords } from './access.ts';
import { bodies } from './examples.ts';

/** What callers may send. Members that are not named are refused. */

const closed = <P extends TProperties>(properties: P, example?: object) =>
  Type.Object(properties, { additionalProperties: false, ...(example && { examples: [example] }) });
const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));
const idToken = Type.String({ minLength: 1, maxLength: 255, description: 'Id token: RFID number, eMAID ...' });
const password = Type.String({ minLength: 16, maxLength: 40, description: '16 to 40 characters (OCPP 2.0.1 A01)' });
const label = Type.String({ maxLength: 200, description: "The operator's own name for it" });
const ampere = Type.Number({ minimum: 0, maximum: 10_000, description: 'A per phase' });

export const byId = closed({ id: Type.String({ minLength: 1, maxLength: 300, description: 'Id, or OCPP identity' }) });

const listQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Items a page, default 50' })),
  cursor: Type.Optional(Type.String({ maxLength: 4000, description: 'next_cursor or prev_cursor of another page' })),
  paginate_limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'eDRV: same as limit' })),
  paginate_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'eDRV: page number from 1' })),
  paginate_enabled: Type.Optional(Type.Boolean({ description: 'eDRV: false gives 1000 items at once' })),
  sort_by: Type.Optional(Type.Enum(['createdAt'], { description: 'eDRV: lists are sorted by time of creation' })),
  sort_order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'Default desc, newest first' })),
};

const createdRange = {
  'createdAt[$gte]': time('Created at this time or later'),
  'createdAt[$lte]': time('Created at this time or earlier'),
};

export const stationsQuery = closed({
  ...listQuery,
  ...createdRange,
  online: Type.Optional(Type.Boolean()),
  admission: Type.Optional(Type.Enum(['held', 'admitted', 'refused'])),
  vendor: Type.Optional(Type.String({ maxLength: 100 })),
  model: Type.Optional(Type.String({ maxLength: 100 })),
  protocol: Type.Optional(Type.String({ maxLength: 50, description: 'ocpp1.6, ocpp2.0.1 ...' })),
  search: Type.Optional(
    Type.String({ maxLength: 100, description: 'Part of identity, label, vendor, model or serial number' }),
  ),
});
export type StationsQuery = Static<typeof stationsQuery>;

export const newStation = closed(
  {
    endpoint: Type.String({
      minLength: 1,
      maxLength: 48,
      pattern: identityPattern,
      description: `OCPP identity. ${identityRule}`,
    }),
    label: Type.Optional(label),
    password: Type.Optional(password),
  },
  bodies.newStation,
);
export type NewStation = Static<typeof newStation>;

export const stationChanges = closed(
  {
    label: Type.Optional(Type.Union([label, Type.Null()], { description: 'null removes it' })),
    password: Type.Optional(Type.Union([password, Type.Null()], { description: 'null removes it' })),
  },
  bodies.stationChanges,
);
export type StationChanges = Static<typeof stationChanges>;

/** Members every command takes. */
const commandMembers = {
  offline: Type.Optional(
    Type.Enum(['reject', 'queue'], {
      description: 'While the station is away: refuse (default), or keep until expires_in',
    }),
  ),
  expires_in: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 604_800, description: 's until it is not sent any more, default 60' }),
  ),
};

export const commandBody = closed(commandMembers, bodies.commandBody);
export type CommandOptions = Static<typeof commandBody>;

export const resetBody = closed(
  {
    ...commandMembers,
    type: Type.Optional(
      Type.Enum(['Immediate', 'OnIdle', 'Hard', 'Soft'], {
        description: 'Default OnIdle; Hard is Immediate, Soft is OnIdle',
      }),
    ),
    evse: Type.Optional(Type.Integer({ minimum: 1, description: 'Only this EVSE (OCPP 2.x)' })),
  },
  bodies.resetBody,
);
export const availabilityBody = closed(
  {
    ...commandMembers,
    available: Type.Boolean({ description: 'false takes it out of service' }),
    evse: Type.Optional(Type.Integer({ minimum: 1, description: 'Default: the whole station' })),
    connector: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  bodies.availabilityBody,
);
export const unlockBody = closed(
  {
    ...commandMembers,
    evse: Type.Integer({ minimum: 1 }),
    connector: Type.Optional(Type.Integer({ minimum: 1, description: 'Default 1' })),
  },
  bodies.unlockBody,
);
export const triggerBody = closed(
  {
    ...commandMembers,
    message: Type.String({
      minLength: 1,
      maxLength: 50,
      description: 'BootNotification, StatusNotification, MeterValues ...',
    }),
    evse: Type.Optional(Type.Integer({ minimum: 1 })),
    connector: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  bodies.triggerBody,
);
export const limitBody = closed(
  {
    ...commandMembers,
    current: Type.Union([ampere, Type.Null()], { description: 'A per phase; null clears the limit' }),
    evse: Type.Optional(Type.Integer({ minimum: 0, description: 'Default 0, the whole station' })),
  },
  bodies.limitBody,
);
export const connectorAvailabilityBody = closed(
  { ...commandMembers, available: Type.Boolean() },
  bodies.connectorAvailabilityBody,
);
export const connectorLimitBody = closed(
  {
    ...commandMembers,
    current: Type.Union([ampere, Type.Null()], { description: 'A per phase; null clears the limit' }),
  },
  bodies.connectorLimitBody,
);

const variableName = Type.String({
  minLength: 1,
  maxLength: 300,
  description: 'Component[;instance][;evse]/Variable[;instance][;attribute], or an OCPP 1.6 key',
});
export const variablesQuery = closed({
  name: Type.Optional(Type.String({ maxLength: 300, description: 'Start of the name' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
});
export const getVariablesBody = closed(
  {
    ...commandMembers,
    names: Type.Array(variableName, { minItems: 1, maxItems: 100 }),
  },
  bodies.getVariablesBody,
);
export const setVariablesBody = closed(
  {
    ...commandMembers,
    variables: Type.Array(closed({ name: variableName, value: Type.String({ maxLength: 2500 }) }), {
      minItems: 1,
      maxItems: 100,
    }),
  },
  bodies.setVariablesBody,
);
export const reportBody = closed(
  {
    ...commandMembers,
    base: Type.Optional(
      Type.Enum(['ConfigurationInventory', 'FullInventory', 'SummaryInventory'], {
        description: 'Default FullInventory',
      }),
    ),
  },
  bodies.reportBody,
);

export const sessionsQuery = closed({
  ...listQuery,
  ...createdRange,
  'startedAt[$gte]': time('Started at this time or later'),
  'startedAt[$lte]': time('Started at this time or earlier'),
  'updatedAt[$gte]': time('Changed at this time or later'),
  'updatedAt[$lte]': time('Changed at this time or earlier'),
  chargestation: Type.Optional(Type.String({ maxLength: 300 })),
  connector: Type.Optional(Type.String({ maxLength: 300 })),
  token: Type.Optional(Type.String({ maxLength: 255 })),
  status: Type.Optional(Type.Enum(['Started', 'Ended'])),
});
export type SessionsQuery = Static<typeof sessionsQuery>;

export const startBody = closed(
  {
    ...commandMembers,
    connector: Type.Optional(Type.String({ minLength: 1, maxLength: 300, description: 'Id of the connector' })),
    chargestation: Type.Optional(Type.String({ minLength: 1, maxLength: 300, description: 'Instead of connector' })),
    evse: Type.Optional(
      Type.Integer({ minimum: 1, description: 'With chargestation; absent lets the station choose' }),
    ),
    token: idToken,
    current_limit: Type.Optional(ampere),
  },
  bodies.startBody,
);
export type StartSession = Static<typeof startBody>;

export const closeBody = closed(
  {
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'Kept in the audit' }),
  },
  bodies.closeBody,
);
export const energyReportsQuery = closed({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Default 1000' })),
  'timestamp[$gte]': time('Taken at this time or later'),
  'timestamp[$lte]': time('Taken at this time or earlier'),
});

export const tokensQuery = closed({
  ...listQuery,
  search: Type.Optional(Type.String({ maxLength: 100, description: 'Part of the id token or label' })),
});
const tokenMembers = {
  type: Type.Optional(Type.String({ minLength: 1, maxLength: 20, description: 'OCPP 2.0.1 type, default ISO14443' })),
  blocked: Type.Optional(Type.Boolean({ description: 'Default false' })),
};
export const newToken = closed(
  {
    physicalId: idToken,
    ...tokenMembers,
    expiresAt: time('Not accepted from then on'),
    group: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    label: Type.Optional(label),
  },
  bodies.newToken,
);
export type NewToken = Static<typeof newToken>;
export const tokenChanges = closed(
  {
    ...tokenMembers,
    expiresAt: Type.Optional(
      Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'null removes it' }),
    ),
    group: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Null()], { description: 'null removes it' }),
    ),
    label: Type.Optional(Type.Union([label, Type.Null()], { description: 'null removes it' })),
  },
  bodies.tokenChanges,
);
export type TokenChanges = Static<typeof tokenChanges>;

export const actionsQuery = closed({
  ...listQuery,
  chargestation: Type.Optional(Type.String({ maxLength: 300 })),
  type: Type.Optional(
    Type.String({
      maxLength: 100,
      pattern: '^[a-z0-9_]+\\.[a-z0-9_]+$',
      description: 'Type of the action, e.g. chargestation.reset',
    }),
  ),
  status: Type.Optional(
    Type.Enum(['requested', 'completed', 'rejected', 'failed', 'queued', 'sent'], {
      description: 'requested is queued or sent',
    }),
  ),
});

export const ocppParams = closed({
  id: Type.String({ minLength: 1, maxLength: 300, description: 'Id, or OCPP identity' }),
  action: Type.String({ pattern: '^[A-Z][A-Za-z0-9]{0,49}$', description: "Any action of the station's OCPP version" }),
});
export const ocppQuery = closed(commandMembers);
export const ocppBody = Type.Object(
  {},
  { description: 'The payload exactly as the station shall get it', examples: [bodies.ocppBody] },
);

export const reservationsQuery = closed({
  ...listQuery,
  chargestation: Type.Optional(Type.String({ maxLength: 300 })),
  status: Type.Optional(Type.Enum(['Active', 'Used', 'Expired', 'Cancelled', 'Removed'])),
});

const eventFilters = {
  types: Type.Optional(
    Type.String({
      maxLength: 2000,
      description: 'Event types with commas between them; session.* is all that begin so',
    }),
  ),
  chargestations: Type.Optional(
    Type.String({ maxLength: 4000, description: 'Ids or identities with commas between them' }),
  ),
};
export const eventsQuery = closed({
  ...eventFilters,
  after: Type.Optional(Type.String({ maxLength: 24, description: 'Id of an event; those after it are given' })),
  tail: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'The newest so many, instead of after' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default 100' })),
});
export const streamQuery = closed(eventFilters);

export const messagesQuery = closed({
  ...listQuery,
  ...createdRange,
  action: Type.Optional(Type.String({ maxLength: 100 })),
  direction: Type.Optional(Type.Enum(['in', 'out'])),
  message_id: Type.Optional(Type.String({ maxLength: 100 })),
  search: Type.Optional(Type.String({ maxLength: 200, description: 'Part of the frame' })),
});
export type MessagesQuery = Static<typeof messagesQuery>;

export const newKey = closed(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    scopes: Type.Array(Type.String({ pattern: scopePattern, description: scopeWords }), { minItems: 1, maxItems: 50 }),
    expiresAt: time('Not accepted from then on'),
  },
  bodies.newKey,
);
export type NewKey = Static<typeof newKey>;

export const auditQuery = closed({ ...listQuery, chargestation: Type.Optional(Type.String({ maxLength: 300 })) });
