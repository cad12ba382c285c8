import { networkVariables } from '../connection/network-variables.ts';
import { standardVariables } from './standard-variables.ts';
import { topologyTextOf, topologyVariables, type EvseTopology } from './topology-variables.ts';
import { addressOf, componentTextOf, textOf, type VariableAddress } from './variable-address.ts';
import type { VariableDefinition } from './variable-definition.ts';
import { toDefinition } from './variable-row.ts';

/** What a station is made of: every variable it has. Stations of the same make share one. */
export interface VariableCatalog {
  /** In the order of the reports. */
  readonly definitions: readonly VariableDefinition[];
  /** How many slots NetworkConfiguration has, from 1. */
  readonly networkSlots: number;
  /** By canonical text, in any case. */
  named(text: string): VariableDefinition | undefined;
  /** Names are compared without regard to case. */
  find(address: VariableAddress): VariableDefinition | 'UnknownComponent' | 'UnknownVariable';
}

export interface CatalogOptions {
  evses: readonly EvseTopology[];
  /** From component files; they add variables, or replace those of the same address. Those of other EVSEs are left out. */
  components?: readonly VariableDefinition[];
  /** Default 2. */
  networkSlots?: number;
}

const none: readonly VariableDefinition[] = [];

/** The catalogs made so far, by what they were made of. */
const known = new WeakMap<readonly VariableDefinition[], Map<string, VariableCatalog>>();

/** More different makes than this in one process share nothing with those before. */
const mostKept = 200;

/** The catalog of a make; the same one for the same topology and the same list of components. */
export function catalogOf({ evses, components = none, networkSlots = 2 }: CatalogOptions): VariableCatalog {
  const kept = known.get(components) ?? new Map<string, VariableCatalog>();
  known.set(components, kept);
  const make = `${networkSlots} ${topologyTextOf(evses)}`;
  const found = kept.get(make);
  if (found) return found;
  if (kept.size >= mostKept) kept.clear();
  const builtIn = [...standard(), ...slots(networkSlots), ...topologyVariables(evses)];
  const ids = new Set(evses.map(({ id }) => id));
  const own = components.filter(({ address: { component } }) => !component.evse || ids.has(component.evse.id));
  const created = new Catalog(builtIn, own);
  kept.set(make, created);
  return created;
}

class Catalog implements VariableCatalog {
  readonly definitions: readonly VariableDefinition[];
  readonly networkSlots: number;
  readonly #byText = new Map<string, VariableDefinition>();
  readonly #byLowerCase = new Map<string, VariableDefinition>();
  readonly #components = new Set<string>();

  constructor(builtIn: readonly VariableDefinition[], own: readonly VariableDefinition[]) {
    for (const definition of builtIn) this.#byLowerCase.set(definition.text.toLowerCase(), definition);
    for (const definition of own) {
      const text = definition.text.toLowerCase();
      const replaced = this.#byLowerCase.get(text);
      this.#byLowerCase.set(text, replaced ? { ...definition, text: replaced.text, isCustom: false } : definition);
    }
    this.definitions = [...this.#byLowerCase.values()];
    for (const definition of this.definitions) {
      this.#byText.set(definition.text, definition);
      this.#components.add(componentTextOf(definition.address.component).toLowerCase());
    }
    this.networkSlots = this.definitions.filter(({ address: { component, variable } }) => {
      return component.name === 'NetworkConfiguration' && variable.name === 'OcppCsmsUrl';
    }).length;
  }

  named(text: string): VariableDefinition | undefined {
    return this.#byText.get(text) ?? this.#byLowerCase.get(text.toLowerCase());
  }

  find(address: VariableAddress): VariableDefinition | 'UnknownComponent' | 'UnknownVariable' {
    const definition = this.named(textOf(address));
    if (definition) return definition;
    const isKnown = this.#components.has(componentTextOf(address.component).toLowerCase());
    return isKnown ? 'UnknownVariable' : 'UnknownComponent';
  }
}

let standardDefinitions: readonly VariableDefinition[] | undefined;

function standard(): readonly VariableDefinition[] {
  return (standardDefinitions ??= Object.entries(standardVariables).flatMap(([text, row]) => {
    const address = addressOf(text);
    return address ? [toDefinition(address, row)] : [];
  }));
}

/** The definition of a variable that the built-in list has, in any case. */
export function standardDefinitionOf(text: string): VariableDefinition | undefined {
  standardByLowerCase ??= new Map(
    [...standard(), ...slots(1)].map((definition) => [definition.text.toLowerCase(), definition]),
  );
  return standardByLowerCase.get(text.toLowerCase());
}

let standardByLowerCase: ReadonlyMap<string, VariableDefinition> | undefined;

const slotDefinitions: VariableDefinition[][] = [];

function slots(count: number): VariableDefinition[] {
  return Array.from({ length: count }, (_, index) => (slotDefinitions[index] ??= slot(index + 1))).flat();
}

function slot(number: number): VariableDefinition[] {
  const component = { name: 'NetworkConfiguration', instance: String(number) };
  return Object.entries(networkVariables).map(([name, row]) => toDefinition({ component, variable: { name } }, row));
}
