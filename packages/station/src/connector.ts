import type { Evse, EvseStatus } from './evse.ts';
import type { ConnectorDescription } from './station-host.ts';

/** A plug or socket of an EVSE. */
export class Connector {
  readonly id: number;
  readonly type: string;
  readonly evse: Evse;
  /** The status that the CSMS knows, in the words of the version it was told in. */
  reportedStatus: string | undefined;
  #isOperative = true;

  constructor(evse: Evse, { id, type }: ConnectorDescription) {
    this.id = id;
    this.type = type;
    this.evse = evse;
  }

  get isOperative(): boolean {
    return this.#isOperative;
  }

  /** The connector in use has the status of its EVSE. While it is in use, the others cannot be. */
  get status(): EvseStatus {
    const { evse } = this;
    if (!this.#isOperative && !evse.transaction) return evse.fault ? 'Faulted' : 'Unavailable';
    if (evse.isPlugged && evse.connector !== this) return evse.fault ? 'Faulted' : 'Unavailable';
    return evse.status;
  }

  setOperative(isOperative: boolean): void {
    if (this.#isOperative === isOperative) return;
    this.#isOperative = isOperative;
    this.evse.changed();
  }
}
