import type { ChargingProfiles } from './charging-profiles.ts';
import type { Clock } from '../time/clock.ts';
import type { DeviceModel } from '../device-model/device-model.ts';
import type { ProfileRules } from './profile-rules.ts';
import type { EvseDescription, StationHost } from '../station-host.ts';
import type { Transaction } from '../transactions/transaction.ts';
import type { V2xSessions } from '../grid/v2x-sessions.ts';

/** A station as smart charging sees it. */
export interface SmartChargingCore {
  readonly clock: Clock;
  readonly host: Pick<StationHost, 'allowEnergyTransfer' | 'chargingNeedsAnswered' | 'meter'>;
  readonly variables: Pick<DeviceModel, 'get'>;
  readonly profiles: ChargingProfiles;
  readonly profileRules: ProfileRules;
  readonly evses: readonly SmartChargingEvse[];
  /** Which vehicles may feed back; without it, nobody keeps them from it. */
  readonly grid?: { readonly v2x: Pick<V2xSessions, 'allowed' | 'refused'> };
  /** Since when the CSMS does not hear the station; undefined while it does. */
  readonly offlineSince: Date | undefined;
  /** Connected and accepted. */
  readonly isOnline: boolean;
  /** Acts after the running handler's answer is written. */
  later(task: () => void): void;
  /** Charging limits may have changed. */
  profilesChanged(): void;
}

export interface SmartChargingEvse {
  readonly id: number;
  readonly description: EvseDescription;
  readonly transaction: Pick<Transaction, 'id' | 'csmsId' | 'begin' | 'chargingState'> | undefined;
  /** Energy may flow. */
  readonly isSupplied: boolean;
}
