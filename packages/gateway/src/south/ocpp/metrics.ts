import type { Counter, Histogram, Metrics } from '../../ports/adapter.ts';

const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Tally {
  direction: 'in' | 'out';
  result: string;
  count: number;
}

/** What operators see of the driver. Messages are counted here first and handed on once a second: there are many. */
export class OcppMetrics {
  readonly #messages: Counter;
  readonly #handshakes: Counter;
  readonly #timeouts: Counter;
  readonly #closed: Counter;
  readonly #latency: Histogram;
  readonly #tally = new Map<string, Tally[]>();

  constructor(metrics: Metrics, connections: () => number) {
    metrics.gauge('ocpp_connections', 'Stations connected by OCPP', connections);
    this.#messages = metrics.counter('ocpp_messages_total', 'OCPP messages', ['action', 'direction', 'result']);
    this.#handshakes = metrics.counter('ocpp_handshakes_total', 'WebSocket handshakes', ['result']);
    this.#timeouts = metrics.counter('ocpp_call_timeouts_total', 'Calls to stations that got no answer in time');
    this.#closed = metrics.counter('ocpp_disconnects_total', 'Connections that ended', ['cause']);
    this.#latency = metrics.histogram(
      'ocpp_answer_seconds',
      'From the arrival of a call of a station to its answer',
      latencyBuckets,
    );
  }

  message(action: string, direction: 'in' | 'out', result: string): void {
    const known = this.#tally.get(action);
    if (known === undefined) {
      this.#tally.set(action, [{ direction, result, count: 1 }]);
      return;
    }
    for (const one of known) {
      if (one.direction !== direction || one.result !== result) continue;
      one.count++;
      return;
    }
    known.push({ direction, result, count: 1 });
  }

  answered(seconds: number): void {
    this.#latency.observe(seconds);
  }

  handshake(result: string): void {
    this.#handshakes.add(1, { result });
  }

  timeout(): void {
    this.#timeouts.add(1);
  }

  closed(cause: string): void {
    this.#closed.add(1, { cause });
  }

  flush(): void {
    for (const [action, tallies] of this.#tally) {
      for (const { count, direction, result } of tallies) this.#messages.add(count, { action, direction, result });
    }
    this.#tally.clear();
  }
}
