import type { EvChargingNeeds, EvChargingSchedule } from './ev-charging.ts';
import type { ClearedLimit, LimitNotice } from './external-limits.ts';

/** What a version of OCPP can tell the CSMS of smart charging; 1.6 tells nothing. */
export interface SmartChargingNotices {
  /** A limit of others has changed (K12); a station that is offline does not tell it later. */
  limitChanged(notice: LimitNotice): void;
  /** A limit of others is gone (K13). */
  limitCleared(cleared: ClearedLimit): void;
  /** What a vehicle needs (K15); the host hears the answer. Rejects as `Peer.call`. */
  chargingNeeds(needs: EvChargingNeeds): Promise<void>;
  /** What a vehicle plans (K15, K17). Rejects as `Peer.call`. */
  chargingSchedule(schedule: EvChargingSchedule): Promise<void>;
  /** OCPP 2.1: somebody at the station wants priority, or gives it up (K22). False when no profile grants it. */
  requestPriority?(transactionId: string, state: 'on' | 'off'): boolean;
  /** OCPP 2.1: the profiles are others, and with them what is to be pulled (K28). */
  profilesChanged?(): void;
}
