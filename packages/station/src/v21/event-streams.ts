import { OcppConnectionClosed, type v21 } from '@busbar/ocpp';
import type { Timer } from '../time/clock.ts';
import { fieldsOf } from '../store/json-fields.ts';
import type { MonitorEvent } from '../v201/monitors.ts';
import { pageBytesOf, pagesOf } from '../v201/pages.ts';
import type { Station201 } from '../v201/station201.ts';
import { constantDataOf, isFull, isSame, isSent, type Stream, type StreamParams } from './event-stream.ts';
import { StreamValues } from './stream-values.ts';

const collection = 'eventStreams';

/** The station starts: streams of an earlier run are opened again. */
export function startStreams(station: Station201): void {
  if (station.streams || [...station.core.store.entries(collection)].length > 0) streamsOf(station);
}

export function streamsOf(station: Station201): EventStreams {
  const streams = (station.streams ??= new EventStreams(station));
  streams.start();
  return streams;
}

/** Values of monitors that go to the CSMS unanswered, many in one message. OCPP 2.1 N11 to N15. One timer in all. */
export class EventStreams {
  readonly #station: Station201;
  readonly #streams = new Map<number, Stream>();
  readonly #listener = () => this.#accepted();
  #timer: Timer | undefined;
  #isStarted = false;

  constructor(station: Station201) {
    this.#station = station;
    for (const [key, value] of station.core.store.entries(collection)) {
      const kept = fieldsOf(value);
      if (kept) this.#add(Number(key), { interval: kept.number('interval'), values: kept.number('values') });
    }
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#station.core.events.on('accepted', this.#listener);
  }

  stop(): void {
    this.#isStarted = false;
    this.#station.core.events.off('accepted', this.#listener);
    this.#timer?.cancel();
    for (const stream of this.#streams.values()) stream.state = 'new';
  }

  get size(): number {
    return this.#streams.size;
  }

  has(id: number): boolean {
    return this.#streams.has(id);
  }

  /** What the CSMS has accepted. */
  get open(): v21.ConstantStreamDataType[] {
    return [...this.#streams.values()].filter(({ state }) => state === 'open').map(constantDataOf);
  }

  /** A monitor is to stream. The stream is opened once the running answer is out. */
  put(id: number, params: StreamParams): void {
    const known = this.#streams.get(id);
    if (known && isSame(known.params, params)) return;
    if (known) this.remove(id);
    this.#station.core.store.put(collection, String(id), params);
    const stream = this.#add(id, params);
    this.#station.core.later(() => this.#open(stream));
  }

  /** N14; false for a stream that is not open. */
  adjust(id: number, params: StreamParams): boolean {
    const stream = this.#streams.get(id);
    if (stream?.state !== 'open') return false;
    stream.params = params;
    stream.dueAt = this.#nextDue(params);
    this.#station.core.store.put(collection, String(id), params);
    this.#station.core.later(() => this.#tick());
    return true;
  }

  /** N13: its monitor is gone, or is to tell by events again. */
  remove(id: number): void {
    const stream = this.#streams.get(id);
    if (!stream) return;
    const { core, wire } = this.#station;
    this.#forget(stream);
    if (stream.state !== 'open') return;
    core.later(() => {
      this.#send(stream);
      wire.tell21('ClosePeriodicEventStream', { id });
    });
  }

  /** Ends those whose monitor is gone. */
  prune(hasMonitor: (id: number) => boolean): void {
    for (const id of this.#streams.keys()) if (!hasMonitor(id)) this.remove(id);
  }

  /** Takes a value, if its monitor streams. What an event would be kept for offline (N08), the value is kept for too. */
  take({ severity, data }: MonitorEvent): boolean {
    const stream = this.#streams.get(data.variableMonitoringId ?? Number.NaN);
    if (!stream) return false;
    const { isOnline, variables } = this.#station.core;
    const isKept = !isOnline && severity <= variables.number('MonitoringCtrlr.OfflineQueuingSeverity');
    stream.values.add({ atMs: Date.parse(data.timestamp), value: data.actualValue, isKept });
    if (isFull(stream)) this.#send(stream);
    return true;
  }

  #add(id: number, params: StreamParams): Stream {
    const values = new StreamValues(this.#station.core.store, id);
    const stream: Stream = { id, params, state: 'new', values, dueAt: Infinity };
    this.#streams.set(id, stream);
    return stream;
  }

  #forget({ id, values }: Stream): void {
    this.#streams.delete(id);
    values.release();
    this.#station.core.store.remove(collection, String(id));
    this.#rearm();
  }

  /** The CSMS listens again: what is open stays open, and tells what it has. */
  #accepted(): void {
    for (const stream of this.#streams.values()) {
      if (stream.state === 'new') void this.#open(stream);
      else if (isFull(stream)) this.#send(stream);
    }
    this.#tick();
  }

  /** N11. A refused one tells by events, as if it had never been asked for. */
  async #open(stream: Stream): Promise<void> {
    const { core, wire } = this.#station;
    if (stream.state !== 'new' || this.#streams.get(stream.id) !== stream || !core.isOnline) return;
    stream.state = 'opening';
    try {
      const { status } = await wire.call21('OpenPeriodicEventStream', { constantStreamData: constantDataOf(stream) });
      if (this.#streams.get(stream.id) !== stream || !this.#isStarted) return;
      if (status !== 'Accepted') return this.#forget(stream);
      stream.state = 'open';
      stream.dueAt = this.#nextDue(stream.params);
      if (isFull(stream)) this.#send(stream);
      this.#rearm();
    } catch (error) {
      stream.state = 'new';
      if (error instanceof OcppConnectionClosed) return;
      core.events.emit('callFailed', { action: 'OpenPeriodicEventStream', error });
      this.#forget(stream);
    }
  }

  #nextDue({ interval }: StreamParams): number {
    return interval === undefined ? Infinity : this.#station.core.clock.monotonicMs() + interval * 1000;
  }

  #tick(): void {
    const nowMs = this.#station.core.clock.monotonicMs();
    for (const stream of this.#streams.values()) {
      if (stream.dueAt > nowMs) continue;
      this.#send(stream);
      stream.dueAt = this.#nextDue(stream.params);
    }
    this.#rearm();
  }

  #rearm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { clock } = this.#station.core;
    const nextMs = Math.min(...[...this.#streams.values()].map(({ dueAt }) => dueAt));
    if (nextMs !== Infinity && this.#isStarted)
      this.#timer = clock.after(nextMs - clock.monotonicMs(), () => this.#tick());
  }

  /** N15: all that waits, in as many messages as it needs; without connection it goes on waiting. */
  #send(stream: Stream): void {
    const { core, wire } = this.#station;
    const [first] = stream.values.all;
    if (stream.state !== 'open' || !first || !core.isOnline) return;
    const basetime = new Date(first.atMs).toISOString();
    const rows = stream.values.all.map(({ atMs, value }) => ({ t: (atMs - first.atMs) / 1000, v: value }));
    for (const { items } of pagesOf(rows, pageBytesOf(core.variables))) {
      const pending = stream.values.all.length - items.length;
      if (!isSent(wire, { id: stream.id, pending, basetime, data: items })) return;
      stream.values.drop(items.length);
    }
  }
}
