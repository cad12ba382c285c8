import type { Core } from '../core.ts';
import { priceVariables } from '../prices/default-price.ts';
import { changedName, type VariableChange } from './device-model.ts';
import { tellSetting } from './host-settings.ts';

/** What a station does by itself, and does otherwise when a setting changes. */
export interface SettingHooks {
  isLoaded(): boolean;
  heartbeatLater(): void;
  pingAgain(): void;
  alignAgain(): void;
}

type Effect = (core: Core, hooks: SettingHooks, change: VariableChange) => void;

/** Settings that act at once on what runs: names, or the beginning of names. */
const effects: readonly (readonly [name: string, effect: Effect])[] = [
  ['OCPPCommCtrlr.HeartbeatInterval', (_core, hooks) => hooks.heartbeatLater()],
  ['OCPPCommCtrlr.WebSocketPingInterval', (_core, hooks) => hooks.pingAgain()],
  ['SecurityCtrlr.BasicAuthPassword', ({ network }) => network.credentials.changed()],
  ['SecurityCtrlr.SecurityProfile', ({ network }, _hooks, change) => network.securityProfile.changed(change)],
  ['AlignedDataCtrlr.', (_core, hooks) => hooks.alignAgain()],
  ['SampledDataCtrlr.', ({ evses }) => evses.forEach((evse) => evse.rearm())],
];

export function settingChanged(core: Core, hooks: SettingHooks, change: VariableChange): void {
  const name = changedName(change);
  if (!name) return;
  for (const [meant, effect] of effects) if (name.startsWith(meant)) effect(core, hooks, change);
  if (hooks.isLoaded()) tellSetting(core, name);
  if (priceVariables.includes(name)) core.prices.showDefault();
}
