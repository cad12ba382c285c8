import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statusesOf } from './charger.ts';
import { openRig21, until, type Rig21 } from './rig21.ts';

let rig: Rig21;
let told: [evseId: number, timeoutS: number][];

beforeEach(async () => {
  told = [];
  rig = await openRig21({ abilities: { webPaymentStarted: (evseId, timeoutS) => void told.push([evseId, timeoutS]) } });
});

afterEach(() => rig.close());

const notify = (evseId: number, timeout: number) => rig.call('NotifyWebPaymentStarted', { evseId, timeout });
const isCharging = () => rig.station.transactionOn(1)?.idToken !== undefined;

async function refusalOf(token: string) {
  const refused = once(rig.station.events, 'tokenRefused');
  rig.host.presentToken(1, token);
  const [refusal] = await refused;
  return refusal;
}

describe('a payment on a web page (OCPP 2.1 C25)', () => {
  it('is told to the host, and keeps the EVSE from tokens and contracts until its time is up', async () => {
    expect(await notify(1, 60)).toEqual({});
    expect(told).toEqual([[1, 60]]);
    rig.host.plug(1);
    expect(await refusalOf('CARD1')).toMatchObject({ evseId: 1, status: 'Reserved' });
    const refused = once(rig.station.events, 'tokenRefused');
    rig.host.presentContract(1, 'DEABCC000001');
    expect(await refused).toMatchObject([{ status: 'Reserved' }]);
    rig.clock.advance(60_000);
    rig.host.presentToken(1, 'CARD1');
    await until(isCharging);
  });

  it('shows the EVSE as Reserved for so long', async () => {
    const statuses = () => statusesOf(rig, 1);
    await until(() => statuses().length === 1);
    await notify(1, 60);
    expect(rig.station.statusOf(1)).toBe('Reserved');
    await until(() => statuses().length === 2);
    rig.clock.advance(60_000);
    await until(() => statuses().length === 3);
    expect(statuses()).toEqual(['Available', 'Reserved', 'Available']);
  });

  it('keeps the EVSE for a day at most, whatever the CSMS says', async () => {
    expect(await notify(1, Number.MAX_SAFE_INTEGER)).toEqual({});
    expect(told).toEqual([[1, 86_400]]);
    rig.clock.advance(86_399_000);
    expect(rig.station.statusOf(1)).toBe('Reserved');
    rig.clock.advance(1000);
    expect(rig.station.statusOf(1)).toBe('Available');
  });

  it('keeps the EVSE for what is left of its time after a power cut', async () => {
    await notify(1, 60);
    rig.clock.advance(20_000);
    await rig.restart();
    expect(told).toEqual([
      [1, 60],
      [1, 40],
    ]);
    expect(rig.station.statusOf(1)).toBe('Reserved');
    rig.clock.advance(39_000);
    expect(await refusalOf('CARD1')).toMatchObject({ evseId: 1, status: 'Reserved' });
    rig.clock.advance(1000);
    await until(() => rig.station.statusOf(1) === 'Available');
    await rig.restart();
    expect(told).toHaveLength(2);
  });

  it('whose time ended during a power cut keeps nothing', async () => {
    await notify(1, 60);
    await rig.restart();
    expect(told).toHaveLength(2);
    rig.clock.advance(59_000);
    await rig.station.stop();
    rig.clock.advance(1000);
    await rig.restart();
    expect(told).toHaveLength(2);
    expect(rig.station.statusOf(1)).toBe('Available');
  });

  it('ends with the start that the CSMS asks for', async () => {
    await notify(1, 60);
    const idToken = { idToken: 'PAID1', type: 'DirectPayment' };
    expect(await rig.call('RequestStartTransaction', { idToken, remoteStartId: 1 })).toMatchObject({
      status: 'Rejected',
    });
    const order = { idToken, remoteStartId: 2, evseId: 1 };
    expect(await rig.call('RequestStartTransaction', order)).toMatchObject({ status: 'Accepted' });
    rig.host.plug(1);
    await until(isCharging);
    rig.host.requestStop(1, 'Local');
    rig.host.unplug(1);
    await until(() => !isCharging());
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD1');
    await until(isCharging);
  });

  it('keeps nothing where somebody charges already, nor with a time-out that is over', async () => {
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD1');
    await until(isCharging);
    await notify(1, 60);
    rig.host.presentToken(1, 'CARD1');
    await until(() => !isCharging());
    rig.host.unplug(1);
    await notify(1, 60);
    await notify(1, 0);
    rig.host.plug(1);
    rig.host.presentToken(1, 'CARD1');
    await until(isCharging);
    expect(told).toEqual([
      [1, 60],
      [1, 60],
      [1, 0],
    ]);
  });

  it('at an EVSE that does not exist is refused', async () => {
    await expect(notify(7, 60)).rejects.toMatchObject({ rpcErrorCode: 'PropertyConstraintViolation' });
    expect(told).toEqual([]);
  });
});
