import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openChargingScene, versions, type ChargingScene } from './charging-scene.ts';

let scene: ChargingScene;

afterEach(() => scene.close());

const asked = { '1.6': 'GetLocalListVersion', '2.0.1': 'GetLocalListVersion', '2.1': 'GetLocalListVersion' } as const;

/** Answered only after everything that was sent before. */
const settled = async () => expect((await scene.csms.ask(asked[scene.version], {}))[0]).toBe(3);

const deep = `[2,"d","DataTransfer",{"vendorId":"x","data":${'['.repeat(50_000)}${']'.repeat(50_000)}}]`;
const wide = JSON.stringify([
  2,
  'k',
  'DataTransfer',
  Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, n])),
]);

const noFrames: [string, string | Uint8Array][] = [
  ['no JSON', '{Malformed'],
  ['no array', '{"a":1}'],
  ['an empty array', '[]'],
  ['half a frame', '[2]'],
  ['null', 'null'],
  ['an unknown type', '[99,"1"]'],
  ['an id that is a number', '[2,7,"Reset",{}]'],
  ['an id that is too long', JSON.stringify([2, 'i'.repeat(500), 'GetLocalListVersion', {}])],
  ['an action that is no text', '[2,"a",7,{}]'],
  ['a payload that is null', '[2,"n","ClearCache",null]'],
  ['a payload that is text', '[2,"t","Nothing","text"]'],
  ['no UTF-8', new Uint8Array([0x5b, 0xff, 0xfe, 0x5d])],
  ['nothing', ''],
];

const cards = { idToken: 'x', type: 'ISO14443' };

/** Orders that would mean something else if what is wrong were left out or cut. */
const distorted: Record<'1.6' | '2.x', [action: string, payload: object][]> = {
  '1.6': [
    ['GetCompositeSchedule', { connectorId: 1, duration: 60, chargingRateUnit: 'Quantum' }],
    ['ClearChargingProfile', { chargingProfilePurpose: 'Quantum' }],
    ['ChangeConfiguration', { key: 'k'.repeat(51), value: '1' }],
    ['RemoteStartTransaction', { idTag: 'x'.repeat(21), connectorId: 2 }],
  ],
  '2.x': [
    ['GetCompositeSchedule', { evseId: 1, duration: 60, chargingRateUnit: 'Quantum' }],
    ['ClearChargingProfile', { chargingProfileCriteria: { chargingProfilePurpose: 'Quantum' } }],
    ['GetVariables', { getVariableData: [{ component: { name: 'n'.repeat(51) }, variable: { name: 'Enabled' } }] }],
    ['RequestStartTransaction', { remoteStartId: 1, evseId: 2, idToken: { ...cards, idToken: 'x'.repeat(256) } }],
  ],
};

/** What is sent, the id and the codes of the answer: of 1.6, which ignores types it does not know, and of 2.x. */
const wrongFrames: [string, string | Uint8Array, string, [string | undefined, string]][] = [
  [
    'a payload that is null',
    '[2,"n","Reset",null]',
    'n',
    ['OccurenceConstraintViolation', 'OccurrenceConstraintViolation'],
  ],
  ['an unknown action with text', '[2,"t","Nothing","text"]', 't', ['FormationViolation', 'FormatViolation']],
  ['no JSON', '{Malformed', '-1', ['GenericError', 'RpcFrameworkError']],
  ['no UTF-8', new Uint8Array([0x5b, 0xff, 0xfe, 0x5d]), '-1', ['GenericError', 'RpcFrameworkError']],
  ['half a frame', '[2]', '-1', ['GenericError', 'RpcFrameworkError']],
  ['an empty array', '[]', '-1', ['GenericError', 'RpcFrameworkError']],
  ['an unknown type', '[99,"7","Reset",{}]', '7', [undefined, 'MessageTypeNotSupported']],
];

describe.each(versions)('a vehicle charges on at a CSMS of OCPP %s that sends', (version) => {
  it('what is no frame, and each is answered once at most (7.3 no frames)', async () => {
    scene = await openChargingScene(version);
    for (const [what, frame] of noFrames) {
      const before = scene.csms.answers.length;
      scene.csms.send(frame);
      await settled();
      expect(scene.csms.answers.length - before, what).toBeLessThanOrEqual(2);
    }
    await scene.goesOn();
  });

  it('what is no OCPP, and says what is wrong with it (case 55) [invalid_payloads]', async () => {
    scene = await openChargingScene(version);
    for (const [what, frame, id, codes] of wrongFrames) {
      const before = scene.csms.answers.length;
      scene.csms.send(frame);
      await settled();
      const errors = scene.csms.answers.slice(before, -1).map((text): unknown[] => JSON.parse(text));
      const code = version === '1.6' ? codes[0] : codes[1];
      expect(
        errors.map((error) => error.slice(0, 3)),
        what,
      ).toEqual(code === undefined ? [] : [[4, id, code]]);
    }
    expect(scene.security).toEqual(['InvalidMessages']);
    scene.clock.advance(60_000);
    scene.csms.send('{Malformed');
    await settled();
    expect(scene.security).toEqual(['InvalidMessages', 'InvalidMessages']);
    await scene.goesOn();
  });

  it('what breaks a schema, and answers as EVerest does where it is to (case 22) (case 55) [invalid_payloads]', async () => {
    scene = await openChargingScene(version, { violations: 'format' });
    const code = version === '1.6' ? 'FormationViolation' : 'FormatViolation';
    for (const payload of [null, { type: 7 }, { type: 'x'.repeat(60) }, {}]) {
      const [type, , told, description] = await scene.csms.ask('Reset', payload);
      expect([type, told]).toEqual([4, code]);
      expect(description).not.toBe('');
    }
    await scene.goesOn();
  });

  it('JSON that is deep, wide, doubled or has __proto__ (7.3 hostile JSON)', async () => {
    scene = await openChargingScene(version);
    scene.csms.send(deep);
    scene.csms.send(wide);
    scene.csms.send(
      '[2,"p","DataTransfer",{"vendorId":"x","__proto__":{"isAdmin":true},"constructor":{"prototype":1}}]',
    );
    scene.csms.send('[2,"2","DataTransfer",{"vendorId":"x","vendorId":"y","vendorId":7}]');
    await settled();
    expect('isAdmin' in {}).toBe(false);
    expect(scene.station.isConnected).toBe(true);
    await scene.goesOn();
  });

  it('answers to nothing, twice or wrong, and gets no CALLERROR for them (7.3 answers to nothing)', async () => {
    scene = await openChargingScene(version);
    const { csms } = scene;
    const last = csms.calls.at(-1)?.id;
    for (const id of ['unknown', last, last]) {
      csms.send(JSON.stringify([3, id, { status: 7 }]));
      csms.send(JSON.stringify([4, id, 'GenericError', '', {}]));
    }
    csms.mood = ({ id }) => JSON.stringify([3, id, { status: 7, idTagInfo: 'no', idTokenInfo: 'no' }]);
    await scene.pass(200);
    csms.mood = undefined;
    await settled();
    const errors = csms.answers.filter((text) => text.startsWith('[4'));
    expect(errors).toEqual([]);
    await scene.goesOn();
  });

  it('members that nobody knows, and values of a version to come (7.3 extra properties) (7.3 unknown enum values)', async () => {
    scene = await openChargingScene(version);
    const { csms } = scene;
    expect(await csms.ask(asked[version], { futureMember: 1 })).toMatchObject([3, expect.anything(), {}]);
    const kind = version === '1.6' ? { type: 'Quantum' } : { type: 'Quantum', evseId: 1 };
    expect((await csms.ask('Reset', kind))[0]).toBe(4);
    for (const order of distorted[version === '1.6' ? '1.6' : '2.x'])
      expect((await csms.ask(...order)).slice(0, 3)).toEqual([4, expect.anything(), 'PropertyConstraintViolation']);
    csms.mood = ({ id, action }) =>
      JSON.stringify([3, id, { status: 'Quantum', idTokenInfo: { status: 'Quantum' }, future: action }]);
    await scene.pass(200);
    csms.mood = undefined;
    await scene.goesOn();
  });

  it('the same request twice: it is done once (7.3 same id twice)', async () => {
    scene = await openChargingScene(version);
    const starts =
      version === '1.6'
        ? ['RemoteStartTransaction', { connectorId: 2, idTag: 'FAR' }]
        : ['RequestStartTransaction', { evseId: 2, remoteStartId: 5, idToken: { idToken: 'FAR', type: 'Central' } }];
    const frame = JSON.stringify([2, 'twice', ...starts]);
    scene.csms.send(frame);
    scene.csms.send(frame);
    await settled();
    const answers = scene.csms.answers.filter((text) => text.startsWith('[3,"twice"'));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('Accepted');
    await scene.goesOn();
  });

  it('hundreds of requests at once: each is answered, in order or with InternalError (7.3 call flood)', async () => {
    scene = await openChargingScene(version);
    const { csms } = scene;
    for (let n = 0; n < 500; n++) csms.send(JSON.stringify([2, `f${n}`, asked[version], {}]));
    const answered = () => csms.answers.filter((text) => /^\[[34],"f\d/.test(text));
    await expect.poll(() => answered().length, { timeout: 20_000 }).toBe(500);
    const numbers = answered()
      .filter((text) => text.startsWith('[3'))
      .map((text) => Number(/f(\d+)/.exec(text)?.[1]));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(answered().every((text) => text.startsWith('[3') || text.includes('InternalError'))).toBe(true);
    await scene.goesOn();
  });

  it('a message that is too long: it hangs up with 1009 and comes back (7.3 hostile JSON)', async () => {
    scene = await openChargingScene(version);
    const before = scene.csms.attempts;
    const lost = once(scene.station.events, 'disconnected');
    scene.csms.send('x'.repeat(2_000_000));
    await lost;
    await scene.goesOn();
    expect(scene.csms.attempts).toBeGreaterThan(before);
  });
});
