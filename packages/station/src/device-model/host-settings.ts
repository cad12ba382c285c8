import type { Core } from '../core.ts';
import type { VariableName } from './standard-variables.ts';

/** Settings that concern the host as well, and how it hears of them. */
const told: Partial<Record<VariableName, (core: Core) => void>> = {
  'TxCtrlr.EVConnectionTimeOut': ({ host, variables }) =>
    host.setConnectionTimeout?.(variables.number('TxCtrlr.EVConnectionTimeOut')),
  'AuthCtrlr.MasterPassGroupId': ({ host, variables }) =>
    host.setMasterPassGroup?.(variables.get('AuthCtrlr.MasterPassGroupId')),
};

/** The host has come: it hears what holds. */
export function tellSettings(core: Core): void {
  for (const tell of Object.values(told)) tell?.(core);
}

/** A setting has another value. */
export function tellSetting(core: Core, name: VariableName): void {
  told[name]?.(core);
}
