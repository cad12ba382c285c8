import type { AlignedData } from './aligned-data.ts';
import type { Connection } from './connection.ts';
import type { Core } from './core.ts';
import { priceVariables } from './default-price.ts';
import { changedName, type VariableChange } from './device-model.ts';
import { tellSetting } from './host-settings.ts';
import type { Periodic } from './periodic.ts';
import type { VariableName } from './standard-variables.ts';

/** What runs in a station, and depends on its settings. */
export interface Running {
  readonly core: Core;
  readonly periodic: Periodic;
  readonly aligned: AlignedData;
  readonly connection: Connection;
}

/** A setting has another value: what depends on it follows at once. */
export function settingChanged(running: Running, change: VariableChange): void {
  const name = changedName(change);
  if (!name) return;
  effects[name]?.(running, change);
  tellSetting(running.core, name);
  if (priceVariables.includes(name)) running.core.prices.showDefault();
  if (name.startsWith('AlignedDataCtrlr.')) running.aligned.again();
  if (name.startsWith('SampledDataCtrlr.')) for (const evse of running.core.evses) evse.rearm();
}

const effects: Partial<Record<VariableName, (running: Running, change: VariableChange) => void>> = {
  'OCPPCommCtrlr.HeartbeatInterval': ({ periodic }) => periodic.heartbeatLater(),
  'OCPPCommCtrlr.WebSocketPingInterval': ({ connection }) => connection.pingAgain(),
  'SecurityCtrlr.BasicAuthPassword': ({ core }) => core.network.credentials.changed(),
  'SecurityCtrlr.SecurityProfile': ({ core }, change) => core.network.securityProfile.changed(change),
};
