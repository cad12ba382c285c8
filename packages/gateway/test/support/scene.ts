import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createSimulatedHost,
  createStation,
  type SimulatedHost,
  type Station,
  type StationVersion,
} from '@busbar/station';
import { vi } from 'vitest';
import type { Chargestation } from '../../src/north/api/client.ts';
import { ServedGateway } from './served-gateway.ts';

/** How long something may take to come true, and how often the API is asked whether it has, ms. */
const waiting = { timeout: 15_000, interval: 20 };

/** What a page may want to have happened: the words of its `here` comments, and how they come true. */
const directions: readonly (readonly [RegExp, (scene: Scene, ...words: string[]) => Promise<void> | void])[] = [
  [/^the greeting$/, (scene) => scene.expect(scene.gateway.greeting)],
  [/^(\S+) connects(?: by (1\.6|2\.0\.1))?$/, (scene, identity, version) => scene.connect(identity, version)],
  [/^(\S+) has told its connectors$/, (scene, identity) => scene.untilStation(identity, hasConnectors)],
  [/^(\S+) is typed$/, (scene, text) => scene.type(text)],
  [/^(\S+) charges on EVSE (\d) with (\S+)$/, (scene, ...words) => scene.charge(...words)],
  [/^(\S+) charges$/, (scene, identity) => scene.untilStation(identity, isCharging)],
  [/^(\S+) charges no more$/, (scene, identity) => scene.untilStation(identity, isIdle)],
  [/^the frames of (\S+) are stored$/, (scene, action) => scene.untilLogged(action)],
  [/^the gateway is stopped$/, (scene) => scene.gateway.stop()],
  [/^the demo$/, (scene) => scene.openDemo()],
  [/^back from the demo$/, (scene) => scene.closeDemo()],
];

/** The gateway that a page talks of, and its chargers. */
export class Scene {
  readonly #folder: string;
  readonly #gateways: ServedGateway[] = [];
  readonly #chargers = new Map<string, { host: SimulatedHost; station: Station }>();
  #expected: string | undefined;
  #typed = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  open(gateway: ServedGateway): void {
    this.#gateways.push(gateway);
  }

  get gateway(): ServedGateway {
    const gateway = this.#gateways.at(-1);
    if (gateway === undefined) throw new Error('no gateway runs');
    return gateway;
  }

  async close(): Promise<void> {
    for (const { host, station } of this.#chargers.values()) {
      await station.stop();
      host.shutDown();
    }
    await Promise.all(this.#gateways.map((gateway) => gateway.stop()));
  }

  /** Makes something come true. @throws Error when nobody knows how */
  async set(words: string): Promise<void> {
    for (const [pattern, bring] of directions) {
      const found = pattern.exec(words);
      if (found !== null) return bring(this, ...found.slice(1));
    }
    throw new Error(`nobody knows how to bring about: ${words}`);
  }

  /** What the next block shows was seen here already. */
  expect(text: string): void {
    this.#expected = text;
  }

  takeExpected(): string | undefined {
    const expected = this.#expected;
    this.#expected = undefined;
    return expected;
  }

  /** What the next command is told at its prompt. */
  type(text = ''): void {
    this.#typed = `${text}\n`;
  }

  takeTyped(): string {
    const typed = this.#typed;
    this.#typed = '';
    return typed;
  }

  async connect(identity = '', version = '1.6'): Promise<void> {
    const host = createSimulatedHost({ evses: 2 });
    const station = createStation({
      identity,
      url: this.gateway.ocppUrl,
      versions: [versionOf(version)],
      host,
      settings: { 'SampledDataCtrlr.TxUpdatedInterval': '1' },
    });
    this.#chargers.set(identity, { host, station });
    const booted = new Promise<void>((resolve) => station.events.once('booted', () => resolve()));
    station.start();
    await booted;
  }

  async charge(identity = '', evse = '', token = ''): Promise<void> {
    const { host } = this.#chargers.get(identity) ?? {};
    host?.plug(Number(evse), { soc: 40 });
    host?.presentToken(Number(evse), token);
    await this.untilStation(identity, isCharging);
  }

  untilStation(identity: string | undefined, isSo: (station: Chargestation) => boolean): Promise<void> {
    return vi.waitFor(async () => {
      const station = await this.gateway.client.stations.get(identity ?? '');
      if (!isSo(station)) throw new Error(`${station.endpoint} is not there yet: ${JSON.stringify(station)}`);
    }, waiting);
  }

  /** The message log is half a second behind. */
  untilLogged(action?: string): Promise<void> {
    return vi.waitFor(async () => {
      const { items } = await this.gateway.client.messages.list({ ...(action !== undefined && { action }) });
      const isWhole =
        items.some(({ direction }) => direction === 'in') && items.some(({ direction }) => direction === 'out');
      if (!isWhole) throw new Error(`the message log has no whole ${action} yet`);
    }, waiting);
  }

  async openDemo(): Promise<void> {
    const folder = await mkdtemp(join(this.#folder, 'demo-'));
    this.open(await ServedGateway.start(folder, ['--demo']));
    await vi.waitFor(async () => {
      const { items } = await this.gateway.client.stations.list();
      const lively = items.filter(({ connectors }) => connectors.length > 0);
      if (items.length !== 7 || lively.length !== 6) throw new Error(`the demo has ${lively.length} of 6 chargers yet`);
    }, waiting);
  }

  async closeDemo(): Promise<void> {
    await this.#gateways.pop()?.stop();
  }
}

function versionOf(text: string): StationVersion {
  return text === '2.0.1' ? '2.0.1' : '1.6';
}

function hasConnectors({ connectors }: Chargestation): boolean {
  return connectors.length === 2;
}

/** With power flowing, and told. */
function isCharging({ connectors }: Chargestation): boolean {
  return connectors.some(({ status, metrics }) => status === 'Charging' && Number(metrics['power']?.value) > 0);
}

function isIdle({ connectors }: Chargestation): boolean {
  return connectors.every(({ session, status }) => (session ?? null) === null && status !== 'Charging');
}
