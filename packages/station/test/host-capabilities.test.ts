import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore, type StationHost } from '../src/index.ts';
import { openInterface, type InterfaceRig, type InterfaceRigOptions } from './interface-rig.ts';

let rig: InterfaceRig;
const told: unknown[] = [];

afterEach(async () => {
  await rig.close();
  told.length = 0;
});

async function open(can: Partial<StationHost>, options: InterfaceRigOptions = {}): Promise<InterfaceRig> {
  rig = await openInterface({ versions: ['2.0.1'], evses: 1, can, ...options });
  return rig;
}

describe('what a host may supply beside the necessary', () => {
  it('says why the device has started', async () => {
    await open({ bootReason: () => Promise.resolve('Watchdog' as const) });
    await rig.start();
    expect(await rig.csms.next('BootNotification')).toMatchObject({ reason: 'Watchdog' });
    await rig.ocpp.stop();
    await rig.ocpp.restart();
    expect(await rig.csms.next('BootNotification')).toMatchObject({ reason: 'ApplicationReset' });
  });

  it.each([
    ['nothing in time', () => new Promise<never>(() => undefined)],
    ['nothing but an error', () => Promise.reject(new Error('no idea'))],
    [
      'nothing because it fails',
      () => {
        throw new Error('no idea');
      },
    ],
  ])('boots for PowerUp when it says %s', async (_name, bootReason) => {
    await open({ bootReason });
    const accepted = rig.start();
    rig.clock.advance(10_000);
    await accepted;
    expect(await rig.csms.next('BootNotification')).toMatchObject({ reason: 'PowerUp' });
  });

  it('hears how long to wait for a plug and whose tokens stop everything, at the start and when that changes', async () => {
    await open({
      setConnectionTimeout: (seconds) => told.push(seconds),
      setMasterPassGroup: (groupId) => told.push(groupId),
    });
    await rig.start();
    expect(told.splice(0)).toEqual([120, '']);
    const component_variable = { component: { name: 'TxCtrlr' }, variable: { name: 'EVConnectionTimeOut' } };
    await rig.ocpp.set_variables([{ component_variable, value: '45' }], 'test');
    const group = { component: { name: 'AuthCtrlr' }, variable: { name: 'MasterPassGroupId' } };
    await rig.ocpp.set_variables([{ component_variable: group, value: 'POLICE' }], 'test');
    expect(told).toEqual([45, 'POLICE']);
  });

  it('keeps reservations, and hears when they end', async () => {
    const store = createMemoryStore();
    const can: Partial<StationHost> = {
      reserve: ({ id }) => told.push(`reserve ${id}`) > 0,
      reservationEnded: (id) => told.push(`end ${id}`),
    };
    await open(can, { store });
    await rig.start();
    expect(await reserve(4)).toEqual({ status: 'Accepted' });
    expect(told).toEqual(['reserve 4']);
    await rig.close();
    await open(can, { store });
    await rig.start();
    expect(await rig.csms.call('CP1', 'CancelReservation', { reservationId: 4 })).toEqual({ status: 'Accepted' });
    expect(told).toEqual(['reserve 4', 'reserve 4', 'end 4']);
  });

  it('makes an end of a reservation that it cannot keep', async () => {
    await open({ reserve: async () => false });
    await rig.start();
    expect(await reserve(4)).toEqual({ status: 'Accepted' });
    expect(await rig.csms.next('ReservationStatusUpdate')).toEqual({
      reservationId: 4,
      reservationUpdateStatus: 'Removed',
    });
  });
});

function reserve(id: number): Promise<unknown> {
  const expiryDateTime = new Date(rig.clock.now().getTime() + 3_600_000).toISOString();
  const idToken = { idToken: 'CARD1', type: 'ISO14443' };
  return rig.csms.call('CP1', 'ReserveNow', { id, expiryDateTime, idToken, evseId: 1 });
}
