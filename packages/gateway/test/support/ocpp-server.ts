import { Value } from 'typebox/value';
import type { Counter, Metrics } from '../../src/ports/adapter.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { silentLog } from '../../src/lib/silent-log.ts';
import { options, type OcppOptions } from '../../src/south/ocpp/options.ts';
import { OcppServer } from '../../src/south/ocpp/server.ts';
import { FakeIntake } from './fake-intake.ts';

/** Counts by name and labels: `ocpp_handshakes_total{"result":"accepted"}`. */
export class CountingMetrics implements Metrics {
  readonly counts = new Map<string, number>();
  readonly gauges = new Map<string, () => number>();

  counter(name: string): Counter {
    return {
      add: (amount, labels) => {
        const key = labels === undefined ? name : `${name}${JSON.stringify(labels)}`;
        this.counts.set(key, (this.counts.get(key) ?? 0) + amount);
      },
    };
  }
  histogram() {
    return { observe: () => {} };
  }
  gauge(name: string, _help: string, read: () => number): void {
    this.gauges.set(name, read);
  }
}

export function ocppOptions(changes: Partial<OcppOptions> = {}): OcppOptions {
  const quiet = { host: '127.0.0.1', port: 0, bootGraceS: 0, discoverAfterS: 0, compression: {}, tls: {} };
  return Value.Parse(options, Value.Default(options, { ...quiet, ...changes }));
}

/** A driver on a free port of this machine, with an intake that answers by table. */
export async function startOcpp(
  changes: Partial<OcppOptions> = {},
  { intake = new FakeIntake(), clock = { now: () => new Date() } }: { intake?: FakeIntake; clock?: Clock } = {},
) {
  const metrics = new CountingMetrics();
  const server = new OcppServer(ocppOptions(changes), { intake, log: silentLog, metrics, clock });
  await server.start();
  return { server, intake, metrics, url: server.address ?? '' };
}
