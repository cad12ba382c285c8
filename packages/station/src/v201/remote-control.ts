import type { v21 } from '@busbar/ocpp';
import { toIdToken } from '../id-token.ts';
import { unlock } from '../unlock.ts';
import { narrow, toProfile } from './smart-charging.ts';
import type { Handlers201, Station201 } from './station201.ts';

export const remoteControl = ({ core }: Station201): Handlers201 => ({
  RequestStartTransaction({ idToken, evseId, groupIdToken, remoteStartId, chargingProfile }) {
    const evse = evseId === undefined ? undefined : core.evse(evseId);
    if (evseId !== undefined && !evse) return { status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } };
    if (isWrongProfile(chargingProfile)) return { status: 'Rejected', statusInfo: { reasonCode: 'InvalidProfile' } };
    const known = chargingProfile && narrow(chargingProfile);
    const answer = core.remoteStarts.request({
      evse,
      idToken: toIdToken(idToken),
      groupId: groupIdToken?.idToken,
      remoteStartId,
      profile: known && toProfile(known, core.clock.now()),
    });
    if (answer.status === 'Accepted') return answer;
    return { status: 'Rejected', statusInfo: { reasonCode: answer.reasonCode } };
  },

  RequestStopTransaction({ transactionId }) {
    const evse = core.evses.find(({ transaction }) => transaction?.id === transactionId);
    if (core.registration !== 'Accepted' || !evse) return { status: 'Rejected' };
    core.later(() => evse.stop({ reason: 'Remote', trigger: 'RemoteStop' }));
    return { status: 'Accepted' };
  },

  async UnlockConnector({ evseId, connectorId }) {
    const evse = core.evse(evseId);
    const connector = evse?.connectors.find(({ id }) => id === connectorId);
    if (!evse || !connector) return { status: 'UnknownConnector' };
    const isCharging = evse.isAuthorized && evse.transaction?.connectorId === connectorId;
    if (isCharging) return { status: 'OngoingAuthorizedTransaction' };
    if (connector.isFixed) return { status: 'UnlockFailed', statusInfo: { reasonCode: 'FixedCable' } };
    return { status: (await unlock(core, connector)) ? 'Unlocked' : 'UnlockFailed' };
  },
});

const isWrongProfile = (profile: v21.ChargingProfileType | undefined) =>
  profile !== undefined && (profile.chargingProfilePurpose !== 'TxProfile' || profile.transactionId !== undefined);
