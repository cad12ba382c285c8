import { EventEmitter } from 'node:events';
import { versionOf } from '@busbar/ocpp';
import { AlignedData } from './metering/aligned-data.ts';
import { Availability, changeAvailability, type AvailabilityChange } from './availability/availability.ts';
import { authorize } from './authorization/authorization.ts';
import { forgetBootReason, hostBootReason, keptBootReason } from './connection/boot-reason.ts';
import { Certificates } from './security/certificates.ts';
import { CertificateSigning } from './security/certificate-signing.ts';
import type { LeafKind } from './security/certificate-store.ts';
import type { ChargingProfiles } from './smart-charging/charging-profiles.ts';
import { systemClock, type Clock } from './time/clock.ts';
import { evseRulesOf, readerOf } from './smart-charging/composite-of.ts';
import { computedVariable } from './device-model/computed-variables.ts';
import type { Connection } from './connection/connection.ts';
import { Contracts } from './authorization/contract.ts';
import type { Connector } from './connector.ts';
import type { Core } from './core.ts';
import type { Delivery } from './delivery/delivery.ts';
import { DeviceModel } from './device-model/device-model.ts';
import { DisplayMessages } from './messages/display-messages.ts';
import type { StationEvents } from './events.ts';
import { Evse, type EvseStatus } from './evse.ts';
import { Grid } from './grid/grid.ts';
import { FirmwareUpdate } from './firmware/firmware-update.ts';
import { writeByName, type HostWriteResult } from './device-model/host-variables.ts';
import type { Iso15118 } from './security/iso15118.ts';
import { LogUpload } from './firmware/log-upload.ts';
import { Network } from './connection/network.ts';
import { noStore } from './store/no-store.ts';
import { OfflineQueue } from './delivery/offline-queue.ts';
import {
  allVersions,
  checkOptions,
  identityOf,
  type StationIdentity,
  type StationOptions,
  type StationVersion,
} from './options.ts';
import type { Payments } from './prices/payments.ts';
import { Periodic } from './time/periodic.ts';
import type { ProfileRules } from './smart-charging/profile-rules.ts';
import type { BootReason, Protocol, Receiver, Registration as RegistrationStatus } from './protocol.ts';
import { Prices } from './prices/prices.ts';
import { Protocols } from './protocols.ts';
import { takeUp } from './take-up.ts';
import { Registration } from './connection/registration.ts';
import { RemoteStarts } from './availability/remote-starts.ts';
import { Reservations } from './availability/reservations.ts';
import { Resets } from './availability/resets.ts';
import {
  isSilent,
  ownSecurityEvent,
  raiseSecurityEvent,
  startEventOf,
  type SecurityEvent,
} from './security/security-events.ts';
import { createProfiles, SmartChargingParts } from './smart-charging/smart-charging-parts.ts';
import { profileRulesOf } from './smart-charging/smart-charging-settings.ts';
import { initialProfileOf, securityMeansOf } from './connection/security-profile.ts';
import { settingChanged, type SettingHooks } from './device-model/setting-effects.ts';
import { SecurityLog } from './security/security-log.ts';
import type { IdToken, Place, ResetKind, StationHost, VendorMessage } from './station-host.ts';
import { connectionOf } from './connection/station-connection.ts';
import { deliveryOf } from './delivery/station-delivery.ts';
import { insideOf, type StationInside } from './station-inside.ts';
import { openThrough } from './connection/station-network.ts';
import type { Station } from './station-type.ts';
import type { StationStore } from './store/store.ts';
import { watched } from './store/store-watch.ts';
import { StationClock } from './connection/time-keeping.ts';
import { Tokens, type TokenInfo } from './authorization/tokens.ts';
import { Tariffs } from './prices/tariffs.ts';
import { TransactionCosts } from './prices/transaction-cost.ts';
import { limitTransaction, type TransactionLimit } from './transactions/transaction-limits.ts';
import { TransactionLog } from './transactions/transaction-log.ts';
import { catalogOf } from './device-model/variable-catalog.ts';
import type { Transaction } from './transactions/transaction.ts';
import { txRulesOf, type TxRules } from './transactions/tx-points.ts';
import { WaitingTokens } from './authorization/waiting-tokens.ts';
import { WebPayments } from './prices/web-payments.ts';
import { sendVendorMessage, type VendorReply } from './messages/vendor-messages.ts';

export type { Station } from './station-type.ts';

/** Makes a station; nothing happens before `start`. Throws RangeError when an option cannot work. */
export function createStation(options: StationOptions): Station {
  checkOptions(options);
  return new ChargingStation(options);
}

class ChargingStation implements Station, Core {
  readonly events = new EventEmitter<StationEvents>();
  readonly time: StationClock;
  readonly random: () => number;
  readonly host: StationHost;
  readonly store: StationStore;
  readonly variables: DeviceModel;
  readonly tokens = new Tokens(this);
  readonly availability = new Availability(this);
  readonly reservations = new Reservations(this);
  readonly waiting = new WaitingTokens(this);
  readonly webPayments = new WebPayments(this);
  readonly remoteStarts = new RemoteStarts(this);
  readonly resets = new Resets(this, {
    leave: (reason) => this.#leave(reason),
    comeBack: () => {
      if (this.#isStarted) this.#connection.start();
    },
  });
  readonly profiles: ChargingProfiles;
  readonly smartCharging = new SmartChargingParts(this);
  readonly evses: readonly Evse[];
  readonly delivery: Delivery;
  readonly transactions = new TransactionLog(this);
  readonly prices = new Prices(this);
  readonly tariffs = new Tariffs(this);
  readonly costs = new TransactionCosts(this);
  readonly displays = new DisplayMessages(this);
  readonly grid = new Grid(this);
  readonly contracts = new Contracts(this);
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
  readonly #aligned = new AlignedData(this);
  readonly #periodic: Periodic;
  readonly #protocols: Protocols;
  #isLoaded = false;
  #isStarted = false;
  /** Tokens that the CSMS is asked about. */
  readonly #authorizing = new Set<Promise<TokenInfo>>();
  #startedMs: number | undefined;
  #offlineSinceMs: number | undefined;
  #lastSentMs = 0;

  constructor(options: StationOptions) {
    this.#options = options;
    this.time = new StationClock(options.clock ?? systemClock);
    this.random = options.random ?? Math.random;
    this.host = options.host;
    this.store = options.store ? watched(options.store, this, () => this.#queue) : noStore;
    this.#protocols = new Protocols(this, this.versions[0] ?? '1.6');
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
      onChange: (change) => settingChanged(this, this.#hooks, change),
    });
    this.profiles = createProfiles(this, options.store && this.store);
    this.#queue = new OfflineQueue(this.store, () => options.maxQueued ?? 1000);
    this.delivery = deliveryOf(this, this.#queue);
    this.securityLog = new SecurityLog(this.store);
    this.evses = options.host.evses.map((description) => new Evse(this, description));
    this.#registration = new Registration(this, {
      isConnected: () => this.isConnected,
      onServing: (reason) => this.#serve(reason),
      onRefused: () => this.delivery.close(),
    });
    this.#connection = connectionOf(this, options, {
      onOpen: (subprotocol, transmit) =>
        openThrough(options.network, transmit, (through) => this.#opened(subprotocol, through)),
      onClose: (code, reason) => this.#closed(code, reason),
    });
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
    return this.#protocols.version;
  }

  get protocol(): Protocol {
    return this.#protocols.current;
  }

  get inside(): StationInside {
    return insideOf(this, { isLoaded: () => this.#isLoaded, isStarted: () => this.#isStarted });
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

  get queuedMessages(): number {
    return this.delivery.size;
  }

  get connectors(): readonly Connector[] {
    return this.evses.flatMap(({ connectors }) => connectors);
  }

  get txRules(): TxRules {
    return txRulesOf(this);
  }

  get profileRules(): ProfileRules {
    const evses = this.evses.map(evseRulesOf);
    return profileRulesOf(readerOf(this), { version: this.version, now: this.clock.now(), evses });
  }

  get offlineSince(): Date | undefined {
    const sinceMs = this.#offlineSinceMs ?? this.#startedMs;
    if (this.isOnline || sinceMs === undefined) return undefined;
    return new Date(this.clock.now().getTime() - (this.clock.monotonicMs() - sinceMs));
  }

  get versions(): readonly StationVersion[] {
    return this.#options.versions ?? allVersions;
  }

  start(reason?: BootReason): void {
    if (this.#isStarted) return;
    const isFirst = !this.#isLoaded;
    this.#isStarted = true;
    this.#startedMs = this.clock.monotonicMs();
    this.#load();
    const { reservations, webPayments, displays } = this;
    for (const block of [reservations, webPayments, this.#aligned, displays]) block.start();
    for (const evse of this.evses) evse.rearm();
    const known = this.firmwareUpdate.resume() ? 'FirmwareUpdate' : (reason ?? keptBootReason(this.store));
    this.#registration.renew(known);
    this.network.restart();
    this.network.securityProfile.resume();
    this.protocol.start?.();
    if (isFirst && !known && this.host.bootReason) void this.#askAndConnect();
    else this.#connection.start();
    this.events.emit('started');
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#aligned.stop();
    this.prices.stop();
    this.displays.stop();
    this.network.stop();
    await this.#connection.stop('the station stops');
    await Promise.all(this.#authorizing);
    for (const evse of this.evses) evse.release();
    this.protocol.stop?.();
    const { waiting, webPayments, reservations, resets, signing, firmwareUpdate, logUpload } = this;
    for (const block of [waiting, webPayments, reservations, resets, signing, firmwareUpdate, logUpload]) block.stop();
    this.#registration.closed();
    this.delivery.close();
    this.events.emit('stopped');
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

  get payments(): Payments {
    return this.protocol.payments;
  }

  limitTransaction(evseId: number, limit: TransactionLimit): boolean {
    return limitTransaction(this, this.evse(evseId), limit);
  }

  securityEvent(event: SecurityEvent): void {
    raiseSecurityEvent(this, event);
  }

  setVariable(name: string, value: string): HostWriteResult['status'] {
    return writeByName({ model: this.variables, version: this.version }, name, value);
  }

  changeAvailability(place: Place, isOperative: boolean): AvailabilityChange {
    return changeAvailability(this, place, isOperative);
  }

  authorize(idToken: IdToken, evseId?: number): Promise<TokenInfo> {
    const verdict = authorize(this, idToken, evseId);
    this.#authorizing.add(verdict);
    void verdict.finally(() => this.#authorizing.delete(verdict));
    return verdict;
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
    for (const evse of this.evses) evse.limitAgain();
    this.protocol.smartCharging?.profilesChanged?.();
    this.events.emit('profilesChanged');
  }

  async #askAndConnect(): Promise<void> {
    this.#registration.renew(await hostBootReason(this));
    if (this.#isStarted) this.#connection.start();
  }

  /** What an earlier run has left, then what the host says is so. */
  #load(): void {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    takeUp(this, this.#queue);
  }

  #opened(subprotocol: string, transmit: (text: string) => void): Receiver {
    if (this.#protocols.speak(versionOf(subprotocol) ?? this.version)) this.#registration.renew(undefined);
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
    this.events.emit('connected', { version: this.version });
    this.#registration.opened(this.#options.bootOnReconnect ?? false);
    return receiver;
  }

  #closed(code: number, reason: string): void {
    this.#offlineSinceMs ??= this.clock.monotonicMs();
    this.#registration.closed();
    this.#periodic.stop();
    this.delivery.close();
    this.delivery.markOffline();
    this.protocol.closed();
    this.prices.showDefault();
    this.smartCharging.connectionChanged();
    this.events.emit('disconnected', { code, reason });
  }

  /** The CSMS listens: it gets what it does not know yet. */
  #serve(reason: BootReason | undefined): void {
    const isBack = this.#offlineSinceMs !== undefined;
    const offlineMs = this.clock.monotonicMs() - (this.#offlineSinceMs ?? -Infinity);
    const isLong = offlineMs > this.variables.number('OCPPCommCtrlr.OfflineThreshold') * 1000;
    this.#offlineSinceMs = undefined;
    this.#connection.succeeded();
    this.network.accepted();
    if (isSilent(this)) this.delivery.discard(({ kind }) => kind === 'security');
    if (reason) forgetBootReason(this.store);
    if (reason) raiseSecurityEvent(this, { type: startEventOf(reason) });
    this.protocol.reportStatus(isLong || reason ? 'all' : 'changed');
    this.reservations.tell();
    this.delivery.open(isBack ? this.#options.resumeDelayMs : 0);
    this.#periodic.start();
    this.signing.start();
    this.smartCharging.connectionChanged(offlineMs);
    this.prices.showDefault();
    this.events.emit('accepted');
  }

  readonly #hooks: SettingHooks = {
    isLoaded: () => this.#isLoaded,
    heartbeatLater: () => this.#periodic.heartbeatLater(),
    pingAgain: () => this.#connection.pingAgain(),
    alignAgain: () => this.#aligned.again(),
  };

  async #leave(reason: BootReason): Promise<void> {
    await this.#connection.stop('the station resets');
    this.#registration.renew(reason);
    this.#offlineSinceMs = undefined;
    this.network.restart();
  }
}
