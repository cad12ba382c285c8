import { EventEmitter } from 'node:events';
import type { RateUnit } from '../smart-charging/charging-profile.ts';
import type { HostAddressing, HostVariables } from '../device-model/host-variables.ts';
import { HostMonitors } from '../device-model/host-monitors.ts';
import { readForHost, writeForHost } from '../device-model/host-variables.ts';
import { publishConnection } from './interface-connection.ts';
import { publishMessages } from './interface-messages.ts';
import { publishSchedules } from './interface-schedules.ts';
import { publishTransactions } from './interface-transactions.ts';
import {
  toAddress,
  toEventData,
  toGetResult,
  toReadRequest,
  toSetResult,
  toWriteRequest,
} from './interface-variables.ts';
import type {
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  ComponentVariable,
  EVSE,
  GetVariableRequest,
  GetVariableResult,
  OcppInterface,
  OcppVariables,
  SecurityEvent,
  SetVariableRequest,
  SetVariableResult,
} from './ocpp-interface.ts';
import type { Station } from '../station.ts';

export interface OcppInterfaceOptions {
  /** How variables are named while OCPP 1.6 is spoken. Default `canonical`, which takes keys without a component as well. */
  addressing?: HostAddressing;
  /** `stop` and `restart` give up every message that waits, as EVerest documents it. Default false: nothing is lost. */
  discardQueue?: boolean;
  /** Of `charging_schedules`. */
  schedules?: {
    /** Seconds between two publications without a cause; 0 is never. Default 30. */
    intervalS?: number;
    /** Seconds that each looks ahead. Default 600. */
    durationS?: number;
    /** Default A. */
    unit?: RateUnit;
  };
  /** Publishes `ocpp_message`, without passwords. Switch it on before the station starts. Default false. */
  publishesMessages?: boolean;
}

/** A station as EVerest's interface `ocpp`. Make it before the station starts, so that it misses nothing. */
export interface OcppService extends OcppInterface {
  /** Takes back what `monitor_variables` has asked for, in the form in which it did. */
  unmonitorVariables(componentVariables: readonly ComponentVariable[]): void;
}

export function createOcppInterface(station: Station, options: OcppInterfaceOptions = {}): OcppService {
  return new StationService(station, options);
}

const notStarted = { reason_code: 'NotEnabled', additional_info: 'the station has not started yet' };

class StationService implements OcppService {
  readonly events = new EventEmitter<OcppVariables>();
  readonly #station: Station;
  readonly #options: OcppInterfaceOptions;
  readonly #variables: HostVariables;
  readonly #monitors: HostMonitors;
  /** Stops and restarts go one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  /** What was raised before the station knew what its queue holds. */
  #early: SecurityEvent[] = [];

  constructor(station: Station, options: OcppInterfaceOptions) {
    this.#station = station;
    this.#options = options;
    const { variables: model, clock } = station.inside;
    const { addressing = 'canonical' } = options;
    this.#variables = {
      model,
      addressing,
      get version() {
        return station.version;
      },
    };
    this.#monitors = new HostMonitors(this.#variables, {
      clock,
      tell: (event) => this.events.emit('event_data', toEventData(event)),
    });
    publishConnection(station, this.events);
    publishTransactions(station, this.events);
    publishSchedules(station, this.events, options.schedules);
    if (options.publishesMessages) publishMessages(station, this.events);
    station.events.on('securityEvent', ({ type, info }) =>
      this.events.emit('security_event', { type, ...(info !== undefined && { info }) }),
    );
    station.events.on('started', () => this.#raiseEarly());
  }

  stop(): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.#inside.isStarted) return false;
      await this.#station.stop();
      if (this.#options.discardQueue) this.#inside.discardQueue();
      return true;
    });
  }

  restart(): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#inside.isStarted || !this.#inside.isLoaded) return false;
      if (this.#options.discardQueue) this.#inside.discardQueue();
      this.#station.start('ApplicationReset');
      return true;
    });
  }

  async security_event(event: SecurityEvent): Promise<void> {
    const timestamp = event.timestamp ?? this.#inside.clock.now().toISOString();
    if (!this.#inside.isLoaded) return void this.#early.push({ ...event, timestamp });
    const { type, info, critical: isCritical } = event;
    this.#station.securityEvent({ type, info, isCritical, at: new Date(timestamp) });
  }

  async get_variables(requests: readonly GetVariableRequest[]): Promise<GetVariableResult[]> {
    if (!this.#inside.isLoaded) return requests.map(rejected);
    return readForHost(this.#variables, requests.map(toReadRequest)).map(toGetResult);
  }

  async set_variables(requests: readonly SetVariableRequest[], source: string): Promise<SetVariableResult[]> {
    if (!this.#inside.isLoaded) return requests.map(rejected);
    return writeForHost(this.#variables, requests.map(toWriteRequest), source).map(toSetResult);
  }

  async change_availability(request: ChangeAvailabilityRequest): Promise<ChangeAvailabilityResponse> {
    if (!this.#inside.isLoaded) return { status: 'Rejected', status_info: notStarted };
    const { operational_status, evse } = request;
    if (evse && !isPlace(evse)) return { status: 'Rejected', status_info: { reason_code: 'InvalidInput' } };
    const place = evse ? { evseId: evse.id, connectorId: evse.connector_id } : {};
    const { status, reasonCode } = this.#station.changeAvailability(place, operational_status === 'Operative');
    return { status, ...(reasonCode !== undefined && { status_info: { reason_code: reasonCode } }) };
  }

  async monitor_variables(componentVariables: readonly ComponentVariable[]): Promise<void> {
    this.#monitors.watch(componentVariables.map(toAddress));
  }

  unmonitorVariables(componentVariables: readonly ComponentVariable[]): void {
    this.#monitors.unwatch(componentVariables.map(toAddress));
  }

  get #inside() {
    return this.#station.inside;
  }

  #raiseEarly(): void {
    for (const event of this.#early.splice(0)) void this.security_event(event);
  }

  #inTurn(task: () => Promise<boolean>): Promise<boolean> {
    const done = this.#last.then(task);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** Inside, EVSE 0 is the whole station; here it is absent. */
const isPlace = ({ id, connector_id = 1 }: EVSE) => id >= 1 && connector_id >= 1;

function rejected({ component_variable, attribute_type }: GetVariableRequest) {
  return { status: 'Rejected' as const, component_variable, ...(attribute_type && { attribute_type }) };
}
