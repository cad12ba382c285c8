import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openCharger, statusesOf, type Charger, type ChargerOptions } from './charger.ts';
import { advanceUntil } from './rig.ts';

let charger: Charger;

afterEach(() => charger.close());

const inAMinute = () => new Date(charger.clock.now().getTime() + 60_000).toISOString();

async function refusal(act: () => void): Promise<string> {
  const refused = once(charger.station.events, 'tokenRefused');
  act();
  const [{ status }] = await refused;
  return status;
}

describe('reservations in OCPP 1.6', () => {
  const open = async (options?: ChargerOptions) => (charger = await openCharger('1.6', options));
  const reserve = (connectorId: number, rest: object = {}) =>
    charger.csms.call('CP1', 'ReserveNow', {
      connectorId,
      expiryDate: inAMinute(),
      idTag: 'VIP',
      reservationId: 7,
      ...rest,
    });
  const cancel = (reservationId: number) => charger.csms.call('CP1', 'CancelReservation', { reservationId });

  it('keeps a connector for its token, also after a power cut, and tells so at the start (case 43) (7.1 everything else) [reservation_local_start_tx 1.6] (TC_046)', async () => {
    await open();
    expect(await reserve(1)).toEqual({ status: 'Accepted' });
    await expect.poll(() => statusesOf(charger, 1).at(-1)).toBe('Reserved');
    const from = charger.csms.received.length;
    await charger.restart();
    await expect.poll(() => statusesOf(charger, 1, from)).toEqual(['Reserved']);
    expect(await refusal(() => charger.host.presentToken(1, 'OTHER'))).toBe('Reserved');
    charger.host.presentToken(1, 'vip');
    await expect.poll(() => charger.station.statusOf(1)).toBe('Preparing');
    charger.host.plug(1);
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ idTag: 'vip', reservationId: 7 });
    expect(await cancel(7)).toEqual({ status: 'Rejected' });
  });

  it('serves a remote start of its token only (case 43) [reservation_remote_start_tx 1.6]', async () => {
    await open();
    await reserve(1);
    const start = (idTag: string) => charger.csms.call('CP1', 'RemoteStartTransaction', { idTag, connectorId: 1 });
    expect(await start('OTHER')).toEqual({ status: 'Rejected' });
    charger.host.plug(1);
    expect(await start('VIP')).toEqual({ status: 'Accepted' });
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ idTag: 'VIP', reservationId: 7 });
  });

  const ofParent: ChargerOptions = {
    prepare: (csms) => csms.answer('Authorize', () => ({ idTagInfo: { status: 'Accepted', parentIdTag: 'P' } })),
  };

  it('serves every token of the same parent (case 43) [reservation_with_parentid 1.6] [parent_id_tag_reservation_1] (TC_053)', async () => {
    await open(ofParent);
    await reserve(1, { parentIdTag: 'P' });
    charger.host.plug(1);
    charger.host.presentToken(1, 'COLLEAGUE');
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ idTag: 'COLLEAGUE', reservationId: 7 });
  });

  it('serves a remote start for another token of the parent, once the CSMS has told whose it is [parent_id_tag_reservation_2]', async () => {
    await open(ofParent);
    await reserve(1, { parentIdTag: 'P' });
    const start = { idTag: 'COLLEAGUE', connectorId: 1 };
    expect(await charger.csms.call('CP1', 'RemoteStartTransaction', start)).toEqual({ status: 'Accepted' });
    await charger.csms.next('Authorize');
    charger.host.plug(1);
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ idTag: 'COLLEAGUE', reservationId: 7 });
  });

  it('serves nobody offline of whom it cannot know the parent, and stays reserved [parent_id_tag_reservation_3]', async () => {
    await open(ofParent);
    await reserve(1, { parentIdTag: 'P', expiryDate: new Date(charger.clock.now().getTime() + 600_000).toISOString() });
    charger.host.plug(1);
    await charger.goOffline();
    expect(await refusal(() => charger.host.presentToken(1, 'COLLEAGUE'))).toBe('Reserved');
    await advanceUntil(charger.clock, once(charger.station.events, 'accepted'));
    const from = charger.csms.received.length;
    await charger.csms.call('CP1', 'TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 1 });
    await expect.poll(() => statusesOf(charger, 1, from)).toEqual(['Reserved']);
    expect(charger.station.transactionOn(1)).toBeUndefined();
  });

  it('does not serve a remote start that the CSMS says is of another parent [parent_id_tag_reservation_2]', async () => {
    await open(ofParent);
    await reserve(1, { parentIdTag: 'Q' });
    const start = { idTag: 'STRANGER', connectorId: 1 };
    const refused = once(charger.station.events, 'tokenRefused');
    expect(await charger.csms.call('CP1', 'RemoteStartTransaction', start)).toEqual({ status: 'Accepted' });
    expect(await refused).toMatchObject([{ status: 'Reserved' }]);
  });

  it('gives a connector back when its time is over (case 43) [reservation_connector_expire 1.6] (TC_047)', async () => {
    await open();
    await reserve(1);
    charger.clock.advance(60_000);
    await expect.poll(() => statusesOf(charger, 1)).toEqual(['Available', 'Reserved', 'Available']);
    expect(await reserve(1, { expiryDate: '2020-01-01T00:00:00Z' })).toEqual({ status: 'Rejected' });
  });

  it('gives a connector back when the clock is set past its time, and not when it is set back (7.2 jump forward) (7.2 jump back)', async () => {
    await open();
    await reserve(1, { expiryDate: new Date(charger.clock.now().getTime() + 7_200_000).toISOString() });
    charger.clock.setTime(new Date(charger.clock.now().getTime() - 86_400_000));
    charger.clock.advance(60_000);
    expect(charger.station.statusOf(1)).toBe('Reserved');
    charger.clock.setTime(new Date(charger.clock.now().getTime() + 2 * 86_400_000));
    charger.clock.advance(60_000);
    expect(charger.station.statusOf(1)).toBe('Available');
  });

  it('gives it back when it is told to, and replaces one of the same number [reservation_cancel 1.6] [reservation_cancel_rejected 1.6] (TC_051, TC_052)', async () => {
    await open();
    await reserve(1);
    expect(await reserve(1, { idTag: 'VIP2' })).toEqual({ status: 'Accepted' });
    expect(await refusal(() => charger.host.presentToken(1, 'VIP'))).toBe('Reserved');
    expect(await reserve(1, { reservationId: 8 })).toEqual({ status: 'Occupied' });
    expect(await cancel(99)).toEqual({ status: 'Rejected' });
    expect(await cancel(7)).toEqual({ status: 'Accepted' });
    expect(charger.station.statusOf(1)).toBe('Available');
  });

  it('says why it cannot reserve (case 43) [reservation_connector_faulted 1.6] [reservation_connector_occupied 1.6] [reservation_connector_unavailable 1.6] [reservation_connector_rejected 1.6] [reservation_faulted_state 1.6] [reservation_occupied_state] (TC_048)', async () => {
    await open({ evses: 3 });
    charger.host.fault(1, { code: 'InternalError' });
    expect(await reserve(1)).toEqual({ status: 'Faulted' });
    charger.host.plug(2);
    expect(await reserve(2)).toEqual({ status: 'Occupied' });
    await charger.csms.call('CP1', 'ChangeAvailability', { connectorId: 3, type: 'Inoperative' });
    expect(await reserve(3)).toEqual({ status: 'Unavailable' });
    expect(await reserve(4)).toEqual({ status: 'Rejected' });
    await charger.csms.call('CP1', 'ChangeAvailability', { connectorId: 3, type: 'Operative' });
    await charger.csms.call('CP1', 'ChangeConfiguration', { key: 'LocalPreAuthorize', value: 'true' });
    expect(await reserve(3)).toEqual({ status: 'Accepted' });
  });

  it('reserves whichever connector is free where that is supported (case 43) [reservation_connector_zero_supported] (TC_049)', async () => {
    await open({ evses: 2 });
    expect(await reserve(0)).toEqual({ status: 'Accepted' });
    expect([1, 2].map((id) => charger.station.statusOf(id))).toEqual(['Available', 'Available']);
    charger.host.presentToken(1, 'OTHER');
    await expect.poll(() => charger.station.statusOf(1)).toBe('Preparing');
    expect(charger.station.statusOf(2)).toBe('Reserved');
    charger.host.plug(2);
    charger.host.presentToken(2, 'VIP');
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ connectorId: 2, reservationId: 7 });
  });

  it('does not where it is not (case 43) [reservation_connector_zero_not_supported]', async () => {
    await open({ settings: { 'ReservationCtrlr.NonEvseSpecific': 'false' } });
    expect(await reserve(0)).toEqual({ status: 'Rejected' });
  });
});

describe.each(['2.0.1', '2.1'] as const)('reservations in OCPP %s', (version) => {
  const open = async (options?: ChargerOptions) => (charger = await openCharger(version, options));
  const card = (idToken: string) => ({ idToken, type: 'ISO14443' }) as const;
  const reserve = (id: number, rest: object = {}) =>
    charger.csms.call('CP1', 'ReserveNow', { id, expiryDateTime: inAMinute(), idToken: card('VIP'), ...rest });
  const ended = (reservationId: number, reservationUpdateStatus: string) => ({
    reservationId,
    reservationUpdateStatus,
  });

  it('keeps an EVSE for its token until it is told otherwise [reservation_local_start_tx 2.0.1] [reservation_remote_start_tx 2.0.1] [reservation_cancel 2.0.1] [reservation_cancel_rejected 2.0.1]', async () => {
    await open({ evses: 2 });
    const cancel = (reservationId: number) => charger.csms.call('CP1', 'CancelReservation', { reservationId });
    for (const id of [1, 2]) expect(await reserve(id, { evseId: id })).toEqual({ status: 'Accepted' });
    await expect.poll(() => [1, 2].map((id) => statusesOf(charger, id).at(-1))).toEqual(['Reserved', 'Reserved']);
    expect(await cancel(7)).toEqual({ status: 'Rejected' });
    expect(await refusal(() => charger.host.presentToken(1, card('OTHER')))).toBe('Reserved');
    charger.host.presentToken(1, card('VIP'));
    charger.host.plug(1);
    expect(await charger.csms.next('TransactionEvent')).toMatchObject({ eventType: 'Started', reservationId: 1 });
    const start = (idToken: string, evseId: number) =>
      charger.csms.call('CP1', 'RequestStartTransaction', { idToken: card(idToken), remoteStartId: 1, evseId });
    expect(await start('OTHER', 2)).toMatchObject({ status: 'Rejected' });
    expect(await start('VIP', 2)).toMatchObject({ status: 'Accepted' });
    charger.host.plug(2);
    const isForTwo = ({ payload }: { payload: object }) => 'reservationId' in payload && payload.reservationId === 2;
    await expect.poll(() => charger.csms.received.find(isForTwo)?.payload).toMatchObject({ eventType: 'Started' });
    charger.host.unplug(1);
    expect(await reserve(3, { evseId: 1 })).toEqual({ status: 'Accepted' });
    expect(await cancel(3)).toEqual({ status: 'Accepted' });
    await expect.poll(() => statusesOf(charger, 1).at(-1)).toBe('Available');
  });

  it('says why it cannot reserve [reservation_connector_faulted 2.0.1] [reservation_faulted_state 2.0.1] [reservation_connector_occupied 2.0.1] [reservation_connector_unavailable 2.0.1]', async () => {
    await open({ evses: 3 });
    charger.host.fault(1, { code: 'InternalError' });
    expect(await reserve(1, { evseId: 1 })).toMatchObject({ status: 'Faulted' });
    charger.host.plug(2);
    expect(await reserve(1, { evseId: 2 })).toMatchObject({ status: 'Occupied' });
    await charger.csms.call('CP1', 'ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 3 } });
    expect(await reserve(1, { evseId: 3 })).toMatchObject({ status: 'Unavailable' });
  });

  it('takes a reservation away when its EVSE faults or goes out of use (case 65) [reservation_connector_faulted_after_reservation]', async () => {
    await open({ evses: 2 });
    await reserve(1, { evseId: 1 });
    await reserve(2, { evseId: 2 });
    charger.host.fault(1, { code: 'InternalError' });
    expect(await charger.csms.next('ReservationStatusUpdate')).toEqual(ended(1, 'Removed'));
    await charger.csms.call('CP1', 'ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 2 } });
    expect(await charger.csms.next('ReservationStatusUpdate')).toEqual(ended(2, 'Removed'));
  });

  it('serves its token after the plug too, and says so in the first event with it [reservation_local_start_tx_plugin_first] [reservation_plug_in_other_idtoken]', async () => {
    await open({ settings: { 'TxCtrlr.TxStartPoint': 'EVConnected' } });
    await reserve(5, { evseId: 1 });
    charger.host.plug(1);
    expect(await charger.csms.next('TransactionEvent')).toMatchObject({ eventType: 'Started' });
    expect(await refusal(() => charger.host.presentToken(1, card('OTHER')))).toBe('Reserved');
    charger.host.presentToken(1, card('VIP'));
    expect(await charger.csms.next('TransactionEvent')).toMatchObject({ idToken: card('VIP'), reservationId: 5 });
  });

  it('keeps as many EVSEs as are reserved without a name [reservation_non_evse_specific_accepted] [reservation_non_evse_specific_accepted_multiple]', async () => {
    await open({ evses: 2 });
    expect(await reserve(1)).toEqual({ status: 'Accepted' });
    expect(await reserve(2, { idToken: card('VIP2') })).toEqual({ status: 'Accepted' });
    await expect.poll(() => [1, 2].map((id) => statusesOf(charger, id).at(-1))).toEqual(['Reserved', 'Reserved']);
    expect(await reserve(3)).toEqual({ status: 'Occupied' });
    charger.host.plug(1);
    charger.host.presentToken(1, card('VIP2'));
    expect(await charger.csms.next('TransactionEvent')).toMatchObject({ eventType: 'Started', reservationId: 2 });
    expect(charger.station.statusOf(2)).toBe('Reserved');
  });

  it('serves every token of the same group [reservation_with_parentid 2.0.1]', async () => {
    await open({
      prepare: (csms) =>
        csms.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted', groupIdToken: card('GROUP') } })),
    });
    await reserve(6, { evseId: 1, groupIdToken: card('GROUP') });
    charger.host.plug(1);
    charger.host.presentToken(1, card('COLLEAGUE'));
    expect(await charger.csms.next('TransactionEvent')).toMatchObject({
      eventType: 'Started',
      idToken: card('COLLEAGUE'),
      reservationId: 6,
    });
  });

  it('serves a remote start for another token of the group, told with it or by the CSMS when asked', async () => {
    await open({
      evses: 2,
      prepare: (csms) =>
        csms.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted', groupIdToken: card('GROUP') } })),
    });
    const start = (evseId: number, rest: object = {}) =>
      charger.csms.call('CP1', 'RequestStartTransaction', {
        idToken: card(`COLLEAGUE${evseId}`),
        remoteStartId: 1,
        evseId,
        ...rest,
      });
    for (const id of [1, 2]) await reserve(id, { evseId: id, groupIdToken: card('GROUP') });
    expect(await start(1, { groupIdToken: card('GROUP') })).toMatchObject({ status: 'Accepted' });
    expect(await start(2, { groupIdToken: card('OTHERS') })).toMatchObject({ status: 'Rejected' });
    expect(await start(2)).toMatchObject({ status: 'Accepted' });
    await charger.csms.next('Authorize');
    await charger.csms.next('Authorize');
    charger.host.plug(2);
    expect(await charger.csms.next('TransactionEvent')).toMatchObject({ eventType: 'Started', reservationId: 2 });
  });

  it('knows no reservations where the station has none [reservation_connector_rejected 2.0.1]', async () => {
    await open({ settings: { 'ReservationCtrlr.Available': 'false' } });
    for (const action of ['ReserveNow', 'CancelReservation']) {
      const request = action === 'ReserveNow' ? reserve(1) : charger.csms.call('CP1', action, { reservationId: 1 });
      await expect(request).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' });
    }
  });

  it('needs an EVSE where it says so [reservation_non_evse_specific_rejected]', async () => {
    await open({ settings: { 'ReservationCtrlr.NonEvseSpecific': 'false' } });
    expect(await reserve(1)).toMatchObject({ status: 'Rejected' });
  });

  it('reserves by the type of connector (H01)', async () => {
    await open({ evses: 2 });
    expect(await reserve(1, { connectorType: 'cCCS2' })).toEqual({ status: 'Rejected' });
    expect(await reserve(1, { connectorType: 'sType2' })).toEqual({ status: 'Accepted' });
    expect(await reserve(2, { evseId: 1, connectorType: 'sType2' })).toEqual({ status: 'Accepted' });
    expect(await reserve(3, { evseId: 2 })).toEqual({ status: 'Occupied' });
  });

  it('tells of an end that nobody could hear when it came', async () => {
    await open();
    await reserve(4, { evseId: 1 });
    await charger.goOffline();
    charger.clock.advance(60_000);
    await advanceUntil(charger.clock, once(charger.station.events, 'accepted'));
    expect(await charger.csms.next('ReservationStatusUpdate')).toEqual(ended(4, 'Expired'));
  });
});
