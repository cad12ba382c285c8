import { EventEmitter } from 'node:events';
import { versionOf } from '@busbar/ocpp';
import { authorize } from './authorization.ts';
import { Certificates } from './certificates.ts';
import { CertificateSigning } from './certificate-signing.ts';
import type { LeafKind } from './certificate-store.ts';
import { ChargingProfiles } from './charging-profiles.ts';
import { systemClock, type Clock } from './clock.ts';
import { evseRulesOf, readerOf } from './composite-of.ts';
import { computedVariable } from './computed-variables.ts';
import { backOffOf, connectionEvents } from './connection-events.ts';
import { Connection } from './connection.ts';
import type { Connector } from './connector.ts';
import type { Core } from './core.ts';
import type { Delivery } from './delivery.ts';
import { changedName, DeviceModel, type VariableChange } from './device-model.ts';
import type { StationEvents } from './events.ts';
import { Evse, type EvseStatus } from './evse.ts';
import { FirmwareUpdate } from './firmware-update.ts';
import { hostEvents } from './host-events.ts';
import type { Iso15118 } from './iso15118.ts';
import { LogUpload } from './log-upload.ts';
import { Network } from './network.ts';
import { noStore } from './no-store.ts';
import { OfflineQueue } from './offline-queue.ts';
import {
  allVersions,
  checkOptions,
  identityOf,
  type StationIdentity,
  type StationOptions,
  type StationVersion,
} from './options.ts';
import { Periodic } from './periodic.ts';
import type { ProfileRules } from './profile-rules.ts';
import type { BootReason, Protocol, Receiver, Registration as RegistrationStatus } from './protocol.ts';
import { recoverTransactions } from './recovery.ts';
import { Registration } from './registration.ts';
import { bootEventOf, isSilent, ownSecurityEvent, raiseSecurityEvent, type SecurityEvent } from './security-events.ts';
import { profileRulesOf } from './smart-charging-settings.ts';
import { initialProfileOf, securityMeansOf } from './security-profile.ts';
import { SecurityLog } from './security-log.ts';
import type { VariableName } from './standard-variables.ts';
import type { IdToken, ResetKind, StationHost, VendorMessage } from './station-host.ts';
import { deliveryOf } from './station-delivery.ts';
import type { StationStore } from './store.ts';
import { watched } from './store-watch.ts';
import { StationClock } from './time-keeping.ts';
import { Tokens, type TokenInfo } from './tokens.ts';
import { TransactionLog } from './transaction-log.ts';
import { catalogOf } from './variable-catalog.ts';
import type { Transaction } from './transaction.ts';
import { rules16, toTxPoints, type TxRules } from './tx-points.ts';
import { createProtocol16 } from './v16/index.ts';
import { createProtocol201 } from './v201/index.ts';
import { createProtocol21 } from './v21/index.ts';

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
  /** Sends a vendor's own message. Rejects as `Peer.call`. */
  dataTransfer(message: VendorMessage): Promise<{ status: string; data?: unknown }>;
  /** Logs a security event, and tells the CSMS when it is critical. */
  securityEvent(event: SecurityEvent): void;
  /** What the vehicle's side needs of the CSMS. */
  readonly iso15118: Iso15118;
  /** Has a new certificate signed by the CSMS; false when one is being signed already. */
  requestCertificate(kind: LeafKind): boolean;
}

/** Makes a station; nothing happens before `start`. Throws RangeError when an option cannot work. */
export function createStation(options: StationOptions): Station {
  checkOptions(options);
  return new ChargingStation(options);
}

const makers = { '1.6': createProtocol16, '2.0.1': createProtocol201, '2.1': createProtocol21 } as const;

/** How long a reset waits for the messages of ended transactions. */
const drainMs = 60_000;

class ChargingStation implements Station, Core {
  readonly events = new EventEmitter<StationEvents>();
  readonly time: StationClock;
  readonly random: () => number;
  readonly host: StationHost;
  readonly store: StationStore;
  readonly variables: DeviceModel;
  readonly tokens = new Tokens();
  readonly profiles = new ChargingProfiles();
  readonly evses: readonly Evse[];
  readonly delivery: Delivery;
  readonly transactions = new TransactionLog(this);
  readonly securityLog: SecurityLog;
  readonly firmwareUpdate = new FirmwareUpdate(this);
  readonly logUpload = new LogUpload(this);
  readonly signing = new CertificateSigning(this);
  readonly certificates: Certificates;
  readonly network: Network;
  readonly #options: StationOptions;
  readonly #queue: OfflineQueue;
  readonly #connection: Connection;
  readonly #registration: Registration;
  readonly #periodic: Periodic;
  readonly #protocols = new Map<StationVersion, Protocol>();
  #version: StationVersion;
  #isLoaded = false;
  #isStarted = false;
  #isResetting = false;
  #isOperative = true;
  #offlineSinceMs: number | undefined;
  #lastSentMs = 0;

  constructor(options: StationOptions) {
    this.#options = options;
    this.time = new StationClock(options.clock ?? systemClock);
    this.random = options.random ?? Math.random;
    this.host = options.host;
    this.store = options.store ? watched(options.store, this, () => this.#queue) : noStore;
    this.#version = this.versions[0] ?? '1.6';
    this.certificates = new Certificates(this, options);
    this.network = new Network(this, options);
    this.#periodic = new Periodic(this, {
      mayBeSkipped: options.heartbeats === 'idle',
      lastSentMs: () => this.#lastSentMs,
    });
    this.variables = new DeviceModel({
      catalog: catalogOf({ evses: options.host.evses, ...options.deviceModel }),
      settings: options.settings,
      ...(options.store && { store: this.store }),
      security: securityMeansOf(this),
      computed: (definition) => computedVariable(this, definition),
      onChange: (change) => this.#settingChanged(change),
    });
    this.#queue = new OfflineQueue(this.store, () => options.maxQueued ?? 1000);
    this.delivery = deliveryOf(this, this.#queue);
    this.securityLog = new SecurityLog(this.store);
    this.evses = options.host.evses.map((description) => new Evse(this, description));
    this.#registration = new Registration(this, {
      isConnected: () => this.isConnected,
      onServing: (reason) => this.#serve(reason),
      onRefused: () => this.delivery.close(),
    });
    this.#connection = this.#createConnection(options);
  }

  get clock(): Clock {
    return this.time;
  }

  get id(): string {
    return this.#options.identity;
  }

  get identity(): StationIdentity {
    return identityOf(this.#options, this.host.firmwareVersion);
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

  get initialSecurityProfile(): number {
    return initialProfileOf(this.#options);
  }

  get url(): string {
    return this.#options.url;
  }

  get callTimeoutMs(): number {
    const { messageTimeoutS = this.variables.number('OCPPCommCtrlr.MessageTimeout[Default]') } =
      this.network.current ?? {};
    return this.#options.callTimeoutMs ?? messageTimeoutS * 1000;
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

  get isOperative(): boolean {
    return this.#isOperative && !this.firmwareUpdate.isBlocking;
  }

  get queuedMessages(): number {
    return this.delivery.size;
  }

  get connectors(): readonly Connector[] {
    return this.evses.flatMap(({ connectors }) => connectors);
  }

  get txRules(): TxRules {
    const { variables } = this;
    if (this.#version === '1.6') return rules16(variables.get('OCPP16LegacyCtrlr.StopTransactionOnEVSideDisconnect'));
    return {
      start: toTxPoints(variables.list('TxCtrlr.TxStartPoint')),
      stop: toTxPoints(variables.list('TxCtrlr.TxStopPoint')),
    };
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
    if (this.isOnline || this.#offlineSinceMs === undefined) return undefined;
    return new Date(this.clock.now().getTime() - (this.clock.monotonicMs() - this.#offlineSinceMs));
  }

  get versions(): readonly StationVersion[] {
    return this.#options.versions ?? allVersions;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#load();
    this.#registration.renew(this.firmwareUpdate.resume() ? 'FirmwareUpdate' : undefined);
    this.network.restart();
    this.network.securityProfile.resume();
    this.#connection.start();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    for (const evse of this.evses) evse.release();
    for (const block of [this.network, this.signing, this.firmwareUpdate, this.logUpload]) block.stop();
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

  dataTransfer(message: VendorMessage): Promise<{ status: string; data?: unknown }> {
    return this.protocol.dataTransfer(message);
  }

  securityEvent(event: SecurityEvent): void {
    raiseSecurityEvent(this, event);
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
    this.#registration.again();
  }

  get iso15118(): Iso15118 {
    return this.protocol.iso15118;
  }

  requestCertificate(kind: LeafKind): boolean {
    return this.signing.request(kind);
  }

  ownCertificateChanged(): void {
    if (this.network.current?.securityProfile === 3) this.reconnect('the certificate has changed');
  }

  reconnect(reason: string): void {
    this.later(async () => {
      await this.#connection.stop(reason);
      if (this.#isStarted) this.#connection.start();
    });
  }

  profilesChanged(): void {
    for (const evse of this.evses) evse.rearm();
  }

  /** What an earlier run has left, then what the host says is so. */
  #load(): void {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    this.#queue.load();
    this.securityLog.load();
    recoverTransactions(this);
    this.host.attach(hostEvents(this));
  }

  #createConnection(options: StationOptions): Connection {
    const watch = connectionEvents(this);
    return new Connection({
      target: () => this.network.target(),
      pongTimeoutMs: () => this.variables.number('InternalCtrlr.WebsocketPongTimeout') * 1000,
      connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
      clock: this.clock,
      random: this.random,
      backOff: () => backOffOf(this.variables, options.backOff),
      pingIntervalMs: () => this.variables.number('OCPPCommCtrlr.WebSocketPingInterval') * 1000,
      onOpen: (subprotocol, transmit) => {
        watch.opened();
        return this.#opened(subprotocol, transmit);
      },
      onClose: (code, reason) => this.#closed(code, reason),
      onFailure: (failure) => watch.failed(failure),
    });
  }

  #opened(subprotocol: string, transmit: (text: string) => void): Receiver {
    this.#speak(versionOf(subprotocol) ?? this.#version);
    this.#lastSentMs = this.clock.monotonicMs();
    const isWatched = this.events.listenerCount('message') > 0;
    const receiver = this.protocol.open({
      transmit: (text) => {
        this.#lastSentMs = this.clock.monotonicMs();
        transmit(text);
      },
      onFlood: () => ownSecurityEvent(this, { type: 'InvalidMessages', info: 'more requests than can be answered' }),
      onTimeout: () => this.#connection.probe(),
      ...(isWatched && { onMessage: (record) => this.events.emit('message', record) }),
    });
    this.events.emit('connected', { version: this.#version });
    this.#registration.opened(this.#options.bootOnReconnect ?? false);
    return receiver;
  }

  /** In another version the CSMS knows nothing of the station yet. */
  #speak(version: StationVersion): void {
    if (version === this.#version) return;
    this.#version = version;
    for (const connector of this.connectors) connector.reportedStatus = undefined;
    this.#registration.renew(undefined);
  }

  #closed(code: number, reason: string): void {
    if (this.isOnline) this.#offlineSinceMs = this.clock.monotonicMs();
    this.#registration.closed();
    this.#periodic.stop();
    this.delivery.close();
    this.delivery.markOffline();
    this.protocol.closed();
    this.events.emit('disconnected', { code, reason });
  }

  /** The CSMS listens: it gets what it does not know yet. */
  #serve(reason: BootReason | undefined): void {
    const isBack = this.#offlineSinceMs !== undefined;
    const offlineMs = this.clock.monotonicMs() - (this.#offlineSinceMs ?? -Infinity);
    const isLong = offlineMs > this.variables.number('OCPPCommCtrlr.OfflineThreshold') * 1000;
    this.#connection.succeeded();
    this.network.accepted();
    if (isSilent(this)) this.delivery.discard(({ kind }) => kind === 'security');
    if (reason) raiseSecurityEvent(this, { type: bootEventOf(this.#version, reason) });
    this.protocol.reportStatus(isLong || reason ? 'all' : 'changed');
    this.delivery.open(isBack ? this.#options.resumeDelayMs : 0);
    this.#periodic.start();
    this.signing.start();
    this.events.emit('accepted');
  }

  #settingChanged(change: VariableChange): void {
    const name = changedName(change);
    if (name) ChargingStation.#effects[name]?.(this, change);
  }

  /** Settings that act at once on what runs. */
  static readonly #effects: Partial<Record<VariableName, (station: ChargingStation, change: VariableChange) => void>> =
    {
      'OCPPCommCtrlr.HeartbeatInterval': (station) => station.#periodic.heartbeatLater(),
      'OCPPCommCtrlr.WebSocketPingInterval': (station) => station.#connection.pingAgain(),
      'AlignedDataCtrlr.Interval': (station) => station.#periodic.alignedDataLater(),
      'SampledDataCtrlr.TxUpdatedInterval': (station) => station.profilesChanged(),
      'SecurityCtrlr.BasicAuthPassword': (station) => station.#passwordChanged(),
      'SecurityCtrlr.SecurityProfile': ({ network }, change) => network.securityProfile.changed(change),
    };

  /** The new one is used once the answer is out; nothing is to do where it is the one in use. */
  #passwordChanged(): void {
    if (this.network.credentials.isCurrent) return;
    ownSecurityEvent(this, { type: 'ReconfigurationOfSecurityParameters', info: 'BasicAuthPassword' });
    this.reconnect('the password has changed');
  }

  async #reset(kind: ResetKind, reason: BootReason): Promise<void> {
    this.events.emit('resetting');
    const end = { reason: kind === 'Hard' ? 'HardReset' : 'SoftReset', trigger: 'ResetCommand' } as const;
    for (const evse of this.evses) evse.end(end);
    await this.#drained();
    await this.#connection.stop('the station resets');
    this.#registration.renew(reason);
    this.#offlineSinceMs = undefined;
    this.network.restart();
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
