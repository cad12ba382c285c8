import type { DeviceModel } from '../device-model/device-model.ts';
import { isVariableName } from '../device-model/standard-variables.ts';
import type { NetworkVariable } from './network-variables.ts';

/** How a station may reach its CSMS: one slot of NetworkConfiguration, completed from what holds for all slots. */
export interface NetworkProfile {
  /** From 1. */
  slot: number;
  /** `ws:` or `wss:`, without the identity. */
  url: string | undefined;
  /** 0 to 3. */
  securityProfile: number | undefined;
  identity: string;
  password: string | undefined;
  /** s. */
  messageTimeoutS: number;
  ocppVersion: string | undefined;
  ocppInterface: string | undefined;
}

export function networkProfileOf(model: DeviceModel, slot: number): NetworkProfile {
  const securityProfile = slotValue(model, slot, 'SecurityProfile');
  const confirmed = slot === activeSlotOf(model) ? confirmedProfileOf(model) : undefined;
  return {
    slot,
    url: slotValue(model, slot, 'OcppCsmsUrl'),
    securityProfile: securityProfile === undefined ? confirmed : Number(securityProfile),
    identity: slotValue(model, slot, 'Identity') ?? model.get('SecurityCtrlr.Identity'),
    password:
      slotValue(model, slot, 'BasicAuthPassword') ?? (model.get('SecurityCtrlr.BasicAuthPassword') || undefined),
    messageTimeoutS: Number(
      slotValue(model, slot, 'MessageTimeout') ?? model.get('OCPPCommCtrlr.MessageTimeout[Default]'),
    ),
    ocppVersion: slotValue(model, slot, 'OcppVersion'),
    ocppInterface: slotValue(model, slot, 'OcppInterface'),
  };
}

/** The slots to try, in order; what is no slot is left out. */
export function prioritySlotsOf(model: DeviceModel): number[] {
  return model
    .list('OCPPCommCtrlr.NetworkConfigurationPriority')
    .map(Number)
    .filter((slot) => Number.isInteger(slot) && slot >= 1 && slot <= model.catalog.networkSlots);
}

export function activeSlotOf(model: DeviceModel): number {
  return model.number('OCPPCommCtrlr.ActiveNetworkProfile');
}

/** The security profile of the connection that the CSMS has accepted. */
export function confirmedProfileOf(model: DeviceModel): number {
  return model.number('SecurityCtrlr.SecurityProfile');
}

/** Why the station could not connect by this slot, as a reason code of OCPP 2.1; undefined when it could. */
export function profileProblemOf(
  model: DeviceModel,
  profile: Pick<NetworkProfile, 'slot' | 'url' | 'securityProfile'>,
): 'InvalidNetworkConf' | 'NoSecurityDowngrade' | undefined {
  const { slot, url, securityProfile } = profile;
  const isActive = slot === activeSlotOf(model);
  if (url === undefined || securityProfile === undefined || !isWebSocketUrl(url)) return 'InvalidNetworkConf';
  if (isDowngrade(model, securityProfile)) return 'NoSecurityDowngrade';
  // The active slot has shown that it works.
  if (isActive) return undefined;
  const isPossible = isSecure(url) === securityProfile >= 2 && hasMeans(model, securityProfile);
  return isPossible ? undefined : 'InvalidNetworkConf';
}

/** True when the profile is below the confirmed one; OCPP 2.1 may allow a step from 3 to 2, and none to 1. */
export function isDowngrade(model: DeviceModel, securityProfile: number): boolean {
  const confirmed = confirmedProfileOf(model);
  const isAllowed = securityProfile === 2 && model.isOn('SecurityCtrlr.AllowSecurityProfileDowngrade');
  return securityProfile < confirmed && !isAllowed;
}

export function isWebSocketUrl(url: string): boolean {
  return URL.canParse(url) && ['ws:', 'wss:'].includes(new URL(url).protocol);
}

/** OCPP 2.x A05: what the TLS profiles need beside a password. */
function hasMeans({ security }: DeviceModel, securityProfile: number): boolean {
  if (securityProfile >= 2 && !security.hasCsmsRoot()) return false;
  return securityProfile < 3 || security.hasClientCertificate();
}

const isSecure = (url: string) => new URL(url).protocol === 'wss:';

/** Undefined when it is empty. */
export function slotValue(model: DeviceModel, slot: number, variable: NetworkVariable): string | undefined {
  const name = `NetworkConfiguration[${slot}].${variable}`;
  return (isVariableName(name) && model.get(name)) || undefined;
}
