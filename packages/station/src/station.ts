import { EventEmitter } from 'node:events';
import { versionOf, subprotocolOf } from '@busbar/ocpp';
import { AlignedData } from './aligned-data.ts';
import { Availability, changeAvailability, type AvailabilityChange } from './availability.ts';
import { authorize, type TokenAuthority } from './authorization.ts';
import type { BackOff } from './back-off.ts';
import { forgetBootReason, keptBootReason } from './boot-reason.ts';
import { ChargingProfiles } from './charging-profiles.ts';
import { systemClock, type Clock } from './clock.ts';
import { evseRulesOf, readerOf } from './composite-of.ts';
import { computedVariable } from './computed-variables.ts';
import { Contracts } from './contract.ts';
import { Connection, type Target } from './connection.ts';
import type { Connector } from './connector.ts';
import type { Core, Progress } from './core.ts';
import { Delivery } from './delivery.ts';
import { changedName, DeviceModel, type VariableChange } from './device-model.ts';
import { DisplayMessages } from './display-messages.ts';
import type { StationEvents } from './events.ts';
import { Evse, type EvseStatus } from './evse.ts';
import { isFinalFailure } from './final-failures.ts';
import { hostEvents } from './host-events.ts';
import { writeByName, type HostWriteResult } from './host-variables.ts';
import { noStore } from './no-store.ts';
import { OfflineQueue } from './offline-queue.ts';
import {
  allVersions,
  checkOptions,
  connectionUrlOf,
  securityMeansOf,
  type StationIdentity,
  type StationOptions,
  type StationVersion,
} from './options.ts';
import { Periodic } from './periodic.ts';
import type { ProfileRules } from './profile-rules.ts';
import type { BootReason, Protocol, Receiver, Registration as RegistrationStatus } from './protocol.ts';
import { Prices } from './prices.ts';
import { priceVariables } from './default-price.ts';
import { recoverTransactions } from './recovery.ts';
import { Registration } from './registration.ts';
import { RemoteStarts } from './remote-starts.ts';
import { Reservations } from './reservations.ts';
import { Resets } from './resets.ts';
import { ownSecurityEvent, raiseSecurityEvent, startEventOf, type SecurityEvent } from './security-events.ts';
import { profileRulesOf } from './smart-charging-settings.ts';
import { SecurityLog } from './security-log.ts';
import type { VariableName } from './standard-variables.ts';
import type {
  FirmwareStatus,
  IdToken,
  LogStatus,
  Place,
  ResetKind,
  StationHost,
  VendorMessage,
} from './station-host.ts';
import { openThrough } from './station-network.ts';
import type { StationStore, StoreError } from './store.ts';
import { surviving } from './surviving-store.ts';
import { Tokens, type TokenInfo } from './tokens.ts';
import { TransactionLog } from './transaction-log.ts';
import { catalogOf } from './variable-catalog.ts';
import type { Transaction } from './transaction.ts';
import { txRulesOf, type TxRules } from './tx-points.ts';
import { WaitingTokens } from './waiting-tokens.ts';
import { createProtocol16 } from './v16/index.ts';
import { createProtocol201 } from './v201/index.ts';
import { createProtocol21 } from './v21/index.ts';
import { sendVendorMessage, type VendorReply } from './vendor-messages.ts';

/** A charging station: what those who run it see. */
export interface Station {
  readonly id: string;
  /** Spoken now, or last; before the first connection, the best that is offered. */
  readonly version: StationVersion;
  readonly events: EventEmitter<StationEvents>;
  readonly isConnected: boolean;
  /** What the CSMS said to the last BootNotification. */
  readonly registration: RegistrationStatus | undefined;
  /** Messages that must reach the CSMS and that it has not answered yet. */
  readonly queuedMessages: number;
  /** Connects, and keeps connecting. The first time, it takes up what an earlier run has left in the store. */
  start(): void;
  /** Disconnects. Resolves when no callback can fire any more; the host and the store have their own ends. */
  stop(): Promise<void>;
  /** Drops the connection as a power cut of the network does; the station connects again by itself. */
  drop(): void;
  statusOf(evseId: number): EvseStatus | undefined;
  transactionOn(evseId: number): Transaction | undefined;
  /** Whether a token may charge here, by the local list, the cache or the CSMS. Starts nothing. Never rejects. */
  authorize(idToken: IdToken): Promise<TokenInfo>;
  /** Sends a vendor's own message. Never rejects: `Offline` when it cannot be sent, `Rejected` for a wrong answer or none. */
  dataTransfer(message: VendorMessage): Promise<VendorReply>;
  /** Logs a security event, and tells the CSMS when it is critical. */
  securityEvent(event: SecurityEvent): void;
  /** Sets a variable by its canonical text as the charger's own software may; answers what became of it. */
  setVariable(name: string, value: string): HostWriteResult['status'];
  /** Takes a place out of use, or back into it, as the CSMS may. In 1.6 an EVSE is named by its connectors only. */
  changeAvailability(place: Place, isOperative: boolean): AvailabilityChange;
}

/** Makes a station; nothing happens before `start`. Throws RangeError when an option cannot work. */
export function createStation(options: StationOptions): Station {
  checkOptions(options);
  return new ChargingStation(options);
}

const makers = { '1.6': createProtocol16, '2.0.1': createProtocol201, '2.1': createProtocol21 } as const;

const maxBackOffMs = 300_000;

class ChargingStation implements Station, Core {
  readonly events = new EventEmitter<StationEvents>();
  readonly clock: Clock;
  readonly random: () => number;
  readonly host: StationHost;
  readonly store: StationStore;
  readonly variables: DeviceModel;
  readonly tokens = new Tokens(this);
  readonly availability = new Availability(this);
  readonly reservations = new Reservations(this);
  readonly waiting = new WaitingTokens(this);
  readonly remoteStarts = new RemoteStarts(this);
  readonly resets = new Resets(this, {
    leave: (reason) => this.#leave(reason),
    comeBack: () => {
      if (this.#isStarted) this.#connection.start();
    },
  });
  readonly profiles = new ChargingProfiles();
  readonly evses: readonly Evse[];
  readonly delivery: Delivery;
  readonly transactions = new TransactionLog(this);
  readonly prices = new Prices(this);
  readonly displays = new DisplayMessages(this);
  readonly contracts = new Contracts(this);
  readonly contractAuthority: TokenAuthority = (idToken) => this.contracts.judge(idToken);
  readonly securityLog: SecurityLog;
  readonly firmware: Progress<FirmwareStatus> = { status: 'Idle', requestId: undefined };
  readonly log: Progress<LogStatus> = { status: 'Idle', requestId: undefined };
  readonly #options: StationOptions;
  readonly #queue: OfflineQueue;
  readonly #connection: Connection;
  readonly #registration: Registration;
  readonly #aligned = new AlignedData(this);
  readonly #periodic = new Periodic(this);
  readonly #protocols = new Map<StationVersion, Protocol>();
  #version: StationVersion;
  #isLoaded = false;
  #isStarted = false;
  #isStoreFailing = false;
  #offlineSince: Date | undefined;

  constructor(options: StationOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.host = options.host;
    this.store = options.store ? this.#surviving(options.store) : noStore;
    this.#version = this.#versions[0] ?? '1.6';
    this.variables = new DeviceModel({
      catalog: catalogOf({ evses: options.host.evses, ...options.deviceModel }),
      settings: options.settings,
      security: securityMeansOf(options),
      ...(options.store && { store: this.store }),
      computed: (definition) => computedVariable(this, definition),
      onChange: (change) => this.#settingChanged(change),
    });
    this.#queue = new OfflineQueue(this.store, () => options.maxQueued ?? 1000);
    this.delivery = this.#createDelivery();
    this.securityLog = new SecurityLog(this.store);
    this.evses = options.host.evses.map((description) => new Evse(this, description));
    this.#registration = new Registration(this, {
      isConnected: () => this.isConnected,
      onServing: (reason) => this.#serve(reason),
      onRefused: () => this.delivery.close(),
    });
    this.#connection = this.#createConnection(options);
  }

  get id(): string {
    return this.#options.identity;
  }

  get identity(): StationIdentity {
    const { identity, vendor = 'Busbar', model = 'Simulated', serialNumber = identity.slice(0, 25) } = this.#options;
    const firmwareVersion = this.host.firmwareVersion ?? this.#options.firmwareVersion ?? '1.0.0';
    return { identity, vendor, model, serialNumber, firmwareVersion };
  }

  get version(): StationVersion {
    return this.#version;
  }

  get protocol(): Protocol {
    const known = this.#protocols.get(this.#version);
    if (known) return known;
    const made = makers[this.#version](this);
    this.#protocols.set(this.#version, made);
    return made;
  }

  get url(): string {
    return this.#options.url;
  }

  get callTimeoutMs(): number {
    return this.#options.callTimeoutMs ?? this.variables.number('OCPPCommCtrlr.MessageTimeout[Default]') * 1000;
  }

  get isConnected(): boolean {
    return this.#connection.isOpen;
  }

  get isOnline(): boolean {
    return this.#registration.isServing;
  }

  get registration(): RegistrationStatus | undefined {
    return this.#registration.status;
  }

  get queuedMessages(): number {
    return this.delivery.size;
  }

  get connectors(): readonly Connector[] {
    return this.evses.flatMap(({ connectors }) => connectors);
  }

  get txRules(): TxRules {
    return txRulesOf(this);
  }

  get unlimited() {
    const phases = Math.max(...this.evses.map(({ description }) => description.phases));
    const currentA = Math.max(...this.evses.map(({ description }) => description.maxCurrentA));
    return { currentA, phases };
  }

  get profileRules(): ProfileRules {
    const { version, evses } = this;
    return profileRulesOf(readerOf(this), { version, now: this.clock.now(), evses: evses.map(evseRulesOf) });
  }

  get offlineSince(): Date | undefined {
    return this.isOnline ? undefined : this.#offlineSince;
  }

  get #versions(): readonly StationVersion[] {
    return this.#options.versions ?? allVersions;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#load();
    this.reservations.start();
    this.#aligned.start();
    this.#registration.renew(keptBootReason(this.store));
    this.protocol.start?.();
    this.#connection.start();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#aligned.stop();
    this.prices.stop();
    this.displays.stop();
    for (const evse of this.evses) evse.release();
    this.protocol.stop?.();
    this.waiting.stop();
    this.reservations.stop();
    await this.#connection.stop('the station stops');
    this.#registration.closed();
    this.delivery.close();
  }

  drop(): void {
    this.#connection.drop();
  }

  evse(id: number): Evse | undefined {
    return this.evses.find((evse) => evse.id === id);
  }

  statusOf(evseId: number): EvseStatus | undefined {
    return this.evse(evseId)?.status;
  }

  transactionOn(evseId: number): Transaction | undefined {
    return this.evse(evseId)?.transaction;
  }

  dataTransfer(message: VendorMessage): Promise<VendorReply> {
    return sendVendorMessage(this, message);
  }

  securityEvent(event: SecurityEvent): void {
    raiseSecurityEvent(this, event);
  }

  setVariable(name: string, value: string): HostWriteResult['status'] {
    return writeByName({ model: this.variables, version: this.#version }, name, value);
  }

  changeAvailability(place: Place, isOperative: boolean): AvailabilityChange {
    return changeAvailability(this, place, isOperative);
  }

  authorize(idToken: IdToken, evseId?: number): Promise<TokenInfo> {
    return authorize(this, idToken, evseId);
  }

  later(task: () => void | Promise<void>): void {
    queueMicrotask(() => void task());
  }

  reset(kind: ResetKind, reason: BootReason): void {
    this.resets.run({ evse: undefined, kind, reason });
  }

  bootAgain(): void {
    this.#registration.again();
  }

  profilesChanged(): void {
    for (const evse of this.evses) evse.limitAgain();
  }

  /** What an earlier run has left, then what the host says is so. */
  #load(): void {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    this.#queue.load();
    this.securityLog.load();
    this.tokens.load();
    this.availability.load();
    this.reservations.load();
    recoverTransactions(this);
    this.displays.load();
    this.host.attach(hostEvents(this));
    for (const evse of this.evses) evse.attached();
    this.availability.start();
  }

  #createDelivery(): Delivery {
    return new Delivery({
      queue: this.#queue,
      clock: this.clock,
      rules: () => ({
        attempts: this.variables.number('OCPPCommCtrlr.MessageAttempts[TransactionEvent]'),
        intervalMs: this.variables.number('OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]') * 1000,
      }),
      send: (record) => this.protocol.deliver(record),
      isFinal: isFinalFailure,
      onDiscard: (record, error) => this.events.emit('messageDiscarded', record, error),
    });
  }

  #createConnection(options: StationOptions): Connection {
    return new Connection({
      target: () => this.#target(),
      connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
      clock: this.clock,
      random: this.random,
      backOff: () => this.#backOff(),
      pingIntervalMs: () => this.variables.number('OCPPCommCtrlr.WebSocketPingInterval') * 1000,
      onOpen: (subprotocol, transmit) =>
        openThrough(options.network, transmit, (through) => this.#opened(subprotocol, through)),
      onClose: (code, reason) => this.#closed(code, reason),
      onFailure: (failure) => this.events.emit('connectFailed', failure),
    });
  }

  #target(): Target {
    const subprotocols = this.#versions.map((version) => subprotocolOf[version]);
    return {
      url: connectionUrlOf(this.#options),
      subprotocols,
      authorization: this.#credentials(),
      tls: this.#options.tls,
    };
  }

  #credentials(): string | undefined {
    const password = this.variables.get('SecurityCtrlr.BasicAuthPassword') || this.#options.password;
    if (password === undefined) return undefined;
    return `Basic ${Buffer.from(`${this.id}:${password}`).toString('base64')}`;
  }

  #backOff(): BackOff {
    return {
      minimumMs: this.variables.number('OCPPCommCtrlr.RetryBackOffWaitMinimum') * 1000,
      rangeMs: this.variables.number('OCPPCommCtrlr.RetryBackOffRandomRange') * 1000,
      doublings: this.variables.number('OCPPCommCtrlr.RetryBackOffRepeatTimes'),
      maximumMs: maxBackOffMs,
      ...this.#options.backOff,
    };
  }

  #opened(subprotocol: string, transmit: (text: string) => void): Receiver {
    this.#speak(versionOf(subprotocol) ?? this.#version);
    const isWatched = this.events.listenerCount('message') > 0;
    const receiver = this.protocol.open({
      transmit,
      ...(isWatched && { onMessage: (record) => this.events.emit('message', record) }),
    });
    this.events.emit('connected', { version: this.#version });
    this.#registration.opened(this.#options.bootOnReconnect ?? false);
    return receiver;
  }

  /** In another version the CSMS knows nothing of the station yet. */
  #speak(version: StationVersion): void {
    if (version === this.#version) return;
    this.protocol.stop?.();
    this.#version = version;
    this.protocol.start?.();
    for (const connector of this.connectors) connector.reportedStatus = undefined;
    this.#registration.renew(undefined);
  }

  #closed(code: number, reason: string): void {
    if (this.isOnline) this.#offlineSince = this.clock.now();
    this.#registration.closed();
    this.#periodic.stop();
    this.delivery.close();
    this.delivery.markOffline();
    this.protocol.closed();
    this.prices.showDefault();
    this.events.emit('disconnected', { code, reason });
  }

  /** The CSMS listens: it gets what it does not know yet. */
  #serve(reason: BootReason | undefined): void {
    const offlineMs = this.#offlineSince ? this.clock.now().getTime() - this.#offlineSince.getTime() : Infinity;
    const isLong = offlineMs > this.variables.number('OCPPCommCtrlr.OfflineThreshold') * 1000;
    if (reason) forgetBootReason(this.store);
    if (reason) raiseSecurityEvent(this, { type: startEventOf(reason) });
    this.protocol.reportStatus(isLong || reason ? 'all' : 'changed');
    this.reservations.tell();
    this.delivery.open();
    this.#periodic.start();
    this.prices.showDefault();
    this.events.emit('accepted');
  }

  #surviving(store: StationStore): StationStore {
    return surviving(store, {
      onFailed: (error) => this.#storeFailed(error),
      onStored: () => (this.#isStoreFailing = false),
    });
  }

  /** Makes room, and says so once for each time that the store begins to fail. */
  #storeFailed(error: StoreError): void {
    this.events.emit('storeFailed', error);
    if (this.#isStoreFailing) return;
    this.#isStoreFailing = true;
    if (error.code === 'full') this.#queue.thin();
    ownSecurityEvent(this, { type: 'MemoryExhaustion', info: error.message });
  }

  #settingChanged(change: VariableChange): void {
    const name = changedName(change);
    if (name) ChargingStation.#effects[name]?.(this);
    if (name && priceVariables.includes(name)) this.prices.showDefault();
  }

  /** Settings that act at once on what runs. */
  static readonly #effects: Partial<Record<VariableName, (station: ChargingStation) => void>> = {
    'OCPPCommCtrlr.HeartbeatInterval': (station) => station.#periodic.heartbeatLater(),
    'OCPPCommCtrlr.WebSocketPingInterval': (station) => station.#connection.pingAgain(),
    'AlignedDataCtrlr.Enabled': (station) => station.#alignedDataLater(),
    'AlignedDataCtrlr.Interval': (station) => station.#alignedDataLater(),
    'AlignedDataCtrlr.TxEndedInterval': (station) => station.#alignedDataLater(),
    'SampledDataCtrlr.TxEndedInterval': (station) => station.#rearm(),
    'SampledDataCtrlr.TxUpdatedInterval': (station) => station.#rearm(),
    'SecurityCtrlr.BasicAuthPassword': (station) => station.later(() => station.#reconnect()),
  };

  #rearm(): void {
    for (const evse of this.evses) evse.rearm();
  }

  #alignedDataLater(): void {
    if (this.#isStarted) this.#aligned.start();
  }

  /** With the new password, once the answer is out. */
  async #reconnect(): Promise<void> {
    await this.#connection.stop('the password has changed');
    if (this.#isStarted) this.#connection.start();
  }

  async #leave(reason: BootReason): Promise<void> {
    await this.#connection.stop('the station resets');
    this.#registration.renew(reason);
    this.#offlineSince = undefined;
  }
}
