import { OcppConnectionClosed, type v21 } from '@busbar/ocpp';
import type { Wire } from '../wire.ts';

/** How often a stream tells: every `interval` seconds, and as soon as there are `values` values. */
export type StreamParams = Pick<v21.PeriodicEventStreamParamsType, 'interval' | 'values'>;

export interface Stream {
  /** Also of its monitor. */
  readonly id: number;
  params: StreamParams;
  state: 'new' | 'opening' | 'open';
  /** What was not sent yet, the oldest first. */
  values: { atMs: number; value: string }[];
  /** When it tells next, ms; Infinity when only the number of values counts. */
  dueAt: number;
}

/** False when the connection is just going. */
export function isSent(
  wire: Pick<Wire<'2.0.1' | '2.1'>, 'send21'>,
  message: v21.NotifyPeriodicEventStreamRequest,
): boolean {
  try {
    return wire.send21('NotifyPeriodicEventStream', message);
  } catch (error) {
    if (error instanceof OcppConnectionClosed) return false;
    throw error;
  }
}

/** Without interval and number, every value is told at once. */
export function mostAtOnce({ params: { interval, values } }: Stream): number {
  return values ?? (interval === undefined ? 1 : Infinity);
}

export function constantDataOf({ id, params }: Stream): v21.ConstantStreamDataType {
  return { id, params, variableMonitoringId: id };
}

export const isSame = (a: StreamParams, b: StreamParams) => a.interval === b.interval && a.values === b.values;
