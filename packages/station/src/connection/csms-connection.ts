import { versionOf } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import type { StationOptions } from '../options.ts';
import type { BootReason, Receiver, Registration as RegistrationStatus } from '../protocol.ts';
import type { Protocols } from '../protocols.ts';
import { isSilent, ownSecurityEvent, raiseSecurityEvent, startEventOf } from '../security/security-events.ts';
import { Periodic } from './periodic.ts';
import { forgetBootReason } from './boot-reason.ts';
import type { Connection } from './connection.ts';
import { Registration } from './registration.ts';
import { connectionOf } from './station-connection.ts';
import { openThrough } from './station-network.ts';

/** A station's connection to its CSMS, and what happens when it opens, closes, and the CSMS accepts the station. */
export class CsmsConnection {
  readonly #core: Core;
  readonly #options: StationOptions;
  readonly #protocols: Protocols;
  readonly #connection: Connection;
  readonly #registration: Registration;
  readonly #periodic: Periodic;
  #isStarted = false;
  /** On the monotonic clock, as all of them. */
  #startedMs: number | undefined;
  #offlineSinceMs: number | undefined;
  #lastSentMs = 0;
  #misusedMs: number | undefined;

  constructor(core: Core, options: StationOptions, protocols: Protocols) {
    this.#core = core;
    this.#options = options;
    this.#protocols = protocols;
    this.#periodic = new Periodic(core, {
      mayBeSkipped: options.heartbeats === 'idle',
      lastSentMs: () => this.#lastSentMs,
    });
    this.#registration = new Registration(core, {
      isConnected: () => this.isOpen,
      onServing: (reason) => this.#serve(reason),
      onRefused: () => {
        this.#periodic.stop();
        core.delivery.close();
      },
    });
    this.#connection = connectionOf(core, options, {
      onOpen: (subprotocol, transmit) =>
        openThrough(options.network, transmit, (through) => this.#opened(subprotocol, through)),
      onClose: (code, reason) => this.#closed(code, reason),
    });
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /** Open, and the CSMS has accepted the station. */
  get isServing(): boolean {
    return this.#registration.isServing;
  }

  get registration(): RegistrationStatus | undefined {
    return this.#registration.status;
  }

  /** Since when the CSMS does not hear the station; undefined while it does. */
  get offlineSince(): Date | undefined {
    const { clock } = this.#core;
    const sinceMs = this.#offlineSinceMs ?? this.#startedMs;
    if (this.isServing || sinceMs === undefined) return undefined;
    return new Date(clock.now().getTime() - (clock.monotonicMs() - sinceMs));
  }

  /** The station starts, and is offline from now on. */
  begin(): void {
    this.#isStarted = true;
    this.#startedMs = this.#core.clock.monotonicMs();
  }

  /** Connects, and keeps connecting, while the station is started. */
  dial(): void {
    if (this.#isStarted) this.#connection.start();
  }

  /** The station stops. */
  async end(): Promise<void> {
    this.#isStarted = false;
    await this.#connection.stop('the station stops');
  }

  /** Nothing is awaited of the CSMS any more. */
  forget(): void {
    this.#registration.closed();
    this.#core.delivery.close();
  }

  drop(): void {
    this.#connection.drop();
  }

  /** Disconnects and dials again. */
  async redial(reason: string): Promise<void> {
    await this.#connection.stop(reason);
    this.dial();
  }

  /** Disconnects for a reset; the next connection begins with a boot for this reason. */
  async leave(reason: BootReason): Promise<void> {
    await this.#connection.stop('the station resets');
    this.bootNext(reason);
    this.#offlineSinceMs = undefined;
    this.#core.network.restart();
  }

  /** The next connection begins with a BootNotification. */
  bootNext(reason: BootReason | undefined): void {
    this.#registration.renew(reason);
  }

  bootAgain(): void {
    this.#registration.again();
  }

  heartbeatLater(): void {
    this.#periodic.heartbeatLater();
  }

  pingAgain(): void {
    this.#connection.pingAgain();
  }

  #opened(subprotocol: string, transmit: (text: string) => void): Receiver {
    const core = this.#core;
    if (this.#protocols.speak(versionOf(subprotocol) ?? core.version)) this.bootNext(undefined);
    this.#lastSentMs = core.clock.monotonicMs();
    const isWatched = core.events.listenerCount('message') > 0;
    const receiver = core.protocol.open({
      transmit: (text) => {
        this.#lastSentMs = core.clock.monotonicMs();
        transmit(text);
      },
      onFlood: () => this.#misused('more requests than can be answered'),
      onInvalid: (description) => this.#misused(description),
      onTimeout: () => this.#connection.probe(),
      ...(isWatched && { onMessage: (record) => core.events.emit('message', record) }),
    });
    core.events.emit('connected', { version: core.version });
    this.#registration.opened(this.#options.bootOnReconnect ?? false);
    return receiver;
  }

  /** One event a minute at the most: each is written to the disk, and the CSMS may send what it likes. */
  #misused(info: string): void {
    const nowMs = this.#core.clock.monotonicMs();
    if (this.#misusedMs !== undefined && nowMs - this.#misusedMs < 60_000) return;
    this.#misusedMs = nowMs;
    ownSecurityEvent(this.#core, { type: 'InvalidMessages', info });
  }

  #closed(code: number, reason: string): void {
    const { clock, delivery, protocol, prices, smartCharging, events } = this.#core;
    this.#offlineSinceMs ??= clock.monotonicMs();
    this.#registration.closed();
    this.#periodic.stop();
    delivery.close();
    delivery.markOffline();
    protocol.closed();
    prices.showDefault();
    smartCharging.connectionChanged();
    events.emit('disconnected', { code, reason });
  }

  /** The CSMS listens: it gets what it does not know yet. */
  #serve(reason: BootReason | undefined): void {
    const core = this.#core;
    const isBack = this.#offlineSinceMs !== undefined;
    const offlineMs = core.clock.monotonicMs() - (this.#offlineSinceMs ?? -Infinity);
    const isLong = offlineMs > core.variables.number('OCPPCommCtrlr.OfflineThreshold') * 1000;
    this.#offlineSinceMs = undefined;
    this.#connection.succeeded();
    core.network.accepted();
    if (isSilent(core)) core.delivery.discard(({ kind }) => kind === 'security');
    if (reason) forgetBootReason(core.store);
    if (reason) raiseSecurityEvent(core, { type: startEventOf(reason) });
    core.protocol.reportStatus(isLong || reason ? 'all' : 'changed');
    core.reservations.tell();
    core.delivery.open(isBack ? this.#options.resumeDelayMs : 0);
    this.#periodic.start();
    core.signing.start();
    core.smartCharging.connectionChanged(offlineMs);
    core.prices.showDefault();
    core.events.emit('accepted');
  }
}
