import type { VariableName } from './standard-variables.ts';
import type { StationStore } from '../store/store.ts';
import type { VariableCatalog } from './variable-catalog.ts';
import { attributeTypes, problemOf, type AttributeType, type VariableDefinition } from './variable-definition.ts';
import { fieldsOf } from '../store/json-fields.ts';

/** Initial values of Actual by the canonical text of the variable, or of another attribute by `text#MaxSet`. */
export type VariableSettings = Partial<Record<VariableName, string>> | Readonly<Record<string, string>>;

/** A value that was set at run time. */
export interface KeptValue {
  value: string;
  source: string;
}

/** Under which key a value is kept: the text of the variable, for other attributes than Actual with `#` and its name. */
export function valueKeyOf({ text }: VariableDefinition, attribute: AttributeType): string {
  return attribute === 'Actual' ? text : `${text}#${attribute}`;
}

const nothing: ReadonlyMap<string, string> = new Map();

const known = new WeakMap<VariableCatalog, WeakMap<VariableSettings, ReadonlyMap<string, string>>>();

/** Checks the settings once for all stations that share them. Throws RangeError, naming every wrong one. */
export function initialValues(
  catalog: VariableCatalog,
  settings: VariableSettings | undefined,
): ReadonlyMap<string, string> {
  if (!settings) return nothing;
  const perCatalog = known.get(catalog) ?? new WeakMap<VariableSettings, ReadonlyMap<string, string>>();
  known.set(catalog, perCatalog);
  const found = perCatalog.get(settings);
  if (found) return found;
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    const place = placeOf(catalog, key);
    const problem = place ? problemOf(place.definition, value)?.sentence : 'there is no such variable';
    if (problem) problems.push(`setting ${key}: ${problem}; see standard-variables.ts for what there is`);
    if (place && !problem) values.set(valueKeyOf(place.definition, place.attribute), value);
  }
  if (problems.length > 0) throw new RangeError(problems.join('\n'));
  perCatalog.set(settings, values);
  return values;
}

/** What was set at run time and still fits; undefined when nothing was. */
export function keptValues(
  catalog: VariableCatalog,
  store: StationStore,
  warn: (sentence: string) => void,
): Map<string, KeptValue> | undefined {
  const values = new Map<string, KeptValue>();
  for (const [key, entry] of store.entries('variables')) {
    const place = placeOf(catalog, key);
    const kept = toKeptValue(entry);
    const problem = place && kept ? keptProblem(place, kept.value) : 'it is none of this station';
    if (place && kept && !problem) values.set(valueKeyOf(place.definition, place.attribute), kept);
    else warn(`the kept value of ${key} is not used: ${problem}`);
  }
  return values.size > 0 ? values : undefined;
}

/** What is write-only was checked by the rules of the version it came by, and these differ in its length. */
function keptProblem({ definition, attribute }: Place, value: string): string | undefined {
  const isSecret = definition.attributes.some(
    ({ type, mutability }) => type === attribute && mutability === 'WriteOnly',
  );
  return isSecret ? undefined : problemOf(definition, value)?.sentence;
}

interface Place {
  definition: VariableDefinition;
  attribute: AttributeType;
}

function placeOf(catalog: VariableCatalog, key: string): Place | undefined {
  const [text = '', name = 'Actual'] = key.split('#');
  const definition = catalog.named(text);
  const attribute = attributeTypes.find((type) => type === name);
  const isThere = attribute && definition?.attributes.some(({ type }) => type === attribute);
  return definition && attribute && isThere ? { definition, attribute } : undefined;
}

function toKeptValue(entry: unknown): KeptValue | undefined {
  const fields = fieldsOf(entry);
  const [value, source] = [fields?.text('value'), fields?.text('source')];
  return value === undefined || source === undefined ? undefined : { value, source };
}
