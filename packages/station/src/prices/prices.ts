import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import { CostTriggers } from './cost-triggers.ts';
import { defaultPriceOf, offlinePriceOf, totalCostFallback } from './default-price.ts';
import type { Evse } from '../evse.ts';
import type { Message, PriceNotice, RunningCost } from './price.ts';
import type { IdToken } from '../station-host.ts';
import type { Transaction, TransactionAnswer } from '../transactions/transaction.ts';

interface Waiting {
  idToken: IdToken;
  timer: Timer;
}

/** Prices of tokens that do not charge yet. */
const mostKept = 20;

/** Sees to it that drivers see what they pay: OCPP 2.x I01 to I05, and California pricing in 1.6. The host shows it. */
export class Prices {
  readonly triggers: CostTriggers;
  readonly #core: Core;
  #waiting: Map<number, Waiting> | undefined;
  #user: Map<string, readonly Message[]> | undefined;

  constructor(core: Core) {
    this.#core = core;
    this.triggers = new CostTriggers(core);
  }

  /** When the connection comes or goes, or the settings change. */
  showDefault(): void {
    const { messages, price } = defaultPriceOf(this.#core);
    if (messages.length === 0 && !price) return;
    this.#show({ kind: 'Default', messages, ...(price && { details: { cost: 0, chargingPrice: price } }) });
  }

  /** The CSMS has a price for somebody. It is shown at once where that one is authorised, else when that happens. */
  setUserPrice(idToken: string, messages: readonly Message[]): void {
    const key = idToken.toLowerCase();
    const evse = this.#core.evses.find(({ holder }) => holder?.idToken.idToken.toLowerCase() === key);
    if (evse?.holder) return this.#showUser(evse, evse.holder.idToken, messages);
    this.#keep(key, messages);
    this.#show({ kind: 'User', messages, idToken: { idToken, type: 'ISO14443' } });
  }

  /** What the CSMS said of a token: nothing of a price means the fallback (OCPP 2.0.1 I04). */
  judged({ idToken }: IdToken, messages: readonly Message[] | undefined): void {
    const key = idToken.toLowerCase();
    if (messages) this.#keep(key, messages);
    else this.#user?.delete(key);
  }

  /** Somebody may charge: the own price, or after a while the default one. */
  authorized(evse: Evse, idToken: IdToken): void {
    this.triggers.forget(evse);
    if (!this.#core.host.showPrice) return;
    const key = idToken.idToken.toLowerCase();
    const messages = this.#user?.get(key);
    this.#user?.delete(key);
    if (messages) return this.#showUser(evse, idToken, messages);
    if (this.#core.version !== '1.6') return this.#showFallback(evse, idToken);
    this.#forget(evse);
    const ms = this.#core.variables.number('OCPP16LegacyCtrlr.WaitForSetUserPriceTimeout');
    const timer = this.#core.clock.after(ms, () => {
      this.#forget(evse);
      this.#showFallback(evse, idToken);
    });
    (this.#waiting ??= new Map()).set(evse.id, { idToken, timer });
  }

  /** OCPP 2.0.1 I02. */
  running(evse: Evse | undefined, cost: RunningCost, transactionId: string): void {
    if (evse?.transaction) {
      evse.transaction.cost = cost.cost;
      if (cost.trigger) this.triggers.arm(evse, cost.trigger);
    }
    this.#show({ kind: 'Running', evseId: evse?.id, transactionId, messages: [], cost: cost.cost, details: cost });
  }

  /** OCPP 2.0.1 I03. It may come long after the end. */
  final(cost: number | undefined, notice: Pick<PriceNotice, 'messages' | 'qrCode' | 'transactionId' | 'evseId'>): void {
    this.#show({ kind: 'Final', cost, ...notice });
  }

  /** What came with the answer to a step of a transaction. */
  answered({ record, totalCost, personalMessage }: TransactionAnswer, extra: Partial<PriceNotice> = {}): void {
    const { transactionId, evseId } = record;
    const messages = personalMessage ? [personalMessage] : [];
    if (totalCost === undefined && messages.length === 0) return;
    const kind = record.event === 'Ended' ? 'Final' : totalCost === undefined ? 'User' : 'Running';
    this.#show({ kind, evseId, transactionId, messages, cost: totalCost, ...extra });
  }

  /** OCPP 2.0.1 I05: nobody can tell now what it has cost. */
  ended(transaction: Transaction): void {
    this.#waiting?.get(transaction.evseId)?.timer.cancel();
    if (this.#core.isOnline) return;
    const { id: transactionId, evseId } = transaction;
    const messages = totalCostFallback(this.#core);
    const cost = transaction.cost ?? offlineCostOf(this.#core, transaction);
    if (messages.length === 0 && cost === undefined) return;
    this.#show({ kind: 'Final', evseId, transactionId, messages, cost });
  }

  stop(): void {
    for (const { timer } of this.#waiting?.values() ?? []) timer.cancel();
    this.#waiting = undefined;
  }

  #keep(key: string, messages: readonly Message[]): void {
    const kept = (this.#user ??= new Map());
    kept.delete(key);
    kept.set(key, messages);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  }

  #showUser(evse: Evse, idToken: IdToken, messages: readonly Message[]): void {
    this.#forget(evse);
    this.#show({ kind: 'User', messages, idToken, evseId: evse.id, transactionId: evse.transaction?.id });
  }

  #showFallback(evse: Evse, idToken: IdToken): void {
    const { messages } = defaultPriceOf(this.#core);
    if (messages.length > 0) this.#showUser(evse, idToken, messages);
  }

  #forget(evse: Evse): void {
    this.#waiting?.get(evse.id)?.timer.cancel();
    this.#waiting?.delete(evse.id);
  }

  #show(notice: Omit<PriceNotice, 'currency' | 'decimals'>): void {
    const { host, variables } = this.#core;
    host.showPrice?.({
      ...notice,
      currency: variables.get('TariffCostCtrlr.Currency') || undefined,
      decimals: variables.number('TariffCostCtrlr.NumberOfDecimalsForCostValues'),
    });
  }
}

/** By OfflineChargingPrice. */
function offlineCostOf(core: Core, { begin, lastAt, lastWh }: Transaction): number | undefined {
  const price = core.version === '1.6' ? undefined : offlinePriceOf(core);
  if (!price) return undefined;
  const kWh = (lastWh - begin.reading.energyWh) / 1000;
  const hours = (lastAt.getTime() - begin.at.getTime()) / 3_600_000;
  return kWh * (price.kWhPrice ?? 0) + hours * (price.hourPrice ?? 0);
}
