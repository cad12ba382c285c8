import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import type { TimedReading } from '../metering/samples.ts';
import { keepTransaction } from './open-transactions.ts';
import type { Transaction } from './transaction.ts';

/** What a token that the CSMS has refused may still charge: OCPP 2.0.1 E05. */
export class Allowance {
  readonly #core: Core;
  readonly #evse: Evse;
  readonly #onUsedUp: () => void;
  #isUsedUp = false;

  constructor(core: Core, evse: Evse, onUsedUp: () => void) {
    this.#core = core;
    this.#evse = evse;
    this.#onUsedUp = onUsedUp;
  }

  /** Nothing may flow, though the transaction may go on. */
  get isUsedUp(): boolean {
    return this.#isUsedUp;
  }

  /** Nobody is refused any more. */
  reset(): void {
    this.#isUsedUp = false;
  }

  /** MaxEnergyOnInvalidId from now on; false where StopTxOnInvalidId leaves nothing. */
  grant(transaction: Transaction): boolean {
    const { store, variables } = this.#core;
    this.#isUsedUp = variables.isOn('TxCtrlr.StopTxOnInvalidId');
    if (this.#isUsedUp) return false;
    transaction.allowedWh = transaction.lastWh + variables.number('TxCtrlr.MaxEnergyOnInvalidId');
    keepTransaction(store, transaction);
    if (!this.#hasEnded(this.#evse.read('Other'))) this.#watch(transaction);
    return true;
  }

  /** Goes on after a power cut. */
  resume(transaction: Transaction): void {
    this.#isUsedUp = transaction.lastWh >= (transaction.allowedWh ?? Infinity);
    if (!this.#isUsedUp) this.#watch(transaction);
  }

  #watch({ allowedWh }: Transaction): void {
    if (allowedWh !== undefined) this.#evse.watch.watch('allowance', (reading) => this.#hasEnded(reading));
  }

  #hasEnded({ reading }: TimedReading): boolean {
    if (reading.energyWh < (this.#evse.transaction?.allowedWh ?? Infinity)) return false;
    this.#isUsedUp = true;
    this.#onUsedUp();
    return true;
  }
}
