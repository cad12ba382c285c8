import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import type { TimedReading } from '../metering/samples.ts';
import type { Ending, Transaction } from './transaction.ts';

/** Where a transaction is to end: OCPP 2.1 TransactionLimitType. */
export interface TransactionLimit {
  /** Including taxes, in the currency of the tariff. */
  maxCost?: number | undefined;
  /** Wh since its begin. */
  maxEnergy?: number | undefined;
  /** s since its begin. */
  maxTime?: number | undefined;
  /** %, 0 to 100. */
  maxSoC?: number | undefined;
}

interface Rule {
  of(transaction: Transaction, reading: TimedReading): number | undefined;
  ending: Ending;
}

const rules: Record<keyof TransactionLimit, Rule> = {
  maxCost: {
    of: ({ cost }) => cost,
    ending: { reason: 'LocalOutOfCredit', trigger: 'CostLimitReached' },
  },
  maxEnergy: {
    of: ({ begin }, { reading }) => reading.energyWh - begin.reading.energyWh,
    ending: { reason: 'EnergyLimitReached', trigger: 'EnergyLimitReached' },
  },
  maxTime: {
    of: ({ begin }, { at }) => (at.getTime() - begin.at.getTime()) / 1000,
    ending: { reason: 'TimeLimitReached', trigger: 'TimeLimitReached' },
  },
  maxSoC: {
    of: (_transaction, { reading }) => reading.soc,
    ending: { reason: 'SOCLimitReached', trigger: 'SoCLimitReached' },
  },
};

const names = ['maxCost', 'maxEnergy', 'maxTime', 'maxSoC'] as const;

/** How the first limit that is reached ends the supply; undefined while none is. */
export function reached(transaction: Transaction, reading: TimedReading): Ending | undefined {
  const { limit = {} } = transaction;
  const name = names.find((each) => {
    const most = limit[each];
    const now = rules[each].of(transaction, reading);
    return most !== undefined && now !== undefined && now >= most;
  });
  return name && rules[name].ending;
}

/** Takes the limit over, watches it and confirms it to the CSMS (OCPP 2.1 E16). False when no transaction runs. */
export function limitTransaction(core: Core, evse: Evse | undefined, limit: TransactionLimit): boolean {
  const transaction = evse?.transaction;
  if (!evse || !transaction) return false;
  if (isSame(transaction.limit ?? {}, limit)) return true;
  transaction.limit = { ...limit };
  core.transactions.updated(transaction, { trigger: 'LimitSet', isLimitNew: true });
  watchLimit(evse, transaction);
  return true;
}

/** Also after a power cut. */
export function watchLimit(evse: Evse, transaction: Transaction): void {
  if (!transaction.limit) return;
  evse.watch.watch('limit', (reading) => {
    const ending = reached(transaction, reading);
    if (ending) evse.stop(ending);
    return ending !== undefined;
  });
}

const isSame = (a: TransactionLimit, b: TransactionLimit) => names.every((name) => a[name] === b[name]);
