import type { v21 } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { isDirectCurrent } from '../connector.ts';
import { addUsage, changeTariff, openBill, toCostDetails, type Bill, type Circumstances } from './tariff-cost.ts';
import type { TimedReading } from '../metering/samples.ts';
import type { Transaction } from '../transactions/transaction.ts';

interface Account {
  bill: Bill;
  tariff: v21.TariffType;
  last: TimedReading;
  /** When that was, on the monotonic clock: time costs what has passed, however the clock is set. */
  lastMs: number;
}

/** Each is a period of the bill, which is told as a whole. */
const mostChanges = 100;

/** Calculates what transactions cost while they run: OCPP 2.1 I12. */
export class TransactionCosts {
  readonly #core: Core;
  #accounts: Map<string, Account> | undefined;
  #lost: Map<string, v21.TariffType> | undefined;
  /** Since when an EVSE was kept for whom charges there now, by reservation. */
  #reserved: Map<number, { id: number; since: Date }> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** The tariff of a transaction that is calculated here. */
  tariffIdOf(transaction: Transaction): string | undefined {
    return this.#accounts?.get(transaction.id)?.tariff.tariffId;
  }

  /** Who has reserved comes: the time until then has a price of its own. */
  reservationUsed(evse: Evse, { id, since }: { id: number; since: Date | undefined }): void {
    if (since && this.#core.version === '2.1') (this.#reserved ??= new Map()).set(evse.id, { id, since });
  }

  /** Begins to count, where there is a tariff; somebody who comes later may bring one, or leave the count to the CSMS. */
  open(evse: Evse, transaction: Transaction): void {
    if (this.#core.version !== '2.1') return;
    const driver = evse.holder?.tariff;
    if (driver === 'CentralCost') return this.#giveUp(transaction);
    const account = this.#accounts?.get(transaction.id);
    if (account && (!driver || driver.tariffId === account.tariff.tariffId)) return;
    const tariff = this.#core.tariffs.of(evse, driver);
    if (!tariff) return;
    if (!account || this.change(evse, transaction, tariff) !== 'Accepted') this.#begin(evse, transaction, tariff);
  }

  #begin(evse: Evse, transaction: Transaction, tariff: v21.TariffType): void {
    const { begin } = transaction;
    const bill = openBill(tariff, { at: begin.at, reserved: this.#reservedBy(transaction) }, this.#circumstances(evse));
    (this.#accounts ??= new Map()).set(transaction.id, { bill, tariff, last: begin, lastMs: this.#msOf(begin.at) });
    this.look(evse, transaction);
    evse.watch.watch('cost', () => {
      this.look(evse, transaction);
      return false;
    });
  }

  /** A power cut has interrupted the count: it cannot be made good. */
  lost(evse: Evse, transaction: Transaction): void {
    const { tariffs, tokens } = this.#core;
    const driver = transaction.idToken && tokens.find(transaction.idToken)?.info.tariff;
    const tariff = tariffs.of(evse, driver);
    if (tariff) (this.#lost ??= new Map()).set(transaction.id, tariff);
  }

  /** Counts what was used since the last look. */
  look(evse: Evse, transaction: Transaction): void {
    const account = this.#accounts?.get(transaction.id);
    if (!account) return;
    const now = evse.read('Other');
    const nowMs = this.#core.clock.monotonicMs();
    const { last, lastMs } = account;
    const usage = {
      from: new Date(now.at.getTime() - (nowMs - lastMs)),
      to: now.at,
      energyWh: now.reading.energyWh - last.reading.energyWh,
      isCharging: now.reading.energyWh > last.reading.energyWh || transaction.chargingState === 'Charging',
      currentA: now.reading.currentsA.reduce((sum, current) => sum + current, 0),
      powerW: now.reading.powerW,
    };
    account.bill = addUsage(account.bill, account.tariff, { usage, ...this.#circumstances(evse) });
    account.last = now;
    account.lastMs = nowMs;
    const { totalCost } = toCostDetails(account.bill, account.tariff);
    transaction.cost = totalCost.total.inclTax ?? totalCost.total.exclTax;
  }

  /** OCPP 2.1 I11. */
  change(evse: Evse, transaction: Transaction, tariff: v21.TariffType): 'Accepted' | 'Rejected' | 'NoCurrencyChange' {
    this.look(evse, transaction);
    const account = this.#accounts?.get(transaction.id);
    if (account && account.tariff.currency !== tariff.currency) return 'NoCurrencyChange';
    if (account && account.bill.periods.length > mostChanges) return 'Rejected';
    const at = evse.read('Other').at;
    if (account)
      this.#accounts?.set(transaction.id, { ...account, tariff, bill: changeTariff(account.bill, tariff, at) });
    else this.#begin(evse, transaction, tariff);
    return 'Accepted';
  }

  detailsOf(transaction: Transaction): v21.CostDetailsType | undefined {
    const account = this.#accounts?.get(transaction.id);
    if (account) return toCostDetails(account.bill, account.tariff);
    const tariff = this.#lost?.get(transaction.id);
    return tariff && toFailure(tariff, transaction);
  }

  close(transaction: Transaction): void {
    this.#accounts?.delete(transaction.id);
    this.#lost?.delete(transaction.id);
  }

  #giveUp(transaction: Transaction): void {
    if (this.#accounts?.delete(transaction.id)) transaction.cost = undefined;
  }

  #msOf(at: Date): number {
    const { clock } = this.#core;
    return clock.monotonicMs() - Math.max(0, clock.now().getTime() - at.getTime());
  }

  #reservedBy({ evseId, reservationId }: Transaction): Date | undefined {
    const reserved = this.#reserved?.get(evseId);
    return reserved?.id === reservationId ? reserved?.since : undefined;
  }

  #circumstances({ connector }: Evse): Circumstances {
    return {
      offsetMinutes: toMinutes(this.#core.variables.get('ClockCtrlr.TimeOffset')),
      evseKind: connector && isDirectCurrent(connector.type) ? 'DC' : 'AC',
    };
  }
}

function toFailure({ currency }: v21.TariffType, { begin, lastAt, lastWh }: Transaction): v21.CostDetailsType {
  const chargingTime = Math.round((lastAt.getTime() - begin.at.getTime()) / 1000);
  return {
    failureToCalculate: true,
    failureReason: 'the power was lost',
    totalCost: { currency, typeOfCost: 'NormalCost', total: {} },
    totalUsage: { energy: lastWh - begin.reading.energyWh, chargingTime, idleTime: 0 },
  };
}

/** `+01:00`, `-05:30`; anything else is UTC. */
function toMinutes(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  const all = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -all : all;
}
