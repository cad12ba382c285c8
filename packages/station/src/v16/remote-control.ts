import type { Handlers, v16 } from '@busbar/ocpp';
import type { Evse } from '../evse.ts';
import type { IdToken } from '../station-host.ts';
import { connectorOf } from './connectors.ts';
import { toProfile } from './smart-charging.ts';
import type { Station16 } from './station16.ts';

export const remoteControl = (station: Station16): Handlers<'1.6'> => ({
  RemoteStartTransaction(request) {
    const { core } = station;
    const idToken: IdToken = { idToken: request.idTag, type: 'ISO14443' };
    const evse = candidate(station, request, idToken);
    if (core.registration !== 'Accepted' || !evse || isWrongProfile(request.chargingProfile))
      return { status: 'Rejected' };
    core.later(() => remoteStart(station, { evse, idToken, request }));
    return { status: 'Accepted' };
  },

  RemoteStopTransaction({ transactionId }) {
    const { core } = station;
    const evse = core.evses.find(({ transaction }) => transaction?.csmsId === transactionId);
    if (core.registration !== 'Accepted' || !evse) return { status: 'Rejected' };
    core.later(() => evse.stop({ reason: 'Remote', trigger: 'RemoteStop' }));
    return { status: 'Accepted' };
  },
});

/** The connector asked for; else one that is plugged in; else the first that is free. */
function candidate(
  { core }: Station16,
  { connectorId }: v16.RemoteStartTransactionRequest,
  idToken: IdToken,
): Evse | undefined {
  const able = core.evses.filter((evse) => evse.canStart(idToken));
  if (connectorId !== undefined) return able.find((evse) => evse === connectorOf(core, connectorId)?.evse);
  return able.find(({ isPlugged }) => isPlugged) ?? able[0];
}

const isWrongProfile = (profile: v16.ChargingProfile | undefined) =>
  profile !== undefined && (profile.chargingProfilePurpose !== 'TxProfile' || profile.transactionId !== undefined);

async function remoteStart(
  { core }: Station16,
  { evse, idToken, request }: { evse: Evse; idToken: IdToken; request: v16.RemoteStartTransactionRequest },
): Promise<void> {
  const mustAsk = core.variables.isOn('AuthCtrlr.AuthorizeRemoteStart');
  const info = mustAsk ? await core.authorize(idToken) : { status: 'Accepted' };
  if (info.status !== 'Accepted' || !evse.canStart(idToken, info.groupId)) {
    core.events.emit('tokenRefused', { evseId: evse.id, idToken, status: info.status });
    return;
  }
  const profile = request.chargingProfile && toProfile(request.chargingProfile);
  evse.start({ idToken, groupId: info.groupId, remoteStartId: undefined }, { trigger: 'RemoteStart', profile });
}
