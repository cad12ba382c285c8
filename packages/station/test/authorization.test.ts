import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openCharger, statusesOf, type Charger, type ChargerOptions } from './charger.ts';
import type { Csms } from './csms.ts';
import { advanceUntil } from './rig.ts';

let charger: Charger;

afterEach(() => charger.close());

const countOf = (action: string) => charger.csms.received.filter((each) => each.action === action).length;

const local = { 'AuthCtrlr.LocalPreAuthorize': 'true' } as const;

async function refusal(act: () => void): Promise<string> {
  const refused = once(charger.station.events, 'tokenRefused');
  act();
  const [{ status }] = await refused;
  return status;
}

async function online(): Promise<void> {
  await advanceUntil(charger.clock, once(charger.station.events, 'accepted'));
}

describe('authorization in OCPP 1.6', () => {
  const open = async (options?: ChargerOptions) => (charger = await openCharger('1.6', options));
  const answer = (csms: Csms, action: 'Authorize' | 'StartTransaction', idTagInfo: object) =>
    csms.answer(action, () => ({ ...(action === 'StartTransaction' && { transactionId: 4711 }), idTagInfo }));

  async function start(idTag: string, evseId = 1): Promise<void> {
    const confirmed = once(charger.station.events, 'transactionConfirmed');
    if (!charger.host.isPlugged(evseId)) charger.host.plug(evseId, { soc: 40 });
    charger.host.presentToken(evseId, idTag);
    await confirmed;
    await charger.csms.next('StartTransaction');
  }

  it('lets a token of the same parent stop, and no other (case 39) [authorize_parent_id_1] [stop_transaction_parent_id_tag] (TC_068, TC_069)', async () => {
    await open({
      prepare: (csms) =>
        csms.answer('Authorize', (request) => ({
          idTagInfo: { status: 'Accepted', ...(!JSON.stringify(request).includes('OTHER') && { parentIdTag: 'P' }) },
        })),
    });
    await start('A');
    expect(await refusal(() => charger.host.presentToken(1, 'OTHER'))).toBe('Occupied');
    charger.host.presentToken(1, 'B');
    expect(await charger.csms.next('StopTransaction')).toMatchObject({ transactionId: 4711, idTag: 'B' });
  });

  it('takes the parent from the answer to the start [stop_transaction_parent_id_tag_in_start_transaction]', async () => {
    await open({
      settings: { 'AuthCtrlr.AuthorizeRemoteStart': 'false' },
      prepare(csms) {
        answer(csms, 'StartTransaction', { status: 'Accepted', parentIdTag: 'P' });
        answer(csms, 'Authorize', { status: 'Accepted', parentIdTag: 'P' });
      },
    });
    charger.host.plug(1);
    await charger.csms.call('CP1', 'RemoteStartTransaction', { idTag: 'A', connectorId: 1 });
    await once(charger.station.events, 'transactionConfirmed');
    charger.host.presentToken(1, 'B');
    expect(await charger.csms.next('StopTransaction')).toMatchObject({ idTag: 'B' });
  });

  it('starts a cached token without asking, also after a power cut (case 40) (7.1 everything else) [authorization_cache_entry_2] [regular_charge_session_cached_id] (TC_007)', async () => {
    await open({ settings: local });
    await start('CARD');
    charger.host.unplug(1);
    await charger.csms.next('StopTransaction');
    await charger.restart();
    await start('card');
    expect(countOf('Authorize')).toBe(1);
    expect(JSON.stringify([...charger.store.entries('authorizationCache')])).not.toMatch(/card/i);
  });

  it('starts a cached token offline, and lets another of its group stop it afterwards (case 40) [authorization_cache_entry_1]', async () => {
    await open({
      settings: {
        ...local,
        'AuthCtrlr.LocalAuthorizeOffline': 'true',
        'AuthCtrlr.OfflineTxForUnknownIdEnabled': 'false',
      },
      prepare(csms) {
        for (const action of ['Authorize', 'StartTransaction'] as const)
          answer(csms, action, { status: 'Accepted', parentIdTag: 'P' });
      },
    });
    for (const card of ['A', 'B']) {
      await start(card);
      charger.host.presentToken(1, card);
      await charger.csms.next('StopTransaction');
      charger.host.unplug(1);
    }
    const gone = once(charger.station.events, 'disconnected');
    charger.station.drop();
    await gone;
    expect(await refusal(() => charger.host.presentToken(1, 'STRANGER'))).toBe('Invalid');
    const started = once(charger.station.events, 'transactionStarted');
    charger.host.presentToken(1, 'A');
    charger.host.plug(1, { soc: 40 });
    await started;
    await online();
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ idTag: 'A' });
    charger.host.presentToken(1, 'B');
    expect(await charger.csms.next('StopTransaction')).toMatchObject({ idTag: 'B' });
    expect(countOf('Authorize')).toBe(2);
  });

  it('asks again when the expiry date of a cached token is over (case 40) [authorization_cache_entry_3]', async () => {
    const expiryDate = new Date(Date.now() + 3_600_000).toISOString();
    await open({
      settings: local,
      prepare(csms) {
        for (const action of ['Authorize', 'StartTransaction'] as const)
          answer(csms, action, { status: 'Accepted', expiryDate });
      },
    });
    await start('CARD');
    charger.host.unplug(1);
    charger.clock.advance(3_700_000);
    await start('CARD');
    expect(countOf('Authorize')).toBe(2);
  });

  it('learns from the answers to starts and stops (case 40)', async () => {
    await open({
      settings: { ...local, 'AuthCtrlr.AuthorizeRemoteStart': 'false' },
    });
    const confirmed = once(charger.station.events, 'transactionConfirmed');
    charger.host.plug(1, { soc: 40 });
    await charger.csms.call('CP1', 'RemoteStartTransaction', { idTag: 'CARD', connectorId: 1 });
    await confirmed;
    charger.host.unplug(1);
    await charger.csms.next('StopTransaction');
    await start('CARD');
    expect(countOf('Authorize')).toBe(0);
    charger.csms.answer('StopTransaction', () => ({ idTagInfo: { status: 'Blocked' } }));
    charger.host.presentToken(1, 'CARD');
    await charger.csms.next('StopTransaction');
    await expect.poll(() => charger.station.queuedMessages).toBe(0);
    charger.host.presentToken(1, 'CARD');
    await expect.poll(() => countOf('Authorize')).toBe(1);
  });

  it('forgets the cache when it is told to (TC_061) [clear_authorization_data_cache]', async () => {
    await open({ settings: local });
    await start('CARD');
    charger.host.unplug(1);
    expect(await charger.csms.call('CP1', 'ClearCache', {})).toEqual({ status: 'Accepted' });
    await start('CARD');
    expect(countOf('Authorize')).toBe(2);
    await charger.csms.call('CP1', 'ChangeConfiguration', { key: 'AuthorizationCacheEnabled', value: 'false' });
    expect(await charger.csms.call('CP1', 'ClearCache', {})).toEqual({ status: 'Rejected' });
  });

  it.each(['Invalid', 'Blocked', 'Expired', 'ConcurrentTx'])(
    'starts nothing for a token that is %s [authorize_invalid] [authorize_invalid_blocked_expired] (TC_023)',
    async (status) => {
      await open({ prepare: (csms) => answer(csms, 'Authorize', { status }) });
      charger.host.plug(1);
      expect(await refusal(() => charger.host.presentToken(1, 'CARD'))).toBe(status);
      expect(charger.station.statusOf(1)).toBe('Preparing');
    },
  );

  it('survives an answer that says nothing, and asks again (case 24) [wrong_auth_payload]', async () => {
    await open({ strict: [], prepare: (csms) => answer(csms, 'Authorize', {}) });
    charger.host.plug(1);
    await refusal(() => charger.host.presentToken(1, 'CARD'));
    charger.csms.answer('Authorize', () => ({ idTagInfo: { status: 'Accepted' } }));
    charger.host.presentToken(1, 'CARD');
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ idTag: 'CARD' });
    expect(charger.csms.received.filter(({ action }) => action === 'Authorize')).toHaveLength(2);
  });

  it('starts a stranger offline where it may, and tells when that was (case 15) [offline_start_transaction] (TC_037)', async () => {
    await open();
    await charger.goOffline();
    charger.host.plug(1);
    charger.host.presentToken(1, 'CARD');
    await once(charger.station.events, 'transactionStarted');
    const timestamp = charger.clock.now().toISOString();
    charger.clock.advance(2000);
    await online();
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ timestamp, idTag: 'CARD' });
    await expect.poll(() => statusesOf(charger, 1).at(-1)).toBe('Charging');
    charger.host.presentToken(1, 'CARD');
    expect(await charger.csms.next('StopTransaction')).not.toHaveProperty('reason');
  });

  it.each([
    {
      title:
        'goes on without energy when the CSMS does not know who began offline (case 16) [offline_start_transaction_restore]',
      stops: 'false',
      status: 'SuspendedEVSE',
      reason: 'Local',
    },
    {
      title: 'ends when the CSMS does not know who began offline (case 17) [offline_start_transaction_restore_flow]',
      stops: 'true',
      status: 'Finishing',
      reason: 'DeAuthorized',
    },
  ])('$title', async ({ stops, status, reason }) => {
    await open({
      settings: { 'TxCtrlr.StopTxOnInvalidId': stops },
      prepare: (csms) => answer(csms, 'StartTransaction', { status: 'Invalid' }),
    });
    await charger.goOffline();
    charger.host.plug(1);
    charger.host.presentToken(1, 'CARD');
    await once(charger.station.events, 'transactionStarted');
    await online();
    await expect.poll(() => statusesOf(charger, 1).at(-1)).toBe(status);
    if (stops === 'false') charger.host.presentToken(1, 'CARD');
    const stop = await charger.csms.next('StopTransaction');
    expect('reason' in stop ? stop.reason : 'Local').toBe(reason);
  });

  it.each(['CARD', 'CARD2'])('starts the next transaction from Finishing with %s (OCPP 1.6, 4.9, F2)', async (next) => {
    await open();
    await start('CARD');
    charger.host.presentToken(1, 'CARD');
    await charger.csms.next('StopTransaction');
    await start(next);
    expect(charger.station.transactionOn(1)?.idToken).toMatchObject({ idToken: next });
    await expect.poll(() => statusesOf(charger, 1).slice(-2)).toEqual(['Finishing', 'Preparing']);
  });

  it('serves several connectors with one reader (TC_006) [one_reader_for_multiple_connectors] [regular_charging_session_identification]', async () => {
    await open({ evses: 2 });
    charger.host.presentToken(0, 'FIRST');
    await charger.csms.next('Authorize');
    charger.host.plug(2);
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ connectorId: 2, idTag: 'FIRST' });
    charger.host.plug(1);
    charger.host.presentToken(0, 'SECOND');
    expect(await charger.csms.next('StartTransaction')).toMatchObject({ connectorId: 1, idTag: 'SECOND' });
    expect(await refusal(() => charger.host.presentToken(0, 'THIRD'))).toBe('Occupied');
    charger.host.presentToken(0, 'first');
    await charger.csms.next('StopTransaction');
    expect(charger.station.transactionOn(2)).toBeUndefined();
    expect(charger.station.transactionOn(1)).toBeDefined();
  });

  it('lets a token at the common reader wait no longer than for a plug, or until it is taken back', async () => {
    await open({ evses: 2, settings: { 'TxCtrlr.EVConnectionTimeOut': '30' } });
    charger.host.presentToken(0, 'CARD');
    await charger.csms.next('Authorize');
    await charger.csms.call('CP1', 'ClearCache', {});
    charger.clock.advance(30_000);
    charger.host.plug(1);
    expect(charger.station.transactionOn(1)).toBeUndefined();
    expect(charger.station.statusOf(1)).toBe('Preparing');
  });
});

describe('the local list in OCPP 1.6', () => {
  const open = async (options?: ChargerOptions) => (charger = await openCharger('1.6', options));
  const send = (listVersion: number, updateType: string, entries: object[]) =>
    charger.csms.call('CP1', 'SendLocalList', { listVersion, updateType, localAuthorizationList: entries });
  const entry = (idTag: string, status = 'Accepted') => ({ idTag, idTagInfo: { status } });
  const version = () => charger.csms.call('CP1', 'GetLocalListVersion', {});

  it('has the version of its last update, also after a power cut (case 44) (7.1 everything else) [send_local_list_ver_mismatch] (TC_042, TC_043)', async () => {
    await open();
    expect(await version()).toEqual({ listVersion: 0 });
    expect(await send(20, 'Full', [entry('A'), entry('B')])).toEqual({ status: 'Accepted' });
    expect(await send(5, 'Differential', [entry('C')])).toEqual({ status: 'VersionMismatch' });
    expect(await send(20, 'Differential', [entry('C')])).toEqual({ status: 'VersionMismatch' });
    expect(await version()).toEqual({ listVersion: 20 });
    expect(await send(21, 'Differential', [{ idTag: 'A' }])).toEqual({ status: 'Accepted' });
    await charger.restart();
    expect(await version()).toEqual({ listVersion: 21 });
    expect([...charger.store.entries('localList')]).toHaveLength(1);
    expect(await send(22, 'Full', [])).toEqual({ status: 'Accepted' });
    expect(await version()).toEqual({ listVersion: 0 });
  });

  it('changes nothing when it cannot change all [send_local_list_failed]', async () => {
    await open({
      settings: { 'LocalAuthListCtrlr.ItemsPerMessage': '2', 'LocalAuthListCtrlr.BytesPerMessage': '150' },
    });
    expect(await send(1, 'Full', [entry('A')])).toEqual({ status: 'Accepted' });
    const failed = { status: 'Failed' };
    expect(await send(2, 'Differential', [entry('B'), entry('b')])).toEqual(failed);
    expect(await send(2, 'Full', [{ idTag: 'B' }])).toEqual(failed);
    expect(await send(2, 'Full', [entry('B'), entry('C'), entry('D')])).toEqual(failed);
    const long = { status: 'Accepted', parentIdTag: 'x'.repeat(20), expiryDate: '2040-01-01T00:00:00.000Z' };
    expect(
      await send(2, 'Full', [
        { idTag: 'B', idTagInfo: long },
        { idTag: 'C', idTagInfo: long },
      ]),
    ).toEqual(failed);
    expect(await send(0, 'Full', [entry('B')])).toEqual(failed);
    expect(await version()).toEqual({ listVersion: 1 });
  });

  it('has the version of each update, and 0 when it was emptied [get_local_list_version_flow]', async () => {
    await open();
    const accepted = { status: 'Accepted' };
    const flow: [number, string, object[], number][] = [
      [1, 'Full', [entry('A'), entry('B')], 1],
      [2, 'Differential', [entry('C')], 2],
      [5, 'Differential', [{ idTag: 'A' }], 5],
      [3, 'Full', [entry('D')], 3],
      [0, 'Full', [], 0],
      [1, 'Differential', [entry('A')], 1],
    ];
    for (const [listVersion, type, entries, now] of flow) {
      expect(await send(listVersion, type, entries)).toEqual(accepted);
      expect(await version()).toEqual({ listVersion: now });
    }
  });

  it('takes no token that is longer than OCPP 1.6 has [send_local_lost_large_token]', async () => {
    await open({ strict: [], settings: { 'AuthCtrlr.AuthorizeRemoteStart': 'false' } });
    const [kept, long] = ['x'.repeat(20), 'x'.repeat(31)];
    await send(1, 'Full', [entry(kept)]);
    const tooLong = { rpcErrorCode: 'PropertyConstraintViolation' };
    await expect(send(2, 'Differential', [entry(long)])).rejects.toMatchObject(tooLong);
    expect(await version()).toEqual({ listVersion: 1 });
    const start = charger.csms.call('CP1', 'RemoteStartTransaction', { idTag: long, connectorId: 1 });
    await expect(start).rejects.toMatchObject(tooLong);
    charger.host.plug(1);
    expect(await refusal(() => charger.host.presentToken(1, long))).toBe('Invalid');
    expect(countOf('Authorize')).toBe(0);
  });

  it('is not there when it is disabled [send_local_list_not_supported]', async () => {
    await open({ settings: { 'LocalAuthListCtrlr.Enabled': 'false' } });
    expect(await version()).toEqual({ listVersion: -1 });
    expect(await send(1, 'Full', [])).toEqual({ status: 'NotSupported' });
  });

  it('tells the CSMS when it says otherwise than its list', async () => {
    await open();
    await send(1, 'Full', [entry('GOOD', 'Blocked')]);
    charger.host.plug(1);
    charger.host.presentToken(1, 'GOOD');
    await charger.csms.next('StartTransaction');
    const isConflict = ({ payload }: { payload: object }) =>
      'errorCode' in payload && payload.errorCode === 'LocalListConflict';
    await expect.poll(() => charger.csms.received.find(isConflict)?.payload).toMatchObject({ connectorId: 0 });
  });

  it('comes before the cache, and its refusals hold offline [start_charging_id_in_authorization_list]', async () => {
    await open({ settings: local });
    await send(1, 'Full', [entry('GOOD'), entry('BAD', 'Blocked')]);
    charger.host.plug(1);
    charger.host.presentToken(1, 'good');
    await charger.csms.next('StartTransaction');
    expect(countOf('Authorize')).toBe(0);
    charger.host.presentToken(1, 'good');
    await charger.csms.next('StopTransaction');
    await charger.goOffline();
    expect(await refusal(() => charger.host.presentToken(1, 'BAD'))).toBe('Blocked');
  });
});

describe.each(['2.0.1', '2.1'] as const)('authorization in OCPP %s', (version) => {
  const open = async (options?: ChargerOptions) => (charger = await openCharger(version, options));
  const card = (idToken: string) => ({ idToken, type: 'ISO14443' }) as const;
  const group = { idToken: 'FLEET', type: 'Central' };

  async function start(idToken: string): Promise<void> {
    const started = once(charger.station.events, 'transactionStarted');
    if (!charger.host.isPlugged(1)) charger.host.plug(1, { soc: 40 });
    charger.host.presentToken(1, card(idToken));
    await started;
  }

  async function stopped(act: () => void): Promise<unknown> {
    const ended = once(charger.station.events, 'transactionEnded');
    act();
    const [, end] = await ended;
    return end;
  }

  it('stops for the same group from the cache, and not for one that is blocked (case 61) [c09]', async () => {
    await open({
      settings: local,
      prepare: (csms) =>
        csms.answer('Authorize', (request) => ({
          idTokenInfo: {
            status: JSON.stringify(request).includes('BAD') ? 'Blocked' : 'Accepted',
            groupIdToken: group,
          },
        })),
    });
    for (const token of ['B', 'A']) {
      await start(token);
      await stopped(() => charger.host.unplug(1));
    }
    await start('A');
    expect(await refusal(() => charger.host.presentToken(1, card('BAD')))).toBe('Blocked');
    const asked = countOf('Authorize');
    expect(await stopped(() => charger.host.presentToken(1, card('B')))).toMatchObject({ idToken: card('B') });
    expect(countOf('Authorize')).toBe(asked);
  });

  it('learns the group from the answer to a transaction event (case 59) [id_token_info_updated_in_tx_event]', async () => {
    await open({
      prepare(csms) {
        csms.answer('TransactionEvent', (event) =>
          'idToken' in event ? { idTokenInfo: { status: 'Accepted', groupIdToken: group } } : {},
        );
        csms.answer('Authorize', (request) => ({
          idTokenInfo: { status: 'Accepted', ...(JSON.stringify(request).includes('"B"') && { groupIdToken: group }) },
        }));
      },
    });
    await start('A');
    await expect.poll(() => charger.station.transactionOn(1)?.groupId).toBe('FLEET');
    expect(await stopped(() => charger.host.presentToken(1, card('B')))).toMatchObject({ trigger: 'StopAuthorized' });
  });

  it('keeps cached tokens for LifeTime after their last use (case 61) [c10_c11_c12]', async () => {
    await open({ settings: { ...local, 'AuthCacheCtrlr.LifeTime': '600' } });
    for (const waitMs of [0, 500_000, 500_000]) {
      charger.clock.advance(waitMs);
      await start('A');
      await stopped(() => charger.host.unplug(1));
    }
    expect(countOf('Authorize')).toBe(1);
    charger.clock.advance(601_000);
    await start('A');
    expect(countOf('Authorize')).toBe(2);
    await stopped(() => charger.host.unplug(1));
    expect(await charger.csms.call('CP1', 'ClearCache', {})).toEqual({ status: 'Accepted' });
    await start('A');
    expect(countOf('Authorize')).toBe(3);
  });

  it('starts strangers offline by its switch only, and does not remember them (case 61) [c15]', async () => {
    await open({ settings: local });
    await charger.goOffline();
    await start('A');
    await stopped(() => charger.host.unplug(1));
    expect([...charger.store.entries('authorizationCache')]).toEqual([]);
    await online();
    const setVariableData = [
      { attributeValue: 'false', component: { name: 'AuthCtrlr' }, variable: { name: 'OfflineTxForUnknownIdEnabled' } },
    ];
    await charger.csms.call('CP1', 'SetVariables', { setVariableData });
    await charger.goOffline();
    charger.host.plug(1);
    expect(await refusal(() => charger.host.presentToken(1, card('NEW')))).toBe('Invalid');
  });

  it.each([
    {
      stops: 'true',
      told: { eventType: 'Ended', triggerReason: 'Deauthorized', transactionInfo: { stoppedReason: 'DeAuthorized' } },
    },
    {
      stops: 'false',
      told: {
        eventType: 'Updated',
        triggerReason: 'Deauthorized',
        transactionInfo: { chargingState: 'SuspendedEVSE' },
      },
    },
  ])(
    'does with a stranger who began offline as StopTxOnInvalidId $stops has it (C15.FR.04, C15.FR.06) [c15]',
    async ({ stops, told }) => {
      await open({
        settings: { 'TxCtrlr.StopTxOnInvalidId': stops },
        prepare: (csms) =>
          csms.answer('TransactionEvent', (event) =>
            'idToken' in event ? { idTokenInfo: { status: 'Invalid' } } : {},
          ),
      });
      await charger.goOffline();
      await start('STRANGER');
      await online();
      await expect
        .poll(() => charger.csms.received.map(({ payload }) => payload))
        .toContainEqual(
          expect.objectContaining({ ...told, transactionInfo: expect.objectContaining(told.transactionInfo) }),
        );
    },
  );

  it('lets who began offline stop when it is online again (C15.FR.02, C15.FR.08) [c15]', async () => {
    await open();
    await charger.goOffline();
    await start('A');
    await online();
    expect(await stopped(() => charger.host.presentToken(1, card('A')))).toMatchObject({ idToken: card('A') });
    await expect
      .poll(() => charger.csms.received.at(-1)?.payload)
      .toMatchObject({ eventType: 'Ended', idToken: card('A') });
  });

  it('asks the list before the cache, and the CSMS about what the list refuses (case 61) [C13] [C14] [D01_D02]', async () => {
    await open({ settings: local });
    await start('A');
    await stopped(() => charger.host.unplug(1));
    const entry = { idToken: card('A'), idTokenInfo: { status: 'Blocked' } };
    const list = { versionNumber: 3, updateType: 'Full', localAuthorizationList: [entry] };
    expect(await charger.csms.call('CP1', 'SendLocalList', list)).toEqual({ status: 'Accepted' });
    expect(await charger.csms.call('CP1', 'GetLocalListVersion', {})).toEqual({ versionNumber: 3 });
    await start('A');
    expect(countOf('Authorize')).toBe(2);
    await stopped(() => charger.host.unplug(1));
    await charger.goOffline();
    charger.host.plug(1);
    expect(await refusal(() => charger.host.presentToken(1, card('A')))).toBe('Blocked');
  });

  it('lets the master pass stop everything, and start nothing (C16) (TC_C_47, TC_C_48, TC_C_49)', async () => {
    await open({
      evses: 2,
      settings: { 'AuthCtrlr.MasterPassGroupId': 'MASTER' },
      prepare: (csms) =>
        csms.answer('Authorize', (request) => ({
          idTokenInfo: {
            status: 'Accepted',
            ...(JSON.stringify(request).includes('POLICE') && { groupIdToken: { idToken: 'master', type: 'Central' } }),
          },
        })),
    });
    charger.host.plug(2);
    expect(await refusal(() => charger.host.presentToken(2, card('POLICE')))).toBe('MasterPass');
    await start('A');
    expect(await stopped(() => charger.host.presentToken(0, card('POLICE')))).toMatchObject({ reason: 'MasterPass' });
  });

  it('never asks about tokens of the CSMS, nor where nobody must be authorised (C01, C02)', async () => {
    await open();
    charger.host.plug(1);
    charger.host.presentToken(1, { idToken: '', type: 'NoAuthorization' });
    await once(charger.station.events, 'transactionStarted');
    expect(countOf('Authorize')).toBe(0);
    expect([...charger.store.entries('authorizationCache')]).toEqual([]);
  });

  it('runs two transactions side by side, each with its own token and numbers (case 58) [two_parallel_transactions]', async () => {
    await open({ evses: 2 });
    for (const evseId of [1, 2]) {
      const started = once(charger.station.events, 'transactionStarted');
      charger.host.plug(evseId);
      charger.host.presentToken(evseId, card(`CARD${evseId}`));
      await started;
    }
    charger.clock.advance(2000);
    for (const evseId of [2, 1]) await stopped(() => charger.host.presentToken(evseId, card(`CARD${evseId}`)));
    await expect.poll(() => charger.station.queuedMessages).toBe(0);
    const events = charger.csms.received.flatMap(({ action, payload }) =>
      action === 'TransactionEvent' && 'evse' in payload && 'seqNo' in payload && 'eventType' in payload
        ? [payload]
        : [],
    );
    for (const id of [1, 2]) {
      const own = events.filter(({ evse }) => JSON.stringify(evse).includes(`"id":${id}`));
      expect(own.map(({ seqNo }) => seqNo)).toEqual(own.map((_, index) => index));
      expect(own.at(-1)).toMatchObject({ eventType: 'Ended', idToken: card(`CARD${id}`) });
    }
  });

  it('refuses a token at an EVSE that is not meant for it', async () => {
    await open({
      evses: 2,
      prepare: (csms) => csms.answer('Authorize', () => ({ idTokenInfo: { status: 'Accepted', evseId: [2] } })),
    });
    charger.host.plug(1);
    expect(await refusal(() => charger.host.presentToken(1, card('A')))).toBe('NotAtThisLocation');
  });
});
