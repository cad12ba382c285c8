import type { DisplayMessage } from '../messages/display-messages.ts';
import type { PriceNotice } from '../prices/price.ts';

/** What a display shows. */
export interface Shown {
  readonly messages: readonly DisplayMessage[];
  /** The newest of each kind and place. */
  readonly prices: readonly PriceNotice[];
}

export const emptyDisplay: Shown = { messages: [], prices: [] };

/** A display that is read by programs. */
export class Display implements Shown {
  readonly #messages = new Map<number, DisplayMessage>();
  readonly #prices = new Map<string, PriceNotice>();

  get messages(): readonly DisplayMessage[] {
    return [...this.#messages.values()];
  }

  get prices(): readonly PriceNotice[] {
    return [...this.#prices.values()];
  }

  message(message: DisplayMessage, what: 'show' | 'hide'): void {
    if (what === 'show') this.#messages.set(message.id, message);
    else this.#messages.delete(message.id);
  }

  price(notice: PriceNotice): void {
    this.#prices.set(`${notice.kind} ${notice.evseId ?? 0}`, notice);
  }
}
