import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openCharger, statusesOf, type Charger, type ChargerOptions } from './charger.ts';
import { advanceUntil } from './rig.ts';

let charger: Charger;

afterEach(() => charger.close());

async function charge(evseId = 1): Promise<void> {
  const { host, station, csms } = charger;
  const started = once(station.events, 'transactionStarted');
  host.plug(evseId, { soc: 40 });
  host.presentToken(evseId, 'CARD1');
  await started;
  await expect.poll(() => station.queuedMessages).toBe(0);
  await csms.next(station.version === '1.6' ? 'StartTransaction' : 'TransactionEvent');
}

/** The next boot, and that the CSMS has accepted it. */
async function booted(): Promise<object> {
  const accepted = once(charger.station.events, 'accepted');
  const boot = await advanceUntil(charger.clock, charger.csms.next('BootNotification'));
  await accepted;
  return boot;
}

describe('a reset in OCPP 1.6', () => {
  const open = async (options?: ChargerOptions) => {
    charger = await openCharger('1.6', options);
    await charger.csms.next('BootNotification');
  };
  const reset = (type: string) => charger.csms.call('CP1', 'Reset', { type });

  it.each([
    ['Hard', 'HardReset', '[hard_reset_with_transaction] (TC_015)'],
    ['Soft', 'SoftReset', '[soft_reset_with_transaction] (TC_016)'],
  ])('%s ends transactions with %s and tells so before it goes %s', async (type, reason) => {
    await open();
    await charge();
    expect(await reset(type)).toEqual({ status: 'Accepted' });
    expect(await charger.csms.next('StopTransaction')).toMatchObject({ reason });
    await booted();
    expect(charger.csms.received.filter(({ action }) => action === 'StopTransaction')).toHaveLength(1);
  });

  it('is refused when the host does not allow it', async () => {
    await open({ abilities: { isResetAllowed: (kind) => kind === 'Soft' } });
    expect(await reset('Hard')).toEqual({ status: 'Rejected' });
    expect(await reset('Soft')).toEqual({ status: 'Accepted' });
    await booted();
  });

  it('is tried ResetRetries times when the host fails', async () => {
    let attempts = 0;
    const abilities = { reset: () => Promise[attempts++ < 2 ? 'reject' : 'resolve'](new Error('busy')) };
    await open({ abilities: { reset: () => abilities.reset().then(() => {}) } });
    await reset('Soft');
    await booted();
    expect(attempts).toBe(3);
  });

  it.each([
    ['Hard', '[hard_reset_no_tx]'],
    ['Soft', '[soft_reset_without_tx]'],
  ])('%s leaves reservations and what is out of use as they are %s', async (type) => {
    await open({ evses: 2 });
    await charger.csms.call('CP1', 'ChangeAvailability', { connectorId: 1, type: 'Inoperative' });
    const expiryDate = new Date(charger.clock.now().getTime() + 3_600_000).toISOString();
    await charger.csms.call('CP1', 'ReserveNow', { connectorId: 2, idTag: 'VIP', reservationId: 1, expiryDate });
    await reset(type);
    await booted();
    expect([1, 2].map((id) => charger.station.statusOf(id))).toEqual(['Unavailable', 'Reserved']);
  });

  it('stops and starts again by hand: what happened in between is told (case 30) [command_stop] [command_restart]', async () => {
    await open();
    await charger.station.stop();
    expect(charger.station.isConnected).toBe(false);
    charger.host.plug(1, { soc: 40 });
    const started = once(charger.station.events, 'transactionStarted');
    charger.host.presentToken(1, 'CARD1');
    await started;
    charger.station.start();
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ idTag: 'CARD1' });
    expect(charger.station.isConnected).toBe(true);
  });
});

describe.each(['2.0.1', '2.1'] as const)('a reset in OCPP %s', (version) => {
  const open = async (options?: ChargerOptions) => {
    charger = await openCharger(version, options);
    await charger.csms.next('BootNotification');
  };
  const reset = (type: string, evseId?: number) =>
    charger.csms.call('CP1', 'Reset', { type, ...(evseId !== undefined && { evseId }) });

  it('on idle waits for transactions, and lets nobody else begin (B12) (TC_B_20, TC_B_21, TC_B_22)', async () => {
    await open({ evses: 2 });
    await charge(1);
    expect(await reset('OnIdle')).toEqual({ status: 'Scheduled' });
    await expect.poll(() => charger.station.statusOf(2)).toBe('Unavailable');
    expect(charger.station.transactionOn(1)).toBeDefined();
    const from = charger.csms.received.length;
    charger.host.unplug(1);
    expect(await booted()).toMatchObject({ reason: 'ScheduledReset' });
    await expect.poll(() => statusesOf(charger, 1, from)).toEqual(['Unavailable', 'Available']);
    await expect.poll(() => statusesOf(charger, 2, from)).toEqual(['Available']);
    expect([1, 2].map((id) => charger.station.statusOf(id))).toEqual(['Available', 'Available']);
  });

  it('on idle is forgotten when the station stops', async () => {
    await open({ evses: 2 });
    await charge(1);
    await reset('OnIdle');
    await expect.poll(() => charger.station.statusOf(2)).toBe('Unavailable');
    await charger.station.stop();
    expect(charger.station.statusOf(2)).toBe('Available');
    charger.host.unplug(1);
    const accepted = once(charger.station.events, 'accepted');
    charger.station.start();
    await accepted;
    expect(charger.station.statusOf(1)).toBe('Available');
  });

  it('is made at once although one on idle waits', async () => {
    await open();
    await charge();
    await reset('OnIdle');
    expect(await reset('Immediate')).toEqual({ status: 'Accepted' });
    expect(await booted()).toMatchObject({ reason: 'RemoteReset' });
    expect(charger.station.transactionOn(1)).toBeUndefined();
  });

  it('tells its reason after the process has died with it', async () => {
    await open({ abilities: { reset: () => new Promise(() => {}) } });
    const gone = once(charger.station.events, 'disconnected');
    expect(await reset('Immediate')).toEqual({ status: 'Accepted' });
    await gone;
    await charger.restart();
    expect(await charger.csms.next('BootNotification')).toMatchObject({ reason: 'RemoteReset' });
    await charger.restart();
    expect(await charger.csms.next('BootNotification')).toMatchObject({ reason: 'PowerUp' });
  });

  it('of one EVSE needs a host that can, and leaves the others alone (B11, B12) (TC_B_25, TC_B_26, TC_B_27)', async () => {
    const done = Promise.withResolvers<void>();
    await open({ evses: 2, abilities: { resetEvse: () => done.promise } });
    await charge(1);
    await charge(2);
    expect(await reset('Immediate', 9)).toEqual({ status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } });
    expect(await reset('OnIdle', 1)).toEqual({ status: 'Scheduled' });
    expect(await reset('Immediate', 1)).toEqual({ status: 'Accepted' });
    await expect.poll(() => charger.station.statusOf(1)).toBe('Unavailable');
    expect(charger.station.transactionOn(2)).toBeDefined();
    charger.host.unplug(1);
    done.resolve();
    await expect.poll(() => charger.station.statusOf(1)).toBe('Available');
    await expect.poll(() => statusesOf(charger, 1).at(-1)).toBe('Available');
    expect(charger.csms.received.filter(({ action }) => action === 'BootNotification')).toHaveLength(1);
  });

  it('of the station follows one of an EVSE that is under way', async () => {
    const done = Promise.withResolvers<void>();
    await open({ evses: 2, abilities: { resetEvse: () => done.promise } });
    expect(await reset('Immediate', 1)).toEqual({ status: 'Accepted' });
    expect(await reset('Immediate')).toEqual({ status: 'Accepted' });
    done.resolve();
    expect(await booted()).toMatchObject({ reason: 'RemoteReset' });
  });

  it('of one EVSE is refused when the host cannot', async () => {
    await open();
    const statusInfo = { reasonCode: 'UnsupportedRequest' };
    expect(await reset('Immediate', 1)).toEqual({ status: 'Rejected', statusInfo });
  });
});

describe('a reset with resumption in OCPP 2.1', () => {
  it('keeps the transaction where the host lets it go on (B13)', async () => {
    charger = await openCharger('2.1', { abilities: { resumes: () => true } });
    await charger.csms.next('BootNotification');
    await charge();
    const id = charger.station.transactionOn(1)?.id;
    expect(await charger.csms.call('CP1', 'Reset', { type: 'ImmediateAndResume' })).toEqual({ status: 'Accepted' });
    await booted();
    expect(charger.station.transactionOn(1)?.id).toBe(id);
    await expect
      .poll(() => charger.csms.received.map(({ payload }) => payload))
      .toContainEqual(expect.objectContaining({ triggerReason: 'TxResumed' }));
    const ended = once(charger.station.events, 'transactionEnded');
    charger.host.unplug(1);
    expect(await ended).toMatchObject([{ id }, { reason: 'EVDisconnected' }]);
  });

  it('is refused where transactions cannot go on', async () => {
    charger = await openCharger('2.1');
    const statusInfo = { reasonCode: 'UnsupportedRequest' };
    const answer = charger.csms.call('CP1', 'Reset', { type: 'ImmediateAndResume' });
    expect(await answer).toEqual({ status: 'Rejected', statusInfo });
  });
});
