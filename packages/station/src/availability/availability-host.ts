import type { Reservation } from './reservations.ts';

/** What a charger does with what is reserved, out of use, or restarted. All of it is optional. */
export interface AvailabilityHost {
  /** Not usable any more by order of the CSMS, or usable again; without an EVSE the whole station. Never while in use. */
  setAvailable?(isAvailable: boolean, place: Place): void;
  /** Keeps its readers and plugs for whom has reserved; the same id replaces. False when it cannot. Never rejects. */
  reserve?(reservation: Reservation): boolean | Promise<boolean>;
  /** The reservation is used up, cancelled or expired. */
  reservationEnded?(reservationId: number): void;
  /** After a power cut: true when the vehicle still charges in this transaction. Without it, every one is ended. */
  resumes?(open: InterruptedTransaction): boolean;
  /** False keeps the station, or one EVSE, from being reset now. Without it, a reset is always allowed. */
  isResetAllowed?(kind: ResetKind, evseId?: number): boolean | Promise<boolean>;
  /** Restarts one EVSE; resolves when it is up again. Without it, only the whole station can be reset. */
  resetEvse?(evseId: number): Promise<void>;
  /** OCPP 2.1 CustomTrigger: sends what a vendor's own trigger asks for. False when the name is unknown. */
  customTrigger?(name: string, place: Place): boolean;
}

/** A connector, an EVSE, or, without both, the station. */
export interface Place {
  evseId?: number | undefined;
  connectorId?: number | undefined;
}

export interface InterruptedTransaction {
  id: string;
  evseId: number;
  connectorId: number;
}

export type ResetKind = 'Hard' | 'Soft';
