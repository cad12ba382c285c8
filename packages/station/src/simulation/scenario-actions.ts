import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../time/clock.ts';
import type { StationEvents } from '../events.ts';
import type { SimulatedCharger } from './charger.ts';
import type { NetworkQuality } from './network.ts';
import { durationMs, type ScenarioActions, type ScenarioEvent, type ScenarioExpectation } from './scenario.ts';

/** What actions are given. `later` runs something unless the scenario ends before. */
export interface Stage {
  clock: Clock;
  later(ms: number, task: () => void): void;
  /** Resolves after `ms`; rejects when the scenario ends before. */
  sleep(ms: number): Promise<void>;
}

type Act<A extends keyof ScenarioActions> = (
  charger: SimulatedCharger,
  action: ScenarioActions[A],
  stage: Stage,
) => void | Promise<void>;

/** Between two looks at what is expected, ms. */
const lookMs = 100;

/** How each action is done at one charger. It throws when what is expected is not so. */
export const acts: { [A in keyof ScenarioActions]: Act<A> } = {
  plug: ({ host }, { evse = 1, ...arrival }) => host.plug(evse, arrival),
  unplug: ({ host }, { evse = 1 }) => host.unplug(evse),
  card: ({ host }, { evse = 1, token, type = 'ISO14443' }) => host.presentToken(evse, { idToken: token, type }),
  contract: ({ host }, { evse = 1, emaid }) => host.presentContract(evse, emaid),
  stop: ({ host }, { evse = 1, reason = 'Local' }) => host.requestStop(evse, reason),
  fault: ({ host }, { evse = 1, ...fault }) => host.fault(evse, fault),
  clearFault: ({ host }, { evse = 1 }) => host.clearFault(evse),
  async powerCut(charger, { for: duration }, stage) {
    stage.later(durationMs(duration), () => charger.restorePower());
    await charger.cutPower();
  },
  loseNetwork(charger, { for: duration }, stage) {
    stage.later(durationMs(duration), () => charger.restoreLine());
    charger.cutLine();
  },
  slowNetwork(charger, { latency, jitter = 0, for: duration }, stage) {
    worsen(charger, { latencyMs: durationMs(latency), jitterMs: durationMs(jitter) }, { stage, duration });
  },
  slowAnswers(charger, { delay, for: duration }, stage) {
    worsen(charger, { answerDelayMs: durationMs(delay) }, { stage, duration });
  },
  wrongAnswers(charger, { kind, share = 1, for: duration }, stage) {
    worsen(charger, { wrongAnswers: { kind, share } }, { stage, duration });
  },
  set({ station }, { name, value }) {
    const status = station.setVariable(name, value);
    if (status !== 'Accepted' && status !== 'RebootRequired') throw new Error(`${name} was not set: ${status}`);
  },
  async call({ network }, { action, payload = {}, answer }) {
    const given = await network?.call(action, payload);
    if (answer !== undefined && !holds(given, answer))
      throw new Error(`${action} was answered ${JSON.stringify(given)}`);
  },
  waitFor: (charger, { event, within }, stage) => happens(charger, event, { stage, ms: durationMs(within) }),
  async expect(charger, { evse = 1, within = 0, ...expected }, stage) {
    const end = stage.clock.now().getTime() + durationMs(within);
    for (;;) {
      const wrong = objectionTo(charger, evse, expected);
      if (wrong === undefined) return;
      if (stage.clock.now().getTime() >= end) throw new Error(wrong);
      await stage.sleep(lookMs);
    }
  },
};

function worsen(
  { network }: SimulatedCharger,
  quality: NetworkQuality,
  { stage, duration }: { stage: Stage; duration: ScenarioActions['powerCut']['for'] },
): void {
  if (!network) return;
  network.quality = { ...network.quality, ...quality };
  stage.later(durationMs(duration), () => {
    network.quality = {};
  });
}

async function happens(
  { station }: SimulatedCharger,
  event: ScenarioEvent & keyof StationEvents,
  { stage, ms }: { stage: Stage; ms: number },
): Promise<void> {
  const seen = { isSo: false };
  const see = () => void (seen.isSo = true);
  station.events.on(event, see);
  try {
    const end = stage.clock.now().getTime() + ms;
    while (!seen.isSo && stage.clock.now().getTime() < end) await stage.sleep(lookMs);
    if (!seen.isSo) throw new Error(`${event} did not happen within ${ms / 1000} s`);
  } finally {
    station.events.off(event, see);
  }
}

/** What is not as expected; undefined when all is. */
function objectionTo(
  { station, host }: SimulatedCharger,
  evse: number,
  expected: ScenarioExpectation,
): string | undefined {
  const { powerW, exportW = 0 } = host.meter(evse);
  const transaction = station.transactionOn(evse) ? 'running' : 'none';
  const checks: readonly [isAsked: unknown, isRight: boolean, text: string][] = [
    [expected.status, station.statusOf(evse) === expected.status, `status is ${station.statusOf(evse)}`],
    [expected.transaction, transaction === expected.transaction, `transaction: ${transaction}`],
    [expected.connected, station.isConnected === expected.connected, `connected: ${station.isConnected}`],
    [
      expected.queuedAtMost,
      station.queuedMessages <= (expected.queuedAtMost ?? 0),
      `${station.queuedMessages} messages wait for the CSMS`,
    ],
    [expected.socAtLeast, host.socOf(evse) >= (expected.socAtLeast ?? 0), `the vehicle has ${host.socOf(evse)} %`],
    [expected.powerAtMostW, powerW - exportW <= (expected.powerAtMostW ?? 0), `${Math.round(powerW - exportW)} W flow`],
    [expected.powerAtLeastW, powerW >= (expected.powerAtLeastW ?? 0), `${Math.round(powerW)} W flow`],
  ];
  return checks.find(([isAsked, isRight]) => isAsked !== undefined && !isRight)?.[2];
}

/** Whether a value has all that is wanted of it. */
function holds(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null || typeof value !== 'object' || value === null) {
    return isDeepStrictEqual(value, wanted);
  }
  const members = new Map<string, unknown>(Object.entries(value));
  return Object.entries(wanted).every(([name, inner]) => holds(members.get(name), inner));
}
