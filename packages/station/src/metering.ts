import type { Core } from './core.ts';
import type { Evse } from './evse.ts';

/** Reads the meter because it is time to: a step of the transaction, where one runs; else told once, and lost when offline. */
export function measure(core: Core, evse: Evse, context: 'Sample.Clock' | 'Sample.Periodic'): void {
  const reading = evse.read(context);
  const { transaction } = evse;
  if (!transaction) return core.protocol.measured(evse, reading);
  const trigger = context === 'Sample.Clock' ? 'MeterValueClock' : 'MeterValuePeriodic';
  core.transactions.updated(transaction, { trigger, reading });
}
