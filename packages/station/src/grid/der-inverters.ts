import type { Core } from '../core.ts';
import type { DerCapability, DerControlType, DerRating } from './grid-host.ts';
import { derComponentOf } from './grid-variables.ts';
import type { VariableDefinition } from '../device-model/variable-definition.ts';

/** What the inverters of the EVSEs can do, as the host says; the device model shows it. OCPP 2.1 R01 to R03. */
export class DerInverters {
  readonly #core: Core;
  #capabilities: Map<number, DerCapability> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** EVSEs with an inverter that can do something. */
  get evseIds(): number[] {
    return [...(this.#capabilities?.keys() ?? [])];
  }

  /** False for an EVSE that was declared without inverter. */
  put(evseId: number, capability: DerCapability | undefined): boolean {
    if (this.#componentOf(evseId) === undefined) return false;
    const capabilities = (this.#capabilities ??= new Map());
    if (capability) capabilities.set(evseId, capability);
    else capabilities.delete(evseId);
    return true;
  }

  /** Whether any inverter knows the type; whether it is to use it now does not matter. */
  supports(type: DerControlType): boolean {
    return [...(this.#capabilities?.values() ?? [])].some(({ modes }) => modes.includes(type));
  }

  /** Whether an EVSE is to follow such a control now. */
  follows(evseId: number, type: DerControlType): boolean {
    const { catalog } = this.#core.variables;
    const enabled = catalog.named(`${this.#componentOf(evseId) ?? ''}@${evseId}.Enabled`);
    const isEnabled = enabled !== undefined && this.#core.variables.read(enabled)?.toLowerCase() !== 'false';
    return isEnabled && (this.#capabilities?.get(evseId)?.modes.includes(type) ?? false);
  }

  /** True for the variable that switches an inverter's obedience. */
  isSwitch({ address: { component, variable } }: VariableDefinition): boolean {
    return variable.name === 'Enabled' && component.evse !== undefined && component.name.endsWith('DERCtrlr');
  }

  /** The value of a variable of ACDERCtrlr or DCDERCtrlr that the host knows. */
  valueOf({ address: { component, variable } }: VariableDefinition): string | undefined {
    if (!component.evse || !component.name.endsWith('DERCtrlr')) return undefined;
    const capability = this.#capabilities?.get(component.evse.id);
    if (variable.name === 'Available') return String(capability !== undefined);
    if (variable.name === 'ModesSupported') return capability?.modes.join(',') ?? '';
    const ratings: ReadonlyMap<string, number> = new Map(Object.entries<number>(ratingsOf(capability)));
    return ratings.get(variable.name)?.toString();
  }

  #componentOf(evseId: number): string | undefined {
    const side = this.#core.evse(evseId)?.description.derInverter;
    return side && derComponentOf(side);
  }
}

const ratingsOf = (capability: DerCapability | undefined): Partial<Record<DerRating, number>> =>
  capability?.ratings ?? {};
