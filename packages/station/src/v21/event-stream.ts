import { OcppConnectionClosed, type v21 } from '@busbar/ocpp';
import type { Wire } from '../wire.ts';
import type { StreamValues } from './stream-values.ts';

/** How often a stream tells: every `interval` seconds, and as soon as there are `values` values. */
export type StreamParams = Pick<v21.PeriodicEventStreamParamsType, 'interval' | 'values'>;

export interface Stream {
  /** Also of its monitor. */
  readonly id: number;
  params: StreamParams;
  state: 'new' | 'opening' | 'open';
  readonly values: StreamValues;
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

/** It has as many values as are to be told at once: without interval and number, one. */
export function isFull({ params: { interval, values: number }, values }: Stream): boolean {
  return values.all.length >= (number ?? (interval === undefined ? 1 : Infinity));
}

export function constantDataOf({ id, params }: Stream): v21.ConstantStreamDataType {
  return { id, params, variableMonitoringId: id };
}

export const isSame = (a: StreamParams, b: StreamParams) => a.interval === b.interval && a.values === b.values;
