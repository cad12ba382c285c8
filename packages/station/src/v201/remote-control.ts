import type { v21 } from '@busbar/ocpp';
import { toIdToken } from '../id-token.ts';
import type { Evse } from '../evse.ts';
import { toProfile } from '../profile-type.ts';
import type { Handlers201, Station201 } from './station201.ts';

export const remoteControl = (station: Station201): Handlers201 => ({
  RequestStartTransaction(request) {
    const { core } = station;
    const evse = candidate(station, request);
    if (core.registration !== 'Accepted' || !evse || isWrongProfile(request.chargingProfile))
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
  { evseId, idToken, groupIdToken }: v21.RequestStartTransactionRequest,
): Evse | undefined {
  const able = core.evses.filter((evse) => evse.canStart(toIdToken(idToken), groupIdToken?.idToken));
  if (evseId !== undefined) return able.find(({ id }) => id === evseId);
  return able.find(({ isPlugged }) => isPlugged) ?? able[0];
}

const isWrongProfile = (profile: v21.ChargingProfileType | undefined) =>
  profile !== undefined && (profile.chargingProfilePurpose !== 'TxProfile' || profile.transactionId !== undefined);

async function remoteStart(
  { core }: Station201,
  evse: Evse,
  request: v21.RequestStartTransactionRequest,
): Promise<void> {
  const { remoteStartId, groupIdToken, chargingProfile } = request;
  const idToken = toIdToken(request.idToken);
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
