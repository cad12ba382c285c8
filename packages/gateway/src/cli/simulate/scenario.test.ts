import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock, runScenario, type ScenarioFailure } from '@busbar/station';
import { afterEach, describe, expect, it } from 'vitest';
import { openCsms } from '../../../../station/test/csms.ts';
import { root } from '../../../test/support/pages.ts';
import { parseScenario } from './scenario-file.ts';
import { scenarioSchema } from './scenario-schema.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const exampleOf = (name: string) => readFileSync(join(root, 'examples/scenarios', name), 'utf8');

/** Plays a scenario against an independent CSMS, on a clock that is moved by hand. */
async function play(text: string): Promise<{ failures: readonly ScenarioFailure[]; actions: readonly string[] }> {
  const csms = await openCsms();
  closing.push(() => csms.close());
  const clock = new ManualClock(new Date());
  const run = runScenario(parseScenario(text, 'scenario.yaml'), { url: csms.url, clock });
  closing.push(() => run.stop());
  const progress = { isDone: false };
  const done = run.done.finally(() => (progress.isDone = true));
  for (let turn = 0; !progress.isDone && turn < 200_000; turn++) {
    clock.advance(250);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const failures = await done;
  expect(csms.violations).toEqual([]);
  return { failures, actions: csms.received.map(({ identity, action }) => `${identity} ${action}`) };
}

describe('the examples', () => {
  it.each(['evening-at-home.yaml', 'depot-at-shift-change.yaml', 'bad-day.yaml'])(
    '%s comes out as it says',
    { timeout: 60_000 },
    async (name) => {
      const { failures } = await play(exampleOf(name));
      expect(failures).toEqual([]);
    },
  );

  it('have a schema that is up to date', () => {
    expect(JSON.parse(exampleOf('scenario.schema.json'))).toEqual(JSON.parse(JSON.stringify(scenarioSchema)));
  });
});

const small = `
name: small
duration: 10 min
stations:
  - { id: A, count: 2, version: '1.6' }
steps:
`;

describe('a scenario', () => {
  it('tells which step was not as expected, at which station, and goes on', async () => {
    const { failures, actions } = await play(`${small}
  - waitFor: { event: accepted, within: 1 min }
  - on: A-2
    expect: { status: Charging, within: 5 s }
  - waitFor: { event: transactionStarted, within: 5 s }
  - on: A-1
    call: { action: Heartbeat, answer: { currentTime: never } }
  - set: { name: NoSuchKey, value: '1' }
  - on: A-1
    repeat: { every: 10 s, times: 3 }
    call: { action: DataTransfer, payload: { vendorId: Acme }, answer: { status: Accepted } }
`);
    expect(failures).toMatchObject([
      { step: 1, action: 'expect', identity: 'A-2', message: 'status is Available' },
      { step: 2, identity: 'A-1', message: 'transactionStarted did not happen within 5 s' },
      { step: 2, identity: 'A-2' },
      { step: 3, identity: 'A-1', message: expect.stringContaining('Heartbeat was answered {"currentTime"') },
      { step: 4, identity: 'A-1', message: 'NoSuchKey was not set: UnknownVariable' },
      { step: 4, identity: 'A-2' },
    ]);
    expect(actions.filter((action) => action === 'A-1 DataTransfer')).toHaveLength(3);
  });

  it('ends when its time is over, and says what was not done', async () => {
    const { failures } = await play(`${small}
  - at: 1 h
    plug: {}
`);
    expect(failures).toEqual([
      { step: 0, action: 'plug', identity: '', message: 'the time was over before it was done' },
    ]);
  });

  it('is refused with every mistake and its line', () => {
    const text = `name: wrong
duration: soon
stations:
  - { id: A, evses: 2, versoin: '1.6' }
  - { id: B, version: 2.1 }
steps:
  - plug: { evse: 3, soc: 400 }
  - at: 5 min
    card: { }
  - fault: { code: GroundFailur }
`;
    expect(() => parseScenario(text, 's.yaml')).toThrow(
      [
        "s.yaml:2:11: duration wants seconds, or a time such as '90 s' or '1 h 30 min', not 'soon'.",
        "s.yaml:4:24: stations[0].versoin is not an option. Did you mean 'version'?",
        's.yaml:5:23: stations[1].version wants one of 1.6, 2.0.1, 2.1, not 2.1. Put it in quotes, then it is text.',
        's.yaml:7:27: steps[0].plug.soc wants a number from 0 to 100, not 400.',
        's.yaml:9:11: steps[1].card.token is missing; it wants text.',
      ].join('\n'),
    );
  });

  it('is refused for what its form does not show', () => {
    const text = `name: wrong
duration: 1 h
stations:
  - id: A
  - id: A
  - id: B 2
steps:
  - plug: { evse: 2 }
    unplug: {}
  - at: 1 s
    after: 1 s
    on: [A, B]
    card: { token: T }
  - on: A
`;
    expect(() => parseScenario(text, 's.yaml')).toThrow(
      [
        "s.yaml:5:9: stations[1].id makes a second station 'A'.",
        's.yaml:6:9: stations[2].id cannot be: OCPP 2.x takes letters, digits and * - _ = + | @ . only.',
        's.yaml:8:5: steps[0] does plug and unplug; give each a step of its own.',
        's.yaml:8:19: steps[0].plug.evse is 2; A has no such EVSE.',
        "s.yaml:11:12: steps[1].after excludes 'at'; give one of them.",
        "s.yaml:12:9: steps[1].on names 'B'; there are A, A, B 2.",
      ].join('\n'),
    );
  });
});
