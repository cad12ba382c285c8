import type { VariableCatalog } from '../device-model/variable-catalog.ts';
import type { AttributeDefinition, VariableDefinition } from '../device-model/variable-definition.ts';
import { configurationKeys, type ConfigurationKey } from './configuration-keys.ts';
import { priceTextKey } from './price-text-keys.ts';

/** The keys of a make: the standard ones and those of its component files. */
export interface KeyRegistry {
  readonly keys: readonly ConfigurationKey[];
  /** Keys are compared as they are written. */
  named(key: string): ConfigurationKey | undefined;
  /** Those that stand for a variable, by its canonical text or an alias of it. */
  of(text: string): readonly ConfigurationKey[];
}

const known = new WeakMap<VariableCatalog, KeyRegistry>();

export function keyRegistryOf(catalog: VariableCatalog): KeyRegistry {
  const found = known.get(catalog);
  if (found) return found;
  const created = createRegistry([...configurationKeys, ...meterKeys(catalog), ...customKeys(catalog)]);
  known.set(catalog, created);
  return created;
}

function createRegistry(keys: readonly ConfigurationKey[]): KeyRegistry {
  const byName = new Map(keys.map((key) => [key.key, key]));
  const byVariable = new Map<string, ConfigurationKey[]>();
  for (const key of keys) {
    if (key.derived) continue;
    for (const text of [key.variable, ...(key.aliases ?? [])]) {
      byVariable.set(text.toLowerCase(), [...(byVariable.get(text.toLowerCase()) ?? []), key]);
    }
  }
  return {
    keys,
    named: (key) => byName.get(key) ?? priceTextKey(key),
    of: (text) => byVariable.get(text.toLowerCase()) ?? [],
  };
}

/** `MeterPublicKey1`: the key of the meter of connector 1. */
function meterKeys({ definitions }: VariableCatalog): ConfigurationKey[] {
  return definitions
    .filter(
      ({ address: { component, variable } }) => component.name === 'Connector' && variable.name === 'ConnectorType',
    )
    .map(({ address: { component } }, index) => ({
      key: `MeterPublicKey${index + 1}`,
      profile: 'Metering',
      variable: `FiscalMetering@${component.evse?.id}.PublicKey`,
      access: 'R',
      required: false,
    }));
}

/** What OCPP 1.6 allows for a key. */
const longestKey = 50;

/**
 * A variable of a component file is a key by its own name, or by its canonical text when that name is taken. Where both
 * are longer than a key may be, OCPP 1.6 does not show it.
 */
function customKeys(catalog: VariableCatalog): ConfigurationKey[] {
  const custom = catalog.definitions.filter(({ isCustom }) => isCustom);
  const counts = new Map<string, number>(configurationKeys.map(({ key }) => [key, 1]));
  for (const definition of custom) {
    const name = shortNameOf(definition);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return custom.flatMap((definition) => {
    const name = shortNameOf(definition);
    const key = counts.get(name) === 1 && name.length <= longestKey ? name : definition.text;
    const actual = definition.attributes.find(({ type }) => type === 'Actual');
    if (!actual || key.length > longestKey) return [];
    const { text: variable, isRequired: required } = definition;
    return [{ key, profile: 'Custom', variable, access: accessOf[actual.mutability], required } as const];
  });
}

const accessOf = { ReadOnly: 'R', ReadWrite: 'RW', WriteOnly: 'W' } as const satisfies Record<
  AttributeDefinition['mutability'],
  ConfigurationKey['access']
>;

function shortNameOf({ address: { variable } }: VariableDefinition): string {
  return variable.instance === undefined ? variable.name : `${variable.name}[${variable.instance}]`;
}
