import { isVariableName, type VariableName } from './standard-variables.ts';
import { StoreError, type StationStore } from '../store/store.ts';
import { initialValues, keptValues, valueKeyOf, type KeptValue, type VariableSettings } from './variable-values.ts';
import type { VariableCatalog } from './variable-catalog.ts';
import { itemsOf, type AttributeType, type VariableDefinition } from './variable-definition.ts';

export type { VariableSettings } from './variable-values.ts';

/** An attribute of a variable has another value than before. */
export interface VariableChange {
  readonly definition: VariableDefinition;
  readonly attribute: AttributeType;
  /** undefined: it had none. */
  readonly old: string | undefined;
  readonly new: string | undefined;
  /** Who changed it: `csms`, `internal`, or what the host calls itself. */
  readonly source: string;
}

export interface VariableWrite {
  readonly definition: VariableDefinition;
  readonly attribute: AttributeType;
  /** undefined takes back what was set. */
  readonly value: string | undefined;
  readonly source: string;
}

export interface DeviceModelOptions {
  catalog: VariableCatalog;
  /** Values that differ from the catalog's from the start. Stations that are given the same object share it. */
  settings?: VariableSettings | undefined;
  /** Where values set at run time are kept, in the collection `variables`. Without it they last as long as this object. */
  store?: StationStore | undefined;
  /** What the station has of what a security profile needs. Default: a password when one is set, no certificates. */
  security?: Partial<SecurityMeans> | undefined;
  /** Values that follow from the state of the station. */
  computed?(definition: VariableDefinition): string | undefined;
  /** After every change, the first of all listeners. */
  onChange?(change: VariableChange): void;
  /** Something kept was dropped, or could not be kept. */
  onWarning?(sentence: string): void;
}

/** What a connection can be secured with. */
export interface SecurityMeans {
  /** Of HTTP Basic authentication. */
  hasPassword(): boolean;
  /** To verify the CSMS by. */
  hasCsmsRoot(): boolean;
  hasClientCertificate(): boolean;
}

/** The values of a station's variables. One that was never set costs nothing. */
export class DeviceModel {
  readonly catalog: VariableCatalog;
  readonly #options: DeviceModelOptions;
  readonly #initial: ReadonlyMap<string, string>;
  /** By {@link valueKeyOf}. */
  #values: Map<string, KeptValue> | undefined;
  #listeners: Set<(change: VariableChange) => void> | undefined;

  /** Throws RangeError, naming every wrong one, when initial values are not allowed. */
  constructor(options: DeviceModelOptions) {
    this.catalog = options.catalog;
    this.#options = options;
    this.#initial = initialValues(options.catalog, options.settings);
    if (options.store) this.#values = keptValues(options.catalog, options.store, (what) => options.onWarning?.(what));
  }

  /** Where values set at run time are kept. */
  get store(): StationStore | undefined {
    return this.#options.store;
  }

  get security(): SecurityMeans {
    return {
      hasPassword: () => this.get('SecurityCtrlr.BasicAuthPassword') !== '',
      hasCsmsRoot: () => false,
      hasClientCertificate: () => false,
      ...this.#options.security,
    };
  }

  /** The value of Actual; empty when it has none. */
  get(name: VariableName): string {
    const definition = this.catalog.named(name);
    return (definition && this.read(definition)) ?? '';
  }

  number(name: VariableName): number {
    return Number(this.get(name));
  }

  isOn(name: VariableName): boolean {
    return this.get(name).toLowerCase() === 'true';
  }

  list(name: VariableName): string[] {
    return itemsOf(this.get(name));
  }

  /** As the station itself may, also what is read-only. Takes effect even where it cannot be kept. */
  assign(name: VariableName, value: string): void {
    const definition = this.catalog.named(name);
    if (!definition) return;
    const write = { definition, attribute: 'Actual', value, source: 'internal' } as const;
    try {
      this.apply([write]);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#options.onWarning?.(`${name} is set but not kept: ${error.message}`);
      this.#change([write]);
    }
  }

  /** The value of an attribute; undefined when it has none. */
  read(definition: VariableDefinition, attribute: AttributeType = 'Actual'): string | undefined {
    const key = valueKeyOf(definition, attribute);
    const set = this.#values?.get(key)?.value ?? this.#initial.get(key);
    if (set !== undefined) return set;
    const computed = attribute === 'Actual' ? this.#options.computed?.(definition) : undefined;
    return computed ?? definition.attributes.find(({ type }) => type === attribute)?.value;
  }

  /** True when the value follows from the state of the station. */
  isComputed(definition: VariableDefinition): boolean {
    return this.#options.computed?.(definition) !== undefined;
  }

  /** Who set it; undefined when nobody did since the station was made. */
  sourceOf(definition: VariableDefinition, attribute: AttributeType = 'Actual'): string | undefined {
    return this.#values?.get(valueKeyOf(definition, attribute))?.source;
  }

  /** Makes all changes or none, without asking whether they are allowed. Throws StoreError. */
  apply(writes: readonly VariableWrite[]): void {
    const changing = writes.filter(({ definition, attribute, value }) => this.read(definition, attribute) !== value);
    if (changing.length === 0) return;
    this.#options.store?.atomically(() => {
      for (const write of changing) this.#keep(write);
    });
    this.#change(changing);
  }

  /** Hears of every change from now on. The answer ends that. */
  onChange(listener: (change: VariableChange) => void): () => void {
    (this.#listeners ??= new Set()).add(listener);
    return () => {
      this.#listeners?.delete(listener);
      if (this.#listeners?.size === 0) this.#listeners = undefined;
    };
  }

  #keep({ definition, attribute, value, source }: VariableWrite): void {
    const key = valueKeyOf(definition, attribute);
    if (value === undefined) this.#options.store?.remove('variables', key);
    else this.#options.store?.put('variables', key, { value, source });
  }

  #change(writes: readonly VariableWrite[]): void {
    const changes = writes.map((write) => this.#set(write));
    for (const change of changes) {
      if (change.old === change.new) continue;
      this.#options.onChange?.(change);
      for (const listener of this.#listeners ?? []) listener(change);
    }
  }

  #set({ definition, attribute, value, source }: VariableWrite): VariableChange {
    const key = valueKeyOf(definition, attribute);
    const old = this.read(definition, attribute);
    if (value === undefined) this.#values?.delete(key);
    else (this.#values ??= new Map()).set(key, { value, source });
    return { definition, attribute, old, new: this.read(definition, attribute), source };
  }
}

/** The name of a change of Actual of a variable that every station has. */
export function changedName({ definition, attribute }: VariableChange): VariableName | undefined {
  return attribute === 'Actual' && isVariableName(definition.text) ? definition.text : undefined;
}
