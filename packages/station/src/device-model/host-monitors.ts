import type { Clock } from '../time/clock.ts';
import type { VariableChange } from './device-model.ts';
import { resolve, type HostVariables } from './host-variables.ts';
import type { VariableAddress } from './variable-address.ts';
import type { VariableDefinition } from './variable-definition.ts';
import type { ConfigurationKey } from '../v16/configuration-keys.ts';
import { readKey } from '../v16/key-access.ts';

/** A variable that the host watches has a new value. */
export interface HostVariableEvent extends VariableAddress {
  /** Rises with every event. */
  eventId: number;
  eventNotificationType: 'CustomMonitor';
  trigger: 'Alerting';
  timestamp: Date;
  /** Empty for what is write-only. */
  actualValue: string;
}

/** What an address means in the version that is spoken. */
interface Found {
  definition: VariableDefinition;
  key: ConfigurationKey | undefined;
}

/** What a host watches: changes by the CSMS or by a host, not those that the station makes itself. */
export class HostMonitors {
  readonly #station: HostVariables;
  readonly #clock: Clock;
  readonly #tell: (event: HostVariableEvent) => void;
  /** By the form in which they were registered. */
  readonly #watched = new Map<string, VariableAddress>();
  #lastEventId = 0;
  #unsubscribe: (() => void) | undefined;

  constructor(station: HostVariables, options: { clock: Clock; tell(event: HostVariableEvent): void }) {
    this.#station = station;
    this.#clock = options.clock;
    this.#tell = options.tell;
  }

  /**
   * Each form gives events of its own; the same form twice counts once. What is unknown now may be known in the version that
   * is spoken next.
   */
  watch(addresses: readonly VariableAddress[]): void {
    for (const address of addresses) this.#watched.set(formOf(address), address);
    if (this.#watched.size > 0) this.#unsubscribe ??= this.#station.model.onChange((change) => this.#changed(change));
  }

  unwatch(addresses: readonly VariableAddress[]): void {
    for (const address of addresses) this.#watched.delete(formOf(address));
    if (this.#watched.size === 0) this.stop();
  }

  stop(): void {
    this.#watched.clear();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #find(address: VariableAddress): Found | undefined {
    const { catalog } = this.#station.model;
    const { kind, key } = resolve(this.#station, address);
    if (key) {
      const definition = catalog.named(key.variable);
      return definition && { definition, key: kind === 'key' ? key : undefined };
    }
    const definition = kind === 'address' ? catalog.find(address) : 'UnknownVariable';
    return typeof definition === 'string' ? undefined : { definition, key: undefined };
  }

  #changed({ definition, attribute, source, new: value = '' }: VariableChange): void {
    if (attribute !== 'Actual' || source === 'internal') return;
    for (const address of this.#watched.values()) {
      const found = this.#find(address);
      if (found?.definition !== definition) continue;
      this.#tell({
        ...address,
        eventId: ++this.#lastEventId,
        eventNotificationType: 'CustomMonitor',
        trigger: 'Alerting',
        timestamp: this.#clock.now(),
        actualValue: this.#shown(found, value),
      });
    }
  }

  #shown({ definition, key }: Found, value: string): string {
    if (key) return readKey(this.#station.model, key) ?? '';
    return definition.attributes.some(({ mutability }) => mutability === 'WriteOnly') ? '' : value;
  }
}

function formOf({ component, variable }: VariableAddress): string {
  const { name, instance, evse } = component;
  return JSON.stringify([name, instance, evse?.id, evse?.connectorId, variable.name, variable.instance]);
}
