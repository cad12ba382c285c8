import { standardDefinitionOf } from './variable-catalog.ts';
import { textOf, type ComponentAddress } from './variable-address.ts';
import {
  attributeTypes,
  dataTypes,
  itemsOf,
  monitorTypes,
  mutabilities,
  problemOf,
  type AttributeDefinition,
  type PresetMonitor,
  type VariableDefinition,
} from './variable-definition.ts';
import { JsonReader } from './json-reader.ts';

/** Reads one component file; what is wrong with it goes to `mistakes`, and the rest is read all the same. */
export class ComponentReader {
  readonly #file: string;
  readonly #mistakes: string[];

  constructor(file: string, mistakes: string[]) {
    this.#file = file;
    this.#mistakes = mistakes;
  }

  read(content: unknown): VariableDefinition[] {
    const json = new JsonReader(content, { place: this.#file, mistakes: this.#mistakes });
    const component = toComponent(json);
    const properties = json.object('properties')?.entries() ?? [];
    const required = new Set(json.strings('required') ?? []);
    for (const name of required) {
      if (!properties.some(([key]) => key === name)) json.mistake(`required names ${name}, which is no property`);
    }
    json.allow([...notes, 'name', 'instance', 'evse_id', 'connector_id', 'properties', 'required']);
    return properties.flatMap(([key, property]) => {
      const definition = component && toVariable(property, component, required.has(key));
      return definition ? [definition] : [];
    });
  }
}

/** Words of JSON Schema that EVerest's files carry and nobody reads. */
const notes = ['$schema', '$id', 'description', 'title', 'type', 'ocpp_version', 'additionalProperties'];
const propertyNotes = [
  ...notes,
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'enum',
  'format',
  'pattern',
  'readOnly',
];

function toComponent(json: JsonReader): ComponentAddress | undefined {
  const name = json.name('name');
  const instance = json.has('instance') ? json.name('instance') : undefined;
  const id = json.whole('evse_id');
  const connectorId = json.whole('connector_id');
  if (connectorId !== undefined && id === undefined) json.mistake('connector_id needs an evse_id');
  if (name === undefined) return undefined;
  return {
    name,
    ...(instance !== undefined && { instance }),
    ...(id !== undefined && { evse: { id, ...(connectorId !== undefined && { connectorId }) } }),
  };
}

function toVariable(
  json: JsonReader,
  component: ComponentAddress,
  isRequired: VariableDefinition['isRequired'],
): VariableDefinition | undefined {
  const name = json.name('variable_name');
  const instance = json.has('instance') ? json.name('instance') : undefined;
  const characteristics = json.object('characteristics');
  const dataType = characteristics?.oneOf('dataType', dataTypes);
  const fallback = json.scalar('default');
  json.allow([...propertyNotes, 'variable_name', 'instance', 'characteristics', 'attributes', 'default', 'monitors']);
  if (!characteristics) json.mistake('characteristics are missing');
  const attributes = toAttributes(json, fallback);
  const monitors = (json.objects('monitors') ?? []).flatMap((monitor) => toMonitor(monitor));
  if (name === undefined || dataType === undefined || !characteristics) return undefined;
  const address = { component, variable: { name, ...(instance !== undefined && { instance }) } };
  const standard = standardDefinitionOf(textOf(address));
  const definition: VariableDefinition = {
    text: standard?.text ?? textOf(address),
    address: standard?.address ?? address,
    dataType,
    ...toCharacteristics(characteristics),
    attributes,
    isRequired: isRequired || (standard?.isRequired ?? false),
    needsReboot: standard?.needsReboot ?? false,
    allowsZero: standard?.allowsZero ?? false,
    isCustom: true,
    monitors,
  };
  if (standard && standard.dataType !== dataType)
    characteristics.mistake(`${standard.text} is of the type ${standard.dataType}, not ${dataType}`);
  // Those of the built-in list and of an EVSE may follow from the state of the station.
  checkValues(json, definition, { mustHaveValue: isRequired && !standard && !component.evse });
  return definition;
}

function toCharacteristics(json: JsonReader) {
  const minLimit = json.number('minLimit');
  const maxLimit = json.number('maxLimit');
  if (minLimit !== undefined && maxLimit !== undefined && minLimit > maxLimit)
    json.mistake(`minLimit ${minLimit} is above maxLimit ${maxLimit}`);
  const values = json.scalar('valuesList');
  const unit = json.scalar('unit');
  if (unit !== undefined && unit.length > 16) json.mistake('unit is longer than 16 characters');
  json.allow(['dataType', 'unit', 'minLimit', 'maxLimit', 'maxElements', 'valuesList', 'supportsMonitoring']);
  const supportsMonitoring = json.flag('supportsMonitoring') ?? false;
  return { unit, minLimit, maxLimit, values: values === undefined ? undefined : itemsOf(values), supportsMonitoring };
}

function toAttributes(json: JsonReader, fallback: string | undefined): AttributeDefinition[] {
  const attributes = (json.objects('attributes') ?? []).map((attribute) => {
    attribute.allow(['type', 'mutability', 'value', 'persistent', 'constant', 'description']);
    const type = attribute.oneOf('type', attributeTypes, 'Actual') ?? 'Actual';
    const mutability = attribute.oneOf('mutability', mutabilities, 'ReadWrite') ?? 'ReadWrite';
    return { type, mutability, value: attribute.scalar('value') ?? (type === 'Actual' ? fallback : undefined) };
  });
  const types = attributes.map(({ type }) => type);
  if (new Set(types).size < types.length) json.mistake('attributes has a type twice');
  return attributes.length > 0 ? attributes : [{ type: 'Actual', mutability: 'ReadWrite', value: fallback }];
}

function toMonitor(json: JsonReader): PresetMonitor[] {
  json.allow(['type', 'value', 'severity', 'transaction', 'kind', 'config_type', 'reference_value', 'id']);
  const type = json.oneOf('type', monitorTypes);
  const value = json.number('value');
  const severity = json.whole('severity');
  if (severity !== undefined && severity > 9) json.mistake('severity is 0 to 9');
  if (value === undefined || severity === undefined) json.mistake('value and severity are missing');
  const kind = json.oneOf('kind', ['HardWiredMonitor', 'PreconfiguredMonitor'], 'PreconfiguredMonitor');
  if (type === undefined || value === undefined || severity === undefined || kind === undefined) return [];
  return [{ kind, type, value, severity, transaction: json.flag('transaction') ?? false }];
}

function checkValues(json: JsonReader, definition: VariableDefinition, { mustHaveValue }: { mustHaveValue: boolean }) {
  for (const { type, mutability, value } of definition.attributes) {
    const problem = value === undefined ? undefined : problemOf(definition, value);
    if (problem) json.mistake(`the value of ${type} is ${problem.sentence}`);
    if (mustHaveValue && type === 'Actual' && value === undefined && mutability !== 'WriteOnly')
      json.mistake('it is required and has no value');
  }
}
