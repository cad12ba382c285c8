import type { Core } from './core.ts';
import type { Evse, EvseStatus } from './evse.ts';
import type { ConnectorDescription } from './station-host.ts';

/** A plug or socket of an EVSE. */
export class Connector {
  readonly id: number;
  readonly type: string;
  readonly evse: Evse;
  /** The status that the CSMS knows, in the words of the version it was told in. */
  reportedStatus: string | undefined;
  readonly #core: Core;

  constructor(core: Core, evse: Evse, { id, type }: ConnectorDescription) {
    this.id = id;
    this.type = type;
    this.evse = evse;
    this.#core = core;
  }

  /** Its cable cannot be taken off: OCPP 2.0.1 ConnectorEnumType writes such types with a c. */
  get isFixed(): boolean {
    return this.type.startsWith('c');
  }

  get isOperative(): boolean {
    return this.#core.availability.isConnectorOperative(this);
  }

  /** The connector in use has the status of its EVSE. While it is in use, the others cannot be. */
  get status(): EvseStatus {
    const { evse } = this;
    if (!this.isOperative && !evse.transaction) return evse.fault ? 'Faulted' : 'Unavailable';
    if (evse.isPlugged && evse.connector !== this) return evse.fault ? 'Faulted' : 'Unavailable';
    return evse.status;
  }
}

/** What carries direct current, by OCPP 2.x ConnectorEnumType. */
export const isDirectCurrent = (type: string): boolean =>
  /^(cCCS|cG105|cGBT-DC|cChaoJi|cUltraChaoJi|cMCS|cNACS-CCS|cLECCS|cTesla|Pan)/.test(type);
