import { EventEmitter } from 'node:events';
import { AlignedData } from './metering/aligned-data.ts';
import { Availability } from './availability/availability.ts';
import { Errors } from './availability/errors.ts';
import { authorize } from './authorization/authorization.ts';
import { Certificates } from './security/certificates.ts';
import { CertificateSigning } from './security/certificate-signing.ts';
import { CertificateStatuses } from './security/certificate-statuses.ts';
import type { Iso15118 } from './security/iso15118.ts';
import type { ChargingProfiles } from './smart-charging/charging-profiles.ts';
import { systemClock, type Clock } from './time/clock.ts';
import { evseRulesOf, readerOf } from './smart-charging/composite-of.ts';
import { computedVariable } from './device-model/computed-variables.ts';
import { Contracts } from './authorization/contract.ts';
import type { Connector } from './connector.ts';
import type { Core } from './core.ts';
import { CsmsConnection } from './connection/csms-connection.ts';
import type { Delivery } from './delivery/delivery.ts';
import { DeviceModel } from './device-model/device-model.ts';
import { DisplayMessages } from './messages/display-messages.ts';
import type { StationEvents } from './events.ts';
import { Evse } from './evse.ts';
import { Grid } from './grid/grid.ts';
import { FirmwareUpdate } from './firmware/firmware-update.ts';
import { LogUpload } from './firmware/log-upload.ts';
import { Network } from './connection/network.ts';
import { noStore } from './store/no-store.ts';
import { OfflineQueue } from './delivery/offline-queue.ts';
import { allVersions, identityOf, type StationIdentity, type StationOptions, type StationVersion } from './options.ts';
import type { ProfileRules } from './smart-charging/profile-rules.ts';
import type { BootReason, Protocol, Registration as RegistrationStatus } from './protocol.ts';
import { Prices } from './prices/prices.ts';
import { Protocols } from './protocols.ts';
import { takeUp } from './take-up.ts';
import { RemoteStarts } from './availability/remote-starts.ts';
import { Reservations } from './availability/reservations.ts';
import { Resets } from './availability/resets.ts';
import { createProfiles, SmartChargingParts } from './smart-charging/smart-charging-parts.ts';
import { profileRulesOf } from './smart-charging/smart-charging-settings.ts';
import { initialProfileOf, securityMeansOf } from './connection/security-profile.ts';
import { settingChanged, type SettingHooks } from './device-model/setting-effects.ts';
import { SecurityLog } from './security/security-log.ts';
import type { IdToken, ResetKind, StationHost } from './station-host.ts';
import { deliveryOf } from './delivery/station-delivery.ts';
import type { StationStore } from './store/store.ts';
import { watched } from './store/store-watch.ts';
import { StationClock } from './connection/time-keeping.ts';
import { Tokens, type TokenInfo } from './authorization/tokens.ts';
import { Tariffs } from './prices/tariffs.ts';
import { TransactionCosts } from './prices/transaction-cost.ts';
import { TransactionLog } from './transactions/transaction-log.ts';
import { catalogOf } from './device-model/variable-catalog.ts';
import { txRulesOf, type TxRules } from './transactions/tx-points.ts';
import { WaitingTokens } from './authorization/waiting-tokens.ts';
import { WebPayments } from './prices/web-payments.ts';

/** The blocks of a station, joined: what each of them sees of the others is {@link Core}. */
export class StationCore implements Core {
  readonly events = new EventEmitter<StationEvents>();
  readonly time: StationClock;
  readonly random: () => number;
  readonly host: StationHost;
  readonly store: StationStore;
  readonly variables: DeviceModel;
  readonly tokens = new Tokens(this);
  readonly availability = new Availability(this);
  readonly errors = new Errors(this);
  readonly reservations = new Reservations(this);
  readonly waiting = new WaitingTokens(this);
  readonly webPayments = new WebPayments(this);
  readonly remoteStarts = new RemoteStarts(this);
  readonly resets = new Resets(this, {
    leave: (reason) => this.csms.leave(reason),
    comeBack: () => this.csms.dial(),
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
  readonly iso15118: Iso15118 = new CertificateStatuses(this);
  readonly network: Network;
  readonly csms: CsmsConnection;
  readonly aligned = new AlignedData(this);
  readonly #options: StationOptions;
  readonly #queue: OfflineQueue;
  readonly #protocols: Protocols;
  #isLoaded = false;
  /** Tokens that the CSMS is asked about. */
  readonly #authorizing = new Set<Promise<TokenInfo>>();

  constructor(options: StationOptions) {
    this.#options = options;
    this.time = new StationClock(options.clock ?? systemClock);
    this.random = options.random ?? Math.random;
    this.host = options.host;
    this.store = options.store ? watched(options.store, this, () => this.#queue) : noStore;
    this.#protocols = new Protocols(this, this.versions[0] ?? '1.6');
    this.certificates = new Certificates(this, options);
    this.network = new Network(this, options);
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
    this.csms = new CsmsConnection(this, options, this.#protocols);
  }

  get clock(): Clock {
    return this.time;
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

  get initialSecurityProfile(): number {
    return initialProfileOf(this.#options);
  }

  get url(): string {
    return this.#options.url;
  }

  get violations() {
    return this.#options.violations;
  }

  get callTimeoutMs(): number {
    const { messageTimeoutS = this.variables.number('OCPPCommCtrlr.MessageTimeout[Default]') } =
      this.network.current ?? {};
    return this.#options.callTimeoutMs ?? messageTimeoutS * 1000;
  }

  get isOnline(): boolean {
    return this.csms.isServing;
  }

  get registration(): RegistrationStatus | undefined {
    return this.csms.registration;
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
    return this.csms.offlineSince;
  }

  get versions(): readonly StationVersion[] {
    return this.#options.versions ?? allVersions;
  }

  /** What an earlier run has left was taken up. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** What an earlier run has left, then what the host says is so. */
  load(): void {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    takeUp(this, this.#queue);
  }

  evse(id: number): Evse | undefined {
    return this.evses.find((evse) => evse.id === id);
  }

  authorize(idToken: IdToken, evseId?: number): Promise<TokenInfo> {
    const verdict = authorize(this, idToken, evseId);
    this.#authorizing.add(verdict);
    void verdict.finally(() => this.#authorizing.delete(verdict));
    return verdict;
  }

  /** Resolves when no token is asked about any more. */
  async authorized(): Promise<void> {
    await Promise.all(this.#authorizing);
  }

  later(task: () => void | Promise<void>): void {
    queueMicrotask(() => void task());
  }

  reset(kind: ResetKind, reason: BootReason): void {
    this.resets.run({ evse: undefined, kind, reason });
  }

  bootAgain(): void {
    this.csms.bootAgain();
  }

  ownCertificateChanged(): void {
    if (this.network.current?.securityProfile === 3) this.reconnect('the certificate has changed');
  }

  reconnect(reason: string): void {
    this.later(() => this.csms.redial(reason));
  }

  profilesChanged(): void {
    this.smartCharging.limiter.again();
    this.protocol.smartCharging?.profilesChanged?.();
    this.events.emit('profilesChanged');
  }

  readonly #hooks: SettingHooks = {
    isLoaded: () => this.#isLoaded,
    heartbeatLater: () => this.csms.heartbeatLater(),
    pingAgain: () => this.csms.pingAgain(),
    alignAgain: () => this.aligned.again(),
  };
}
