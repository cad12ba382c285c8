import {
  array,
  assert,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  jsonValue,
  oneof,
  string,
  tuple,
  uint8Array,
} from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OcppSocket } from '../../../test/support/ocpp-socket.ts';
import { startOcpp } from '../../../test/support/ocpp-server.ts';

let started: Awaited<ReturnType<typeof startOcpp>>;
beforeAll(async () => {
  started = await startOcpp({ messagesPerSecond: 100_000 });
});
afterAll(() => started.server.stop());

const actions = [
  'BootNotification',
  'StatusNotification',
  'MeterValues',
  'StartTransaction',
  'StopTransaction',
  'TransactionEvent',
  'x',
];
const json = jsonValue({ maxDepth: 3 });
const bytes = uint8Array({ maxLength: 200 });
const frames = oneof(
  string({ maxLength: 200 }),
  json.map((value) => JSON.stringify(value)),
  tuple(integer({ min: -1, max: 7 }), json, constantFrom(...actions), json).map((frame) => JSON.stringify(frame)),
  bytes,
);

test.each(['ocpp1.6', 'ocpp2.0.1'])(
  'whatever a station sends over %s, it is served afterwards, and nobody else is hurt',
  async (version) => {
    const { url, intake } = started;
    const other = new OcppSocket(`${url}/OTHER`, version);
    await other.opened;
    let id = 0;
    await assert(
      asyncProperty(array(frames, { minLength: 1, maxLength: 20 }), boolean(), async (sent, binary) => {
        const station = new OcppSocket(`${url}/FUZZ`, version);
        await station.opened;
        for (const frame of sent) station.socket.send(frame, { binary: binary && typeof frame !== 'string' });
        const [type] = await station.call(`last-${id++}`, 'Heartbeat', {});
        expect(type).toBe(3);
        expect(station.frames.length).toBeLessThanOrEqual(sent.length + 1);
        await station.end();
      }),
      { numRuns: 40, endOnFailure: true },
    );
    expect(await other.call('still', 'Heartbeat', {})).toMatchObject([3, 'still', {}]);
    expect(intake.reports.every(({ stationId }) => stationId === 'FUZZ' || stationId === 'OTHER')).toBe(true);
    await other.end();
  },
);
