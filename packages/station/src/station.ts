import { EventEmitter } from 'node:events';
import { OcppConnectionClosed } from '@busbar/ocpp';
import type { BackOff } from './back-off.ts';
import { ChargingProfiles, type ProfileRules } from './charging-profiles.ts';
import { systemClock, type Clock, type Timer } from './clock.ts';
import { Connection } from './connection.ts';
import type { Core, Progress } from './core.ts';
import { Delivery } from './delivery.ts';
import { changedName, DeviceModel, type VariableChange } from './device-model.ts';
import type { StationEvents } from './events.ts';
import { Evse, type EvseStatus } from './evse.ts';
import { MemoryQueue } from './offline-queue.ts';
import {
  checkOptions,
  connectionUrlOf,
  securityMeansOf,
  type StationIdentity,
  type StationOptions,
  type StationVersion,
} from './options.ts';
import { Periodic, setTime } from './periodic.ts';
import type { BootAnswer, BootReason, Protocol, Receiver, Registration } from './protocol.ts';
import type { VariableName } from './standard-variables.ts';
import type { FirmwareStatus, IdToken, LogStatus, ResetKind, StationHost, VendorMessage } from './station-host.ts';
import { authorize } from './authorization.ts';
import { computedVariable } from './computed-variables.ts';
import { isFinalFailure } from './final-failures.ts';
import { Tokens, type TokenInfo } from './tokens.ts';
import { catalogOf } from './variable-catalog.ts';
import type { Transaction } from './transaction.ts';
import { createProtocol16 } from './v16/index.ts';
import { createProtocol201 } from './v201/index.ts';

/** A charging station: what those who run it see. */
export interface Station {
  readonly id: string;
  readonly version: StationVersion;
  readonly events: EventEmitter<StationEvents>;
  readonly isConnected: boolean;
  /** What the CSMS said to the last BootNotification. */
  readonly registration: Registration | undefined;
  /** Transaction messages that the CSMS has not answered yet. */
  readonly queuedMessages: number;
  /** Connects, and keeps connecting. */
  start(): void;
  /** Disconnects. Resolves when no callback can fire any more; the host has its own end. */
  stop(): Promise<void>;
  /** Drops the connection as a power cut of the network does; the station connects again by itself. */
  drop(): void;
  statusOf(evseId: number): EvseStatus | undefined;
  transactionOn(evseId: number): Transaction | undefined;
  /** Sends a vendor's own message. Rejects as `Peer.call`. */
  dataTransfer(message: VendorMessage): Promise<{ status: string; data?: unknown }>;
}

/** Makes a station; nothing happens before `start`. Throws RangeError when an option cannot work. */
export function createStation(options: StationOptions): Station {
  checkOptions(options);
  return new ChargingStation(options);
}

const protocols = { '1.6': createProtocol16, '2.0.1': createProtocol201 } as const;

/** Until the next BootNotification when the CSMS gives no interval, or no answer. */
const bootRetryMs = 60_000;

/** How long a reset waits for the messages of ended transactions. */
const drainMs = 60_000;

const maxBackOffMs = 300_000;

class ChargingStation implements Station, Core {
  readonly events = new EventEmitter<StationEvents>();
  readonly clock: Clock;
  readonly random: () => number;
  readonly host: StationHost;
  readonly version: StationVersion;
  readonly variables: DeviceModel;
  readonly tokens = new Tokens();
  readonly profiles = new ChargingProfiles();
  readonly evses: readonly Evse[];
  readonly delivery: Delivery;
  readonly protocol: Protocol;
  readonly firmware: Progress<FirmwareStatus> = { status: 'Idle', requestId: undefined };
  readonly log: Progress<LogStatus> = { status: 'Idle', requestId: undefined };
  readonly #options: StationOptions;
  readonly #connection: Connection;
  readonly #periodic = new Periodic(this);
  #registration: Registration | undefined;
  #bootReason: BootReason = 'PowerUp';
  #hasToBoot = true;
  #isServing = false;
  #isStarted = false;
  #isResetting = false;
  #isOperative = true;
  #offlineSince: Date | undefined;
  #boot: Timer | undefined;

  constructor(options: StationOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.host = options.host;
    this.version = options.version;
    this.variables = new DeviceModel({
      catalog: catalogOf({ evses: options.host.evses, ...options.deviceModel }),
      settings: options.settings,
      security: securityMeansOf(options),
      computed: (definition) => computedVariable(this, definition),
      onChange: (change) => this.#settingChanged(change),
    });
    this.delivery = new Delivery({
      queue: options.storage ?? new MemoryQueue(),
      clock: this.clock,
      rules: () => ({
        attempts: this.variables.number('OCPPCommCtrlr.MessageAttempts[TransactionEvent]'),
        intervalMs: this.variables.number('OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]') * 1000,
      }),
      send: (message) => this.protocol.deliver(message),
      isFinal: isFinalFailure,
      onDiscard: (message, error) => this.events.emit('messageDiscarded', message, error),
    });
    this.protocol = protocols[options.version](this);
    this.evses = options.host.evses.map((description) => new Evse(this, description));
    this.#connection = this.#createConnection(options);
    this.#attach();
  }

  get id(): string {
    return this.#options.identity;
  }

  get identity(): StationIdentity {
    const { identity, vendor = 'Busbar', model = 'Simulated', serialNumber = identity.slice(0, 25) } = this.#options;
    const firmwareVersion = this.host.firmwareVersion ?? this.#options.firmwareVersion ?? '1.0.0';
    return { identity, vendor, model, serialNumber, firmwareVersion };
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
    return this.#isServing;
  }

  get registration(): Registration | undefined {
    return this.#registration;
  }

  get isOperative(): boolean {
    return this.#isOperative;
  }

  get queuedMessages(): number {
    return this.delivery.size;
  }

  get unlimited() {
    const phases = Math.max(...this.evses.map(({ description }) => description.phases));
    const currentA = Math.max(...this.evses.map(({ description }) => description.maxCurrentA));
    return { currentA, phases };
  }

  get profileRules(): ProfileRules {
    return {
      maxStackLevel: this.variables.number('SmartChargingCtrlr.ProfileStackLevel'),
      maxPeriods: this.variables.number('SmartChargingCtrlr.PeriodsPerSchedule'),
      maxProfiles: 100,
      evses: this.evses.length,
      transactionIdOf: (evseId) => this.transactionOn(evseId)?.id,
    };
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#hasToBoot = true;
    this.protocol.start?.();
    this.#connection.start();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#boot?.cancel();
    for (const evse of this.evses) evse.release();
    this.protocol.stop?.();
    await this.#connection.stop('the station stops');
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

  dataTransfer(message: VendorMessage): Promise<{ status: string; data?: unknown }> {
    return this.protocol.dataTransfer(message);
  }

  authorize(idToken: IdToken): Promise<TokenInfo> {
    return authorize(this, idToken);
  }

  later(task: () => void | Promise<void>): void {
    queueMicrotask(() => void task());
  }

  setOperative(isOperative: boolean): void {
    if (this.#isOperative === isOperative) return;
    this.#isOperative = isOperative;
    this.protocol.reportStatus('changed');
  }

  reset(kind: ResetKind, reason: BootReason): void {
    if (this.#isResetting) return;
    this.#isResetting = true;
    void this.#reset(kind, reason).finally(() => (this.#isResetting = false));
  }

  bootAgain(): void {
    this.#boot?.cancel();
    this.#sendBoot(this.#registration === 'Accepted' ? 'Triggered' : this.#bootReason);
  }

  profilesChanged(): void {
    for (const evse of this.evses) evse.rearm();
  }

  #createConnection(options: StationOptions): Connection {
    return new Connection({
      url: connectionUrlOf(options),
      subprotocol: this.protocol.subprotocol,
      authorization: () => this.#credentials(),
      tls: options.tls,
      connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
      clock: this.clock,
      random: this.random,
      backOff: () => this.#backOff(),
      pingIntervalMs: () => this.variables.number('OCPPCommCtrlr.WebSocketPingInterval') * 1000,
      onOpen: (transmit) => this.#opened(transmit),
      onClose: (code, reason) => this.#closed(code, reason),
      onFailure: (failure) => this.events.emit('connectFailed', failure),
    });
  }

  #attach(): void {
    const at = (evseId: number, act: (evse: Evse) => void) => {
      const evse = this.evse(evseId);
      if (evse) act(evse);
    };
    this.host.attach({
      pluggedIn: (evseId) => at(evseId, (evse) => evse.pluggedIn()),
      unplugged: (evseId) => at(evseId, (evse) => evse.unplugged()),
      tokenPresented: (evseId, idToken) => at(evseId, (evse) => void evse.presentToken(idToken)),
      chargingStateChanged: (evseId, state) => at(evseId, (evse) => evse.chargingStateChanged(state)),
      faulted: (evseId, fault) => at(evseId, (evse) => evse.faulted(fault)),
      faultCleared: (evseId) => at(evseId, (evse) => evse.faultCleared()),
      stopRequested: (evseId, reason) => at(evseId, (evse) => evse.stop({ reason, trigger: 'AbnormalCondition' })),
    });
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

  #opened(transmit: (text: string) => void): Receiver {
    const isWatched = this.events.listenerCount('message') > 0;
    const receiver = this.protocol.open({
      transmit,
      ...(isWatched && { onMessage: (record) => this.events.emit('message', record) }),
    });
    this.events.emit('connected');
    if (this.#hasToBoot || this.#options.bootOnReconnect) this.#sendBoot(this.#bootReason);
    else this.#serve();
    return receiver;
  }

  #closed(code: number, reason: string): void {
    if (this.#isServing) this.#offlineSince = this.clock.now();
    this.#isServing = false;
    this.#boot?.cancel();
    this.#periodic.stop();
    this.delivery.close();
    this.protocol.closed();
    this.events.emit('disconnected', { code, reason });
  }

  #sendBoot(reason: BootReason): void {
    this.protocol.boot(reason).then(
      (answer) => this.#booted(answer, reason),
      (error: unknown) => {
        if (error instanceof OcppConnectionClosed) return;
        this.events.emit('callFailed', { action: 'BootNotification', error });
        this.#bootLater(bootRetryMs);
      },
    );
  }

  #booted(answer: BootAnswer, reason: BootReason): void {
    this.#registration = answer.status;
    this.events.emit('booted', answer);
    if (answer.status !== 'Accepted') {
      this.#isServing = false;
      this.delivery.close();
      this.#bootLater(answer.intervalS > 0 ? answer.intervalS * 1000 : bootRetryMs);
      return;
    }
    if (answer.intervalS > 0) this.variables.assign('OCPPCommCtrlr.HeartbeatInterval', String(answer.intervalS));
    setTime(this, answer.currentTime);
    const isFirst = this.#hasToBoot;
    this.#hasToBoot = false;
    if (!this.isConnected) return;
    if (isFirst) this.protocol.bootAccepted(reason);
    if (isFirst || !this.#isServing) this.#serve();
  }

  #bootLater(ms: number): void {
    this.#boot?.cancel();
    this.#boot = this.clock.after(ms, () => this.#sendBoot(this.#bootReason));
  }

  /** The CSMS listens: it gets what it does not know yet. */
  #serve(): void {
    const offlineMs = this.#offlineSince ? this.clock.now().getTime() - this.#offlineSince.getTime() : Infinity;
    const isLong = offlineMs > this.variables.number('OCPPCommCtrlr.OfflineThreshold') * 1000;
    this.#isServing = true;
    this.protocol.reportStatus(isLong ? 'all' : 'changed');
    this.delivery.open();
    this.#periodic.start();
    this.events.emit('accepted');
  }

  #settingChanged(change: VariableChange): void {
    const name = changedName(change);
    if (name) ChargingStation.#effects[name]?.(this);
  }

  /** Settings that act at once on what runs. */
  static readonly #effects: Partial<Record<VariableName, (station: ChargingStation) => void>> = {
    'OCPPCommCtrlr.HeartbeatInterval': (station) => station.#periodic.heartbeatLater(),
    'OCPPCommCtrlr.WebSocketPingInterval': (station) => station.#connection.pingAgain(),
    'AlignedDataCtrlr.Interval': (station) => station.#periodic.alignedDataLater(),
    'SampledDataCtrlr.TxUpdatedInterval': (station) => station.profilesChanged(),
    'SecurityCtrlr.BasicAuthPassword': (station) => station.later(() => station.#reconnect()),
  };

  /** With the new password, once the answer is out. */
  async #reconnect(): Promise<void> {
    await this.#connection.stop('the password has changed');
    if (this.#isStarted) this.#connection.start();
  }

  async #reset(kind: ResetKind, reason: BootReason): Promise<void> {
    this.events.emit('resetting');
    const end = { reason: kind === 'Hard' ? 'HardReset' : 'SoftReset', trigger: 'ResetCommand' } as const;
    for (const evse of this.evses) evse.stop(end);
    await this.#drained();
    await this.#connection.stop('the station resets');
    this.#registration = undefined;
    this.#hasToBoot = true;
    this.#bootReason = reason;
    this.#offlineSince = undefined;
    for (const evse of this.evses) evse.release();
    await this.host.reset(kind);
    if (this.#isStarted) this.#connection.start();
  }

  async #drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.clock.after(drainMs, resolve);
    await Promise.race([Promise.all([this.delivery.drained(), this.protocol.idle()]), promise]);
    timer.cancel();
  }
}
