import { actionsOf } from '@busbar/ocpp';
import {
  array,
  assert as assertProperty,
  asyncProperty,
  constantFrom,
  dictionary,
  jsonValue,
  oneof,
  string,
  tuple,
} from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChargingScene, versions, type ChargingScene } from './charging-scene.ts';

/** What ends a transaction, or the connection, when it is meant so. */
const ending = new Set([
  'Reset',
  'RemoteStopTransaction',
  'RequestStopTransaction',
  'UnlockConnector',
  'UpdateFirmware',
]);

const rejections: unknown[] = [];
const note = (reason: unknown) => void rejections.push(reason);
let scene: ChargingScene;

beforeEach(() => process.on('unhandledRejection', note));

afterEach(async () => {
  process.off('unhandledRejection', note);
  await scene.close();
  rejections.length = 0;
});

const words = constantFrom(
  ...'id evseId connectorId key value status type duration requestId idToken idTag evse data vendorId'.split(' '),
  ...'listVersion updateType chargingProfile csChargingProfiles reservationId certificate __proto__'.split(' '),
);
const payload = oneof(
  dictionary(oneof(words, string()), oneof(jsonValue(), constantFrom(-1, 0, 1, 2 ** 31, 1e308, '', '__proto__'))),
  jsonValue(),
);

describe.each(versions)('whatever a CSMS of OCPP %s sends', (version) => {
  const actions = actionsOf(version).filter(({ from }) => from === 'csms' || from === 'both');

  it('as text, the vehicle charges on', async () => {
    scene = await openChargingScene(version);
    const frame = oneof(
      string({ maxLength: 200 }),
      jsonValue().map((value) => JSON.stringify(value)),
      tuple(constantFrom(2, 3, 4, 5, 6, 7), string({ maxLength: 40 }), jsonValue(), jsonValue()).map((parts) =>
        JSON.stringify(parts),
      ),
    );
    await assertProperty(
      asyncProperty(array(frame, { maxLength: 10 }), async (frames) => {
        for (const text of frames) scene.csms.send(text);
        expect((await scene.csms.ask('GetLocalListVersion', {})).length).toBeGreaterThan(2);
      }),
      { numRuns: 40, seed: 7 },
    );
    await scene.goesOn();
    expect(rejections).toEqual([]);
  });

  it.each(actions.map(({ name }) => name))(
    'as %s with any JSON, the vehicle charges on unless it is told to end',
    async (name) => {
      scene = await openChargingScene(version);
      await assertProperty(
        asyncProperty(array(payload, { minLength: 1, maxLength: 5 }), async (payloads) => {
          for (const value of payloads) expect((await scene.csms.ask(name, value)).length).toBeGreaterThan(1);
        }),
        { numRuns: 8, seed: 11 },
      );
      if (!ending.has(name)) await scene.goesOn();
      expect(rejections).toEqual([]);
    },
  );
});
