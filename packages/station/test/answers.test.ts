import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Received } from './csms.ts';
import { advanceUntil, openRig, type Rig } from './rig.ts';

let rig: Rig;

afterEach(() => rig.close());

const isStart = ({ action, payload }: Received) =>
  action === 'StartTransaction' || ('eventType' in payload && payload.eventType === 'Started');

describe.each(['1.6', '2.0.1', '2.1'] as const)('the answer to a start of a transaction in OCPP %s', (version) => {
  it('counts as an answer when the station cannot process it: the start is not sent again', async () => {
    rig = await openRig(version);
    const { csms, station, host, clock } = rig;
    const failed = once(station.events, 'callFailed');
    const oops = new Error('a watcher has a bug');
    station.events.once('transactionAnswered', () => {
      throw oops;
    });
    host.plug(1, { soc: 40 });
    host.presentToken(1, 'CARD1');
    expect(await failed).toEqual([{ action: 'TransactionEvent', error: oops }]);
    host.requestStop(1, 'Local');
    host.unplug(1);
    await advanceUntil(clock, expect.poll(() => station.queuedMessages).toBe(0), 10_000);
    expect(csms.received.filter(isStart)).toHaveLength(1);
  });

  it('is obeyed when a watcher fails: a token that is refused charges no more', async () => {
    const refusal = { status: 'Invalid' };
    rig = await openRig(version, {
      prepare(csms) {
        csms.answer('StartTransaction', () => ({ transactionId: 5, idTagInfo: refusal }));
        csms.answer('TransactionEvent', () => ({ idTokenInfo: refusal }));
      },
    });
    const { station, host, clock } = rig;
    const failed = once(station.events, 'callFailed');
    station.events.once('transactionAnswered', () => {
      throw new Error('a watcher has a bug');
    });
    host.plug(1, { soc: 40 });
    host.presentToken(1, 'CARD1');
    await failed;
    const { energyWh } = host.meter(1);
    clock.advance(600_000);
    expect(host.meter(1).energyWh).toBe(energyWh);
  });
});
