import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Connection } from './connection.ts';
import type { Fleet } from './fleet.ts';
import type { Step } from './frames.ts';
import { Latencies } from './latencies.ts';
import { cpuSecondsOf, residentKiBOf, threadSecondsOf } from './process-table.ts';

/** What a server did in one window of time. */
export interface Sample {
  messages: number;
  seconds: number;
  /** CPU seconds of the server, all its threads. */
  cpuSeconds: number;
  /** CPU seconds of the thread that serves the connections. */
  mainSeconds: number;
  /** CPU seconds of worker threads. */
  workerSeconds: number;
  perSecond: number;
  perCpuSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** The longest that the stations themselves were late; part of {@link Sample.maxMs} may be theirs. */
  stationsLateMs: number;
  residentMiB: number;
}

export interface Window {
  pid: number;
  warmUpMs: number;
  durationMs: number;
}

/** Every station sends its next call as soon as the last is answered. */
export async function closedLoop(fleet: Fleet, cycle: readonly Step[], window: Window): Promise<Sample> {
  const latencies = new Latencies();
  const places = new Map<Connection, number>();
  let running = true;
  const next = (connection: Connection): void => {
    const place = places.get(connection) ?? 0;
    const step = cycle[place];
    // A cycle that was begun is ended, so that no transaction is left open.
    if (step === undefined || (!running && place === 0)) return;
    places.set(connection, (place + 1) % cycle.length);
    connection.send(step, performance.now());
  };
  fleet.onAnswered((connection, _step, latencyMs) => {
    latencies.add(latencyMs);
    next(connection);
  });
  for (const connection of fleet.connections) next(connection);
  try {
    return await measured(latencies, window);
  } finally {
    running = false;
    await fleet.drain();
  }
}

/** Calls at a fixed rate, spread evenly over some stations. */
export interface Stream {
  connections: readonly Connection[];
  step: Step;
  perSecond: number;
}

/** Calls are sent when they are due, whether or not the server keeps up; latency counts from when they were due. */
export async function openLoop(fleet: Fleet, streams: readonly Stream[], window: Window): Promise<Sample> {
  const latencies = new Latencies();
  fleet.onAnswered((_connection, _step, latencyMs) => latencies.add(latencyMs));
  const startedAt = performance.now();
  const sent = streams.map(() => 0);
  const send = (): void => {
    const elapsed = performance.now() - startedAt;
    for (const [index, { connections, step, perSecond }] of streams.entries()) {
      const due = 1 + Math.floor((elapsed * perSecond) / 1000);
      for (let n = sent[index] ?? 0; n < due; n += 1) {
        connections[n % connections.length]?.offer(step, startedAt + (n * 1000) / perSecond);
      }
      sent[index] = due;
    }
  };
  const timer = setInterval(send, 1);
  try {
    return await measured(latencies, window);
  } finally {
    clearInterval(timer);
    await fleet.drain();
  }
}

const delayResolutionMs = 5;

async function measured(latencies: Latencies, { pid, warmUpMs, durationMs }: Window): Promise<Sample> {
  await delay(warmUpMs);
  latencies.clear();
  const delays = monitorEventLoopDelay({ resolution: delayResolutionMs });
  delays.enable();
  const [cpuBefore, threadsBefore] = [cpuSecondsOf(pid), threadSecondsOf(pid)];
  const startedAt = performance.now();
  await delay(durationMs);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuSeconds = cpuSecondsOf(pid) - cpuBefore;
  const threads = threadSecondsOf(pid);
  const messages = latencies.count;
  delays.disable();
  const [p50Ms = 0, p99Ms = 0, maxMs = 0] = latencies.at([0.5, 0.99, 1]);
  return {
    messages,
    seconds,
    cpuSeconds,
    mainSeconds: threads.main - threadsBefore.main,
    workerSeconds: threads.workers - threadsBefore.workers,
    perSecond: messages / seconds,
    perCpuSecond: messages / cpuSeconds,
    p50Ms,
    p99Ms,
    maxMs,
    stationsLateMs: Math.max(0, delays.max / 1e6 - delayResolutionMs),
    residentMiB: residentKiBOf(pid) / 1024,
  };
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
