import type { DeviceModel } from '../device-model/device-model.ts';
import { slotValue } from './network-profiles.ts';
import type { NetworkApn, NetworkVpn, Secret } from '../station-host.ts';

const authentications = ['PAP', 'CHAP', 'NONE', 'AUTO'] as const;
const vpnTypes = ['IKEv2', 'IPSec', 'L2TP', 'PPTP'] as const;

/** The mobile network of a slot; undefined when it names none. */
export function apnOf(model: DeviceModel, slot: number): NetworkApn | undefined {
  const apn = slotValue(model, slot, 'Apn');
  if (apn === undefined) return undefined;
  const authentication = slotValue(model, slot, 'ApnAuthentication');
  return {
    apn,
    authentication: authentications.find((each) => each === authentication) ?? 'AUTO',
    userName: slotValue(model, slot, 'ApnUserName'),
    password: secretOf(slotValue(model, slot, 'ApnPassword')),
    simPin: secretOf(slotValue(model, slot, 'SimPin')),
    preferredNetwork: slotValue(model, slot, 'PreferredNetwork'),
    useOnlyPreferredNetwork: slotValue(model, slot, 'UseOnlyPreferredNetwork') === 'true',
  };
}

/** The VPN of a slot; undefined when it names none. */
export function vpnOf(model: DeviceModel, slot: number): NetworkVpn | undefined {
  const server = slotValue(model, slot, 'VpnServer');
  if (server === undefined) return undefined;
  const type = slotValue(model, slot, 'VpnType');
  return {
    server,
    type: vpnTypes.find((each) => each === type),
    user: slotValue(model, slot, 'VpnUser'),
    group: slotValue(model, slot, 'VpnGroup'),
    password: secretOf(slotValue(model, slot, 'VpnPassword')),
    key: secretOf(slotValue(model, slot, 'VpnKey')),
  };
}

const secretOf = (text: string | undefined): Secret | undefined =>
  text === undefined ? undefined : { reveal: () => text };
