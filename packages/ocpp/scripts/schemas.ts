/** The part of JSON Schema that the OCPP schemas use. */
export interface Schema {
  $id?: string;
  $ref?: string;
  type?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean;
  definitions?: Record<string, Schema>;
  [keyword: string]: unknown;
}

/** All messages of one OCPP version and the definitions they share. */
export interface Catalogue {
  messages: Map<string, Schema>;
  definitions: Map<string, Schema>;
}

const kept = new Set(
  'type enum properties required items additionalProperties maxLength minItems maxItems minimum maximum multipleOf format $ref'.split(
    ' ',
  ),
);

/** OCPP 1.6 has its types inline; these are the specification's names for them, by property. */
const namesByProperty: Record<string, string> = {
  idTagInfo: 'IdTagInfo',
  chargingProfile: 'ChargingProfile',
  csChargingProfiles: 'ChargingProfile',
  chargingSchedule: 'ChargingSchedule',
  chargingSchedulePeriod: 'ChargingSchedulePeriod',
  meterValue: 'MeterValue',
  transactionData: 'MeterValue',
  sampledValue: 'SampledValue',
  configurationKey: 'KeyValue',
  localAuthorizationList: 'AuthorizationData',
};

/** Renames, strips and shares: `urn:Authorize.req` becomes `AuthorizeRequest`, with its definitions moved to the catalogue. */
export function toMessages(schemas: Schema[], inlineTypes: boolean): Catalogue {
  const catalogue: Catalogue = { messages: new Map(), definitions: new Map() };
  for (const schema of schemas) {
    const name = nameOf(schema.$id ?? '');
    for (const [definition, body] of Object.entries(schema.definitions ?? {})) {
      share(catalogue, definition, strip(body));
    }
    const message = strip(schema);
    if (inlineTypes) hoist(catalogue, message, name);
    catalogue.messages.set(name, message);
  }
  return catalogue;
}

function nameOf(id: string): string {
  const name = id
    .replace('urn:', '')
    .replace(/\.req$/, 'Request')
    .replace(/\.conf$/, 'Response');
  return /(Request|Response)$/.test(name) ? name : `${name}Request`;
}

function strip(schema: Schema): Schema {
  const result: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) if (kept.has(keyword)) result[keyword] = value;
  if (schema.$ref) return { $ref: schema.$ref.replace('#/definitions/', 'definitions#/definitions/') };
  if (schema.items) result.items = strip(schema.items);
  if (schema.properties) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, body]) => [name, strip(body)]),
    );
  }
  return result;
}

function share(catalogue: Catalogue, name: string, body: Schema): void {
  const known = catalogue.definitions.get(name);
  if (known && JSON.stringify(known) !== JSON.stringify(body)) throw new Error(`two different definitions of ${name}`);
  catalogue.definitions.set(name, body);
}

/** Moves the objects inside `schema` to the catalogue, innermost first. */
function hoist(catalogue: Catalogue, schema: Schema, owner: string): void {
  for (const [property, body] of Object.entries(schema.properties ?? {})) {
    const target = body.items ?? body;
    if (!target.properties) continue;
    hoist(catalogue, target, owner);
    const name = shareAs(catalogue, namesByProperty[property] ?? property, { owner, body: target });
    const reference = { $ref: `definitions#/definitions/${name}` };
    if (body.items) body.items = reference;
    else if (schema.properties) schema.properties[property] = reference;
  }
}

function shareAs(catalogue: Catalogue, name: string, { owner, body }: { owner: string; body: Schema }): string {
  const known = catalogue.definitions.get(name);
  if (known && JSON.stringify(known) !== JSON.stringify(body)) {
    const longer = owner.replace(/(Request|Response)$/, '') + name;
    catalogue.definitions.set(longer, body);
    return longer;
  }
  catalogue.definitions.set(name, body);
  return name;
}
