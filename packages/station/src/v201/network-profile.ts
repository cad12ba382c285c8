import type { v201, v21 } from '@busbar/ocpp';
import type { DeviceModel, VariableWrite } from '../device-model/device-model.ts';
import { networkVariables, type NetworkVariable } from '../connection/network-variables.ts';
import { activeSlotOf, isDowngrade, prioritySlotsOf, profileProblemOf } from '../connection/network-profiles.ts';
import { applied } from '../device-model/variable-access.ts';
import { problemOf } from '../device-model/variable-definition.ts';

/** As OCPP 2.1 has it; what 2.0.1 can say is part of it. */
type ConnectionData = v21.NetworkConnectionProfileType;

/** OCPP 2.0.1 B09: a network profile fills a slot of NetworkConfiguration, whole or not at all. */
export function setNetworkProfile(
  model: DeviceModel,
  slot: number,
  data: ConnectionData,
): v201.SetNetworkProfileResponse {
  const reasonCode = objectionTo(model, slot, data);
  if (reasonCode !== undefined) return { status: 'Rejected', statusInfo: { reasonCode } };
  const writes = writesOf(model, slot, data);
  if (writes.some(isWrong)) return { status: 'Rejected', statusInfo: { reasonCode: 'InvalidNetworkConf' } };
  const { status, reasonCode: failure } = applied(model, writes);
  return status === 'Rejected'
    ? { status: 'Failed', statusInfo: { reasonCode: failure ?? 'InternalError' } }
    : { status: 'Accepted' };
}

function objectionTo(model: DeviceModel, slot: number, data: ConnectionData): string | undefined {
  const { ocppCsmsUrl: url, securityProfile } = data;
  if (slot < 1 || slot > model.catalog.networkSlots) return 'InvalidConfSlot';
  if (isDowngrade(model, securityProfile)) return 'NoSecurityDowngrade';
  if (slot === activeSlotOf(model) || prioritySlotsOf(model).includes(slot)) return 'PriorityNetworkConf';
  if (data.ocppTransport !== 'JSON') return 'InvalidNetworkConf';
  return profileProblemOf(model, { slot, url, securityProfile });
}

/** What the profile does not tell goes back to its default. */
function writesOf(model: DeviceModel, slot: number, data: ConnectionData): VariableWrite[] {
  const values = new Map<string, string | undefined>(Object.entries(valuesOf(data)));
  return Object.keys(networkVariables).flatMap((name) => {
    const definition = model.catalog.named(`NetworkConfiguration[${slot}].${name}`);
    return definition ? [{ definition, attribute: 'Actual', value: values.get(name), source: 'csms' }] : [];
  });
}

function isWrong({ definition, value }: VariableWrite): boolean {
  return value !== undefined && problemOf(definition, value) !== undefined;
}

function valuesOf({ apn, vpn, ...data }: ConnectionData): Partial<Record<NetworkVariable, string | undefined>> {
  return {
    OcppCsmsUrl: data.ocppCsmsUrl,
    OcppInterface: data.ocppInterface,
    OcppTransport: data.ocppTransport,
    OcppVersion: data.ocppVersion,
    MessageTimeout: String(data.messageTimeout),
    SecurityProfile: String(data.securityProfile),
    Identity: data.identity,
    BasicAuthPassword: data.basicAuthPassword,
    ApnEnabled: apn && 'true',
    Apn: apn?.apn,
    ApnAuthentication: apn?.apnAuthentication,
    ApnUserName: apn?.apnUserName,
    ApnPassword: apn?.apnPassword,
    SimPin: apn?.simPin?.toString(),
    PreferredNetwork: apn?.preferredNetwork,
    UseOnlyPreferredNetwork: apn?.useOnlyPreferredNetwork?.toString(),
    VpnEnabled: vpn && 'true',
    VpnServer: vpn?.server,
    VpnUser: vpn?.user,
    VpnGroup: vpn?.group,
    VpnPassword: vpn?.password,
    VpnKey: vpn?.key,
    VpnType: vpn?.type,
  };
}
