import type { v21 } from '@busbar/ocpp';
import { toIdToken } from '../authorization/id-token.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { unlock } from '../availability/unlock.ts';
import { toProfile } from '../smart-charging/profile-type.ts';
import type { Handlers201, Station201 } from './station201.ts';

export const remoteControl = ({ core }: Station201): Handlers201 => ({
  RequestStartTransaction({ idToken, evseId, groupIdToken, remoteStartId, chargingProfile }) {
    const evse = evseId === undefined ? undefined : core.evse(evseId);
    if (evseId !== undefined && !evse) return { status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } };
    if (isWrongProfile(core, evse, chargingProfile))
      return { status: 'Rejected', statusInfo: { reasonCode: 'InvalidProfile' } };
    const answer = core.remoteStarts.request({
      evse,
      idToken: toIdToken(idToken),
      groupId: groupIdToken?.idToken,
      remoteStartId,
      profile: chargingProfile && toProfile(chargingProfile),
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

/** Only a TxProfile that could be installed there, for a transaction that has no id yet. */
function isWrongProfile(core: Core, evse: Evse | undefined, profile: v21.ChargingProfileType | undefined): boolean {
  if (!profile) return false;
  const place = evse?.id ?? core.evses[0]?.id ?? 1;
  const reasonCode = core.profiles.pendingError(toProfile(profile), place, core.profileRules);
  return profile.transactionId !== undefined || reasonCode !== undefined;
}
