import type { ExternalLimits, ProvidedIdToken } from './neighbour-types.ts';

/** What an EVSE manager can be told, with its named arguments. */
export type EvseCommand =
  | { name: 'enable_disable'; args: { connector_id: number; cmd_source: EnableSource } }
  | { name: 'pause_charging' | 'resume_charging' | 'external_ready_to_start_charging'; args: Record<string, never> }
  | { name: 'stop_transaction'; args: { request: { reason: string } } }
  | { name: 'force_unlock'; args: { connector_id: number } };

export interface EnableSource {
  enable_source: 'CSMS';
  enable_state: 'Enable' | 'Disable';
  /** 0 is the highest. */
  enable_priority: number;
}

/** A way into EVerest, as the host needs it. A missing method is a neighbour that is not there. */
export interface EverestPort {
  /** Rejects with CommandError. */
  evse(evseId: number, command: EvseCommand): Promise<unknown>;
  /** EVSE 0 is the whole station. False when nothing there takes limits. */
  setLimits(evseId: number, limits: ExternalLimits): boolean;
  provideToken(token: ProvidedIdToken): void;
  /** A command of `system`. */
  system?(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** A command of `reservation`. */
  reservation?(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** A command of `data_transfer`, which takes vendors' messages of the CSMS. */
  dataTransfer?(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** A command of `auth`. */
  auth?(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
}
