import type { Core } from './core.ts';
import { Delivery } from './delivery.ts';
import { isFinalFailure } from './final-failures.ts';
import type { OfflineQueue } from './offline-queue.ts';

/** The delivery of a station, by its settings and in the version that it speaks. */
export function createDelivery(core: Core, queue: OfflineQueue): Delivery {
  const { variables } = core;
  return new Delivery({
    queue,
    clock: core.clock,
    rules: () => ({
      attempts: variables.number('OCPPCommCtrlr.MessageAttempts[TransactionEvent]'),
      intervalMs: variables.number('OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]') * 1000,
    }),
    send: (record) => core.protocol.deliver(record),
    isFinal: isFinalFailure,
    onDiscard: (record, error) => core.events.emit('messageDiscarded', record, error),
  });
}
