import { itemsOf, valueError, variableOf, type VariableName } from './standard-variables.ts';

/** Values that follow from the station's state. */
export type ComputedVariables = Partial<Record<VariableName, () => string>>;

export type SetResult = 'Accepted' | 'Rejected' | 'RebootRequired' | 'Unknown';

/** The values of a station's variables. One that was never set costs nothing. */
export class DeviceModel {
  readonly #computed: (name: VariableName) => string | undefined;
  readonly #onChange: (name: VariableName) => void;
  #values: Map<VariableName, string> | undefined;

  /** Throws RangeError, naming the variable, when an initial value is not allowed. */
  constructor(
    initial: Partial<Record<VariableName, string>>,
    hooks: { computed(name: VariableName): string | undefined; onChange(name: VariableName): void },
  ) {
    this.#computed = hooks.computed;
    this.#onChange = hooks.onChange;
    for (const [key, value] of Object.entries(initial)) {
      const known = variableOf(key);
      const error = known ? valueError(known.definition, value) : 'there is no such variable';
      if (error || !known)
        throw new RangeError(`setting ${key}: ${error}; see standard-variables.ts for what there is`);
      this.#store(known.name, value);
    }
  }

  get(name: VariableName): string {
    return this.#values?.get(name) ?? this.#computed(name) ?? variableOf(name)?.definition.default ?? '';
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

  /** As the CSMS may: within access and range. */
  set(name: string, value: string): SetResult {
    const known = variableOf(name);
    if (!known) return 'Unknown';
    if (known.definition.access === 'R' || valueError(known.definition, value)) return 'Rejected';
    this.assign(known.name, value);
    return known.definition.reboot ? 'RebootRequired' : 'Accepted';
  }

  /** As the station itself may, also what is read-only. */
  assign(name: VariableName, value: string): void {
    if (this.get(name) === value) return;
    this.#store(name, value);
    this.#onChange(name);
  }

  #store(name: VariableName, value: string): void {
    this.#values ??= new Map();
    this.#values.set(name, value);
  }
}
