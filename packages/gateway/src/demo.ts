import { createFleet, type EvseKind, type Fleet } from '@busbar/station';
import { ConflictError } from './domain/errors.ts';
import type { Lifecycle } from './ports/adapter.ts';
import type { Gateway } from './ports/north.ts';

const actor = 'demo';
const idTokens = ['DEMO-ALICE', 'DEMO-BOB', 'DEMO-CAROL'];

const socket: EvseKind = {};
const fastCharger: readonly EvseKind[] = [
  { supply: 'DC', connectors: ['cCCS2'], maxPowerW: 150_000 },
  { supply: 'AC', connectors: ['cType2'] },
];

/** What the demo connects: so many stations of each version, some with two EVSEs, and one that nobody has admitted. */
const groups = [
  { identityPrefix: 'DEMO-16-', versions: ['1.6'], count: 2, evses: [socket], admitted: true },
  { identityPrefix: 'DEMO-16-TWIN-', versions: ['1.6'], count: 1, evses: [socket, socket], admitted: true },
  { identityPrefix: 'DEMO-201-', versions: ['2.0.1'], count: 2, evses: [socket], admitted: true },
  { identityPrefix: 'DEMO-21-', versions: ['2.1'], count: 1, evses: fastCharger, admitted: true },
  { identityPrefix: 'DEMO-STRANGER-', versions: ['2.0.1'], count: 1, evses: [socket], admitted: false },
] as const;

/** A few simulated chargers whose drivers come and go, so that a newcomer sees every side alive within a minute. */
export class Demo implements Lifecycle {
  readonly #gateway: Gateway;
  readonly #url: string;
  #fleets: readonly Fleet[] = [];

  /** `ocppAddress` is where stations connect: `ws://0.0.0.0:9000/ocpp`. */
  constructor(gateway: Gateway, ocppAddress: string) {
    this.#gateway = gateway;
    this.#url = ocppAddress.replace(/\/\/(0\.0\.0\.0|\[::\])/, '//127.0.0.1');
  }

  async start(): Promise<void> {
    for (const idToken of idTokens) {
      await unlessThere(() => this.#gateway.putToken({ idToken, type: 'ISO14443', blocked: false }, actor));
    }
    for (const { identityPrefix, count, admitted } of groups) {
      for (let n = 1; admitted && n <= count; n += 1) {
        await unlessThere(() => this.#gateway.registerStation(`${identityPrefix}${n}`, { label: 'simulated', actor }));
      }
    }
    this.#fleets = groups.map(({ identityPrefix, versions, count, evses }) =>
      createFleet({
        identityPrefix,
        versions,
        count,
        url: this.#url,
        fallsBack: true,
        host: { evses },
        rampMs: 500,
        arrival: { idTokens, idleMs: 6_000, stayMs: 120_000 },
        settings: { 'SampledDataCtrlr.TxUpdatedInterval': '5' },
      }),
    );
    for (const fleet of this.#fleets) fleet.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#fleets.map((fleet) => fleet.stop()));
    this.#fleets = [];
  }
}

/** The demo finds what an earlier one has left. */
async function unlessThere(make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
}
