import type { v21 } from '@busbar/ocpp';
import { profileError, setNetworkValues, slotCount } from '../network-profiles.ts';
import type { Handlers201, Station201 } from './station201.ts';

type Refusal = { status: 'Rejected' | 'Failed'; reasonCode: string };

/** SetNetworkProfile fills the variables of a slot: OCPP 2.0.1 B09. */
export const network = (station: Station201): Handlers201 => ({
  SetNetworkProfile({ configurationSlot: slot, connectionData }) {
    const refusal = refusalOf(station, slot, connectionData);
    if (refusal) return { status: refusal.status, statusInfo: { reasonCode: refusal.reasonCode } };
    const { ocppCsmsUrl, ocppInterface, ocppTransport, ocppVersion, messageTimeout, securityProfile } = connectionData;
    setNetworkValues(station.core, slot, {
      OcppCsmsUrl: ocppCsmsUrl,
      OcppInterface: ocppInterface,
      OcppTransport: ocppTransport,
      OcppVersion: ocppVersion,
      MessageTimeout: String(messageTimeout),
      SecurityProfile: String(securityProfile),
      Identity: connectionData.identity,
      BasicAuthPassword: connectionData.basicAuthPassword,
    });
    return { status: 'Accepted' };
  },
});

function refusalOf(
  { core }: Station201,
  slot: number,
  { ocppCsmsUrl: url, ocppTransport, securityProfile }: v21.NetworkConnectionProfileType,
): Refusal | undefined {
  const { network: known } = core;
  if (slot < 1 || slot > slotCount) return { status: 'Rejected', reasonCode: 'InvalidConfSlot' };
  const isInUse = known.current?.slot === slot || known.usableSlots().includes(slot);
  if (isInUse && core.version === '2.1') return { status: 'Rejected', reasonCode: 'PriorityNetworkConf' };
  if (securityProfile < Math.max(known.securityProfile.value, known.securityProfile.confirmed))
    return { status: 'Rejected', reasonCode: 'NoSecurityDowngrade' };
  const fault = profileError({ url, securityProfile });
  if (fault || ocppTransport === 'SOAP') return { status: 'Rejected', reasonCode: 'InvalidNetworkConf' };
  const needsPassword = securityProfile === 1 || securityProfile === 2;
  if (needsPassword && known.credentials.password === undefined)
    return { status: 'Failed', reasonCode: 'MissingPassword' };
  if (securityProfile === 3 && !core.certificates.hasOwn) return { status: 'Failed', reasonCode: 'NoCertificate' };
  return undefined;
}
