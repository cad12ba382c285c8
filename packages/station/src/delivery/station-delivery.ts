import type { Core } from '../core.ts';
import { Delivery } from './delivery.ts';
import { isFinalFailure } from './final-failures.ts';
import type { OfflineQueue } from './offline-queue.ts';
import type { QueuedRecord } from './records.ts';

/** The delivery of a station's queue, by its settings and over whatever version is spoken. */
export function deliveryOf(core: Core, queue: OfflineQueue): Delivery {
  return new Delivery({
    queue,
    clock: core.clock,
    rules: () => ({
      attempts: core.variables.number('OCPPCommCtrlr.MessageAttempts[TransactionEvent]'),
      intervalMs: core.variables.number('OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]') * 1000,
    }),
    canSend: (record) => core.protocol.canTell(record),
    send: (record) => core.protocol.deliver(record),
    onFault: (record, error) => core.events.emit('callFailed', { action: actionOf(record), error }),
    isFinal: isFinalFailure,
    onDiscard: (record, error) => core.events.emit('messageDiscarded', record, error),
  });
}

const actions = {
  transaction: 'TransactionEvent',
  security: 'SecurityEventNotification',
  notice: 'NotifyEvent',
} as const;

/** What is sent, as OCPP 2.x calls it. */
const actionOf = (record: QueuedRecord) => (record.kind === 'grid' ? record.action : actions[record.kind]);
