import type { Handlers, v201 } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { toProfile } from './smart-charging.ts';
import type { Station201 } from './station201.ts';

export const remoteControl = (station: Station201): Handlers<'2.0.1'> => ({
  RequestStartTransaction(request) {
    const { core } = station;
    const evse = candidate(station, request);
    if (core.registration !== 'Accepted' || !evse || isWrongProfile(core, evse, request.chargingProfile))
      return { status: 'Rejected' };
    core.later(() => remoteStart(station, evse, request));
    return { status: 'Accepted' };
  },

  RequestStopTransaction({ transactionId }) {
    const { core } = station;
    const evse = core.evses.find(({ transaction }) => transaction?.id === transactionId);
    if (core.registration !== 'Accepted' || !evse) return { status: 'Rejected' };
    core.later(() => evse.stop({ reason: 'Remote', trigger: 'RemoteStop' }));
    return { status: 'Accepted' };
  },
});

/** The EVSE asked for; else one that is plugged in; else the first that is free. */
function candidate(
  { core }: Station201,
  { evseId, idToken, groupIdToken }: v201.RequestStartTransactionRequest,
): Evse | undefined {
  const able = core.evses.filter((evse) => evse.canStart(idToken, groupIdToken?.idToken));
  if (evseId !== undefined) return able.find(({ id }) => id === evseId);
  return able.find(({ isPlugged }) => isPlugged) ?? able[0];
}

/** Only a TxProfile that could be installed there, for a transaction that has no id yet. */
function isWrongProfile(core: Core, evse: Evse, profile: v201.ChargingProfileType | undefined): boolean {
  if (!profile) return false;
  const reasonCode = core.profiles.pendingError(toProfile(profile), evse.id, core.profileRules);
  return profile.transactionId !== undefined || reasonCode !== undefined;
}

async function remoteStart(
  { core }: Station201,
  evse: Evse,
  request: v201.RequestStartTransactionRequest,
): Promise<void> {
  const { idToken, remoteStartId, groupIdToken, chargingProfile } = request;
  const mustAsk = core.variables.isOn('AuthCtrlr.AuthorizeRemoteStart');
  const info = mustAsk ? await core.authorize(idToken) : { status: 'Accepted' };
  const groupId = info.groupId ?? groupIdToken?.idToken;
  if (info.status !== 'Accepted' || !evse.canStart(idToken, groupId)) {
    core.events.emit('tokenRefused', { evseId: evse.id, idToken, status: info.status });
    return;
  }
  const profile = chargingProfile && toProfile(chargingProfile);
  evse.start({ idToken, groupId, remoteStartId }, { trigger: 'RemoteStart', profile });
}
