import type { VariableRow } from '../device-model/variable-row.ts';

const entry = { type: 'string', access: 'RW' } as const;
const secret = { type: 'string', access: 'W' } as const;
const interfaces = [
  'Wired0',
  'Wired1',
  'Wired2',
  'Wired3',
  'Wireless0',
  'Wireless1',
  'Wireless2',
  'Wireless3',
] as const;

/** What each slot of `NetworkConfiguration` has. */
export const networkVariables = {
  Apn: { ...entry, max: 2000 },
  ApnAuthentication: { type: 'OptionList', access: 'RW', values: ['PAP', 'CHAP', 'NONE', 'AUTO'] },
  ApnEnabled: { type: 'boolean', access: 'R', default: 'false' },
  ApnPassword: { ...secret, max: 64 },
  ApnUserName: { ...entry, max: 50 },
  BasicAuthPassword: { ...secret, min: 16, max: 64 },
  CsmsRootCertificateHashAlgorithm: { ...entry, max: 50 },
  CsmsRootCertificateIssuerKeyHash: { ...entry, max: 128 },
  CsmsRootCertificateIssuerNameHash: { ...entry, max: 128 },
  CsmsRootCertificateSerialNumber: { ...entry, max: 40 },
  HostName: { type: 'string', access: 'R' },
  Identity: { ...entry, max: 48 },
  MessageTimeout: { type: 'integer', access: 'RW', min: 1, unit: 's' },
  OcppCsmsUrl: { ...entry, max: 2000 },
  OcppInterface: { type: 'OptionList', access: 'RW', values: [...interfaces, 'Any'] },
  OcppTransport: { type: 'OptionList', access: 'RW', default: 'JSON', values: ['JSON'] },
  OcppVersion: {
    type: 'OptionList',
    access: 'RW',
    values: ['OCPP12', 'OCPP15', 'OCPP16', 'OCPP20', 'OCPP201', 'OCPP21'],
  },
  PreferredNetwork: { ...entry, max: 6 },
  SecurityProfile: { type: 'integer', access: 'RW', min: 0, max: 3 },
  SimPin: { type: 'integer', access: 'W', min: 0 },
  UseOnlyPreferredNetwork: { type: 'boolean', access: 'RW', default: 'false' },
  VpnEnabled: { type: 'boolean', access: 'R', default: 'false' },
  VpnGroup: { ...entry, max: 50 },
  VpnKey: { ...secret, max: 255 },
  VpnPassword: { ...secret, max: 64 },
  VpnServer: { ...entry, max: 2000 },
  VpnType: { type: 'OptionList', access: 'RW', values: ['IKEv2', 'IPSec', 'L2TP', 'PPTP'] },
  VpnUser: { ...entry, max: 50 },
} as const satisfies Record<string, VariableRow>;

export type NetworkVariable = keyof typeof networkVariables;
