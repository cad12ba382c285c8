import { isSameToken } from '../authorization/tokens.ts';
import type { EvseDescription, HostEvents, IdToken, MeterReading } from '../station-host.ts';
import type { Powermeter, SessionEvent } from './neighbour-types.ts';
import { toChargingState, toIdToken, toReading, toStopReason } from './translations.ts';

export interface EverestEvseOptions {
  description: EvseDescription;
  /** Gives it to the station, now or once there is one. */
  tell(report: (events: HostEvents) => void): void;
  /** The station's own transaction there has begun already; the token must not be presented again. */
  isServed(): boolean;
  /** EVerest's transaction there is over. */
  ended(): void;
}

/** What the events of one EVSE manager say. */
export class EverestEvse {
  readonly description: EvseDescription;
  readonly #options: EverestEvseOptions;
  #isPlugged = false;
  #isCharging = false;
  #sessionId: string | undefined;
  #meter: Powermeter = { energy_Wh_import: { total: 0 } };
  #soc: number | undefined;
  #presented: IdToken | undefined;
  #lapsed: IdToken | undefined;

  constructor(options: EverestEvseOptions) {
    this.#options = options;
    this.description = options.description;
  }

  /** EVerest has a transaction there. */
  get isCharging(): boolean {
    return this.#isCharging;
  }

  /** EVerest has a transaction there that this token has begun. */
  isChargedBy(idToken: IdToken): boolean {
    return this.#isCharging && isSameToken(this.#presented, idToken);
  }

  /** EVerest's id of the session there, if there is one. */
  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  get reading(): MeterReading {
    return toReading(this.#meter, this.#isPlugged ? this.#soc : undefined);
  }

  measured(meter: Powermeter): void {
    this.#meter = meter;
  }

  charged(soc: number | undefined): void {
    if (soc !== undefined) this.#soc = soc;
  }

  received(event: SessionEvent): void {
    this.#sessionId = event.uuid;
    const meter = meterIn(event);
    if (meter) this.#meter = meter;
    const state = toChargingState(event.event);
    if (state) this.#tell((events) => events.chargingStateChanged(this.description.id, state));
    EverestEvse.#reactions[event.event]?.(this, event);
    if (event.event === 'SessionFinished') this.#sessionId = undefined;
  }

  /** EVerest's transaction was over before the station's began: nobody charges, and nothing is to be started. */
  takeLapsed(): boolean {
    const isLapsed = this.#lapsed !== undefined;
    this.#lapsed = undefined;
    return isLapsed;
  }

  /** Everything that changes more than the charging state. */
  static readonly #reactions: Partial<Record<string, (evse: EverestEvse, event: SessionEvent) => void>> = {
    SessionStarted: (evse, event) => {
      if (event.session_started?.reason === 'EVConnected') evse.#plug(event);
    },
    SessionResumed: (evse, event) => evse.#plug(event),
    AuthRequired: (evse, event) => evse.#plug(event),
    TransactionStarted: (evse, event) => evse.#started(event),
    TransactionFinished: (evse, event) => evse.#finished(event),
    SessionFinished: (evse) => evse.#unplug(),
  };

  #plug({ connector_id: connectorId }: SessionEvent): void {
    if (this.#isPlugged) return;
    this.#isPlugged = true;
    this.#tell((events) => events.pluggedIn(this.description.id, connectorId));
  }

  #started(event: SessionEvent): void {
    const { transaction_started: started } = event;
    this.#isCharging = true;
    this.#lapsed = undefined;
    this.#plug(event);
    if (!started) return;
    const token = toIdToken(started.id_tag);
    this.#presented = token;
    this.#tell((events) => {
      if (this.#presented === token && !this.#options.isServed()) events.tokenPresented(this.description.id, token);
    });
  }

  #finished({ transaction_finished: finished }: SessionEvent): void {
    this.#isCharging = false;
    this.#lapsed = this.#options.isServed() ? undefined : this.#presented;
    this.#presented = undefined;
    this.#tell((events) => events.stopRequested(this.description.id, toStopReason(finished?.reason)));
    this.#options.ended();
  }

  #unplug(): void {
    this.#isCharging = false;
    this.#soc = undefined;
    this.#presented = undefined;
    this.#lapsed = undefined;
    if (!this.#isPlugged) return;
    this.#isPlugged = false;
    this.#tell((events) => events.unplugged(this.description.id));
    this.#options.ended();
  }

  #tell(report: (events: HostEvents) => void): void {
    this.#options.tell(report);
  }
}

function meterIn(event: SessionEvent): Powermeter | undefined {
  const parts = [
    event.session_started,
    event.session_finished,
    event.transaction_started,
    event.transaction_finished,
    event.charging_state_changed_event,
    event.authorization_event,
  ];
  return parts.find((part) => part?.meter_value)?.meter_value;
}
