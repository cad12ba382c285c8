import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Counter as CounterPort, Histogram as HistogramPort, Metrics } from '../ports/adapter.ts';

/** Prometheus metrics, all named `busbar_…`, with those of the process beside them. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();

  /** Once a process: Node's own figures. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  counter(name: string, help: string, labelNames: readonly string[] = []): CounterPort {
    const counter = new Counter({ name: `busbar_${name}`, help, labelNames, registers: [this.#registry] });
    return { add: (amount, labels) => (labels === undefined ? counter.inc(amount) : counter.inc(labels, amount)) };
  }

  histogram(name: string, help: string, buckets: readonly number[], labelNames: readonly string[] = []): HistogramPort {
    const options = { name: `busbar_${name}`, help, buckets: [...buckets], labelNames, registers: [this.#registry] };
    const histogram = new Histogram(options);
    return {
      observe: (value, labels) => (labels === undefined ? histogram.observe(value) : histogram.observe(labels, value)),
    };
  }

  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `busbar_${name}`,
      help,
      registers: [this.#registry],
      collect: (): void => gauge.set(read()),
    });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
