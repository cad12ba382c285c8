/** Where a component is. Names are compared without regard to case; instances too. */
export interface ComponentAddress {
  name: string;
  instance?: string | undefined;
  evse?: { id: number; connectorId?: number | undefined } | undefined;
}

/** A variable of the device model, as OCPP 2.x writes it. */
export interface VariableAddress {
  component: ComponentAddress;
  variable: { name: string; instance?: string | undefined };
}

/**
 * The canonical text of an address: `OCPPCommCtrlr.MessageAttempts[TransactionEvent]`, `NetworkConfiguration[1].Identity`,
 * `EVSE@1.Power`, `Connector@1.2.Available`. What would be ambiguous in a name is percent-encoded.
 */
export function textOf({ component, variable }: VariableAddress): string {
  return `${componentTextOf(component)}.${named(variable)}`;
}

/** The part of {@link textOf} before the variable. */
export function componentTextOf(component: ComponentAddress): string {
  const { evse } = component;
  if (!evse) return named(component);
  const connector = evse.connectorId === undefined ? '' : `.${evse.connectorId}`;
  return `${named(component)}@${evse.id}${connector}`;
}

const pattern = /^([^.[\]@#]+)(?:\[([^[\]#]*)\])?(?:@(\d+)(?:\.(\d+))?)?\.([^.[\]@#]+)(?:\[([^[\]#]*)\])?$/;

/** The address that a canonical text stands for; undefined when it is none. */
export function addressOf(text: string): VariableAddress | undefined {
  const [, component, componentInstance, evseId, connectorId, variable, instance] = pattern.exec(text) ?? [];
  if (component === undefined || variable === undefined) return undefined;
  const evse =
    evseId === undefined ? undefined : { id: Number(evseId), ...optional('connectorId', connectorId, Number) };
  return {
    component: { name: decoded(component), ...optional('instance', componentInstance, decoded), ...(evse && { evse }) },
    variable: { name: decoded(variable), ...optional('instance', instance, decoded) },
  };
}

function named({ name, instance }: { name: string; instance?: string | undefined }): string {
  const text = name.replace(/[%.[\]@#]/g, encoded);
  return instance === undefined ? text : `${text}[${instance.replace(/[%[\]#]/g, encoded)}]`;
}

const encoded = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

const decoded = (text: string) =>
  text.replace(/%([0-9A-F]{2})/g, (_match, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

function optional<K extends string, T>(name: K, text: string | undefined, read: (text: string) => T) {
  return text === undefined ? {} : ({ [name]: read(text) } satisfies Record<string, T>);
}
