import type { Core } from '../core.ts';
import { Delivery } from './delivery.ts';
import { isFinalFailure } from './final-failures.ts';
import type { OfflineQueue } from './offline-queue.ts';

/** The delivery of a station's queue, by its settings and over whatever version is spoken. */
export function deliveryOf(core: Core, queue: OfflineQueue): Delivery {
  return new Delivery({
    queue,
    clock: core.clock,
    rules: () => ({
      attempts: core.variables.number('OCPPCommCtrlr.MessageAttempts[TransactionEvent]'),
      intervalMs: core.variables.number('OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]') * 1000,
    }),
    send: (record) => core.protocol.deliver(record),
    isFinal: isFinalFailure,
    onDiscard: (record, error) => core.events.emit('messageDiscarded', record, error),
  });
}
