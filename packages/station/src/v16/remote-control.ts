import type { Handlers, v16 } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import { connectorOf } from './connectors.ts';
import { toProfile } from './smart-charging.ts';
import type { Station16 } from './station16.ts';
import { unlock } from '../availability/unlock.ts';

export const remoteControl = ({ core }: Station16): Handlers<'1.6'> => ({
  RemoteStartTransaction({ idTag, connectorId, chargingProfile }) {
    const evse = connectorId === undefined ? undefined : connectorOf(core, connectorId)?.evse;
    const isUnknown = connectorId !== undefined && !evse;
    if (isUnknown || isWrongProfile(core, evse, chargingProfile)) return { status: 'Rejected' };
    const { status } = core.remoteStarts.request({
      evse,
      idToken: { idToken: idTag, type: 'ISO14443' },
      groupId: undefined,
      remoteStartId: undefined,
      profile: chargingProfile && toProfile(chargingProfile),
    });
    return { status };
  },

  RemoteStopTransaction({ transactionId }) {
    const evse = core.evses.find(({ transaction }) => transaction?.csmsId === transactionId);
    if (core.registration !== 'Accepted' || !evse) return { status: 'Rejected' };
    core.later(() => evse.stop({ reason: 'Remote', trigger: 'RemoteStop' }));
    return { status: 'Accepted' };
  },

  /** Ends the transaction first, unless the cable is fixed and cannot be released. */
  async UnlockConnector({ connectorId }) {
    const connector = connectorOf(core, connectorId);
    if (!connector) return { status: 'NotSupported' };
    const { evse, isFixed } = connector;
    const mustStop = !isFixed || core.variables.isOn('InternalCtrlr.StopTransactionIfUnlockNotSupported');
    if (mustStop) evse.stop({ reason: 'UnlockCommand', trigger: 'UnlockCommand' });
    if (isFixed) return { status: 'NotSupported' };
    return { status: (await unlock(core, connector)) ? 'Unlocked' : 'UnlockFailed' };
  },
});

/** Only a TxProfile that could be installed there, for a transaction that has no id yet. */
function isWrongProfile(core: Core, evse: Evse | undefined, profile: v16.ChargingProfile | undefined): boolean {
  if (!profile) return false;
  const place = evse?.id ?? core.evses[0]?.id ?? 1;
  const reasonCode = core.profiles.pendingError(toProfile(profile), place, core.profileRules);
  return profile.transactionId !== undefined || reasonCode !== undefined;
}
