/** Something that lives. `stop` is safe without `start` and safe twice; after it no callback fires any more. */
export interface Lifecycle {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A running driver or service. */
export interface Adapter extends Lifecycle {
  /** Where it listens, once started: `ws://0.0.0.0:9000/ocpp`. */
  readonly address?: string | undefined;
}

type LogMethod = (fields: object, sentence: string) => void;

/** Structured log: fields first, then a fixed sentence. Credentials and id tokens are redacted by the logger. */
export interface Log {
  trace: LogMethod;
  debug: LogMethod;
  info: LogMethod;
  warn: LogMethod;
  error: LogMethod;
  child(fields: object): Log;
}

/** Counters and gauges an adapter shows to operators; names and units as Prometheus has them. */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  histogram(name: string, help: string, buckets: readonly number[], labels?: readonly string[]): Histogram;
  /** Read when somebody looks. */
  gauge(name: string, help: string, read: () => number): void;
}
export interface Counter {
  add(amount: number, labels?: Record<string, string>): void;
}
export interface Histogram {
  observe(value: number, labels?: Record<string, string>): void;
}

/** One finding of `busbar doctor`. */
export interface Finding {
  level: 'ok' | 'warning' | 'problem';
  /** What was looked at: `OCPP port 9000`. */
  subject: string;
  /** What was found, and the remedy if there is one to take. */
  detail: string;
}
