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
}

const effects: Partial<Record<VariableName, (running: Running, change: VariableChange) => void>> = {
  'OCPPCommCtrlr.HeartbeatInterval': ({ periodic }) => periodic.heartbeatLater(),
  'OCPPCommCtrlr.WebSocketPingInterval': ({ connection }) => connection.pingAgain(),
  'AlignedDataCtrlr.Enabled': ({ aligned }) => aligned.again(),
  'AlignedDataCtrlr.Interval': ({ aligned }) => aligned.again(),
  'AlignedDataCtrlr.TxEndedInterval': ({ aligned }) => aligned.again(),
  'SampledDataCtrlr.TxEndedInterval': ({ core }) => rearm(core),
  'SampledDataCtrlr.TxUpdatedInterval': ({ core }) => rearm(core),
  'SecurityCtrlr.BasicAuthPassword': ({ core }) => core.network.credentials.changed(),
  'SecurityCtrlr.SecurityProfile': ({ core }, change) => core.network.securityProfile.changed(change),
};

/** Meter values of what charges are taken as often as the settings say now. */
export function rearm({ evses }: Core): void {
  for (const evse of evses) evse.rearm();
}
