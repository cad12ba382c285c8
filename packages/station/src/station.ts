import type { EventEmitter } from 'node:events';
import { changeAvailability, type AvailabilityChange } from './availability/availability.ts';
import { hostBootReason, keptBootReason } from './connection/boot-reason.ts';
import type { LeafKind } from './security/certificate-store.ts';
import type { StationEvents } from './events.ts';
import type { EvseStatus } from './evse.ts';
import { writeByName, type HostWriteResult } from './device-model/host-variables.ts';
import type { Iso15118 } from './security/iso15118.ts';
import { checkOptions, type StationOptions, type StationVersion } from './options.ts';
import type { Payments } from './prices/payments.ts';
import type { BootReason, Registration } from './protocol.ts';
import { raiseSecurityEvent, type SecurityEvent } from './security/security-events.ts';
import type { IdToken, Place, VendorMessage } from './station-host.ts';
import { StationCore } from './station-core.ts';
import { insideOf, type StationInside } from './station-inside.ts';
import type { Station } from './station-type.ts';
import type { TokenInfo } from './authorization/tokens.ts';
import { limitTransaction, type TransactionLimit } from './transactions/transaction-limits.ts';
import type { Transaction } from './transactions/transaction.ts';
import { sendVendorMessage, type VendorReply } from './messages/vendor-messages.ts';

export type { Station } from './station-type.ts';

/** Makes a station; nothing happens before `start`. Throws RangeError when an option cannot work. */
export function createStation(options: StationOptions): Station {
  checkOptions(options);
  return new ChargingStation(options);
}

class ChargingStation implements Station {
  readonly id: string;
  readonly events: EventEmitter<StationEvents>;
  readonly #core: StationCore;
  #isStarted = false;

  constructor(options: StationOptions) {
    this.id = options.identity;
    this.#core = new StationCore(options);
    this.events = this.#core.events;
  }

  get version(): StationVersion {
    return this.#core.version;
  }

  get inside(): StationInside {
    return insideOf(this.#core, { isLoaded: () => this.#core.isLoaded, isStarted: () => this.#isStarted });
  }

  get isConnected(): boolean {
    return this.#core.csms.isOpen;
  }

  get registration(): Registration | undefined {
    return this.#core.registration;
  }

  get queuedMessages(): number {
    return this.#core.delivery.size;
  }

  get payments(): Payments {
    return this.#core.protocol.payments;
  }

  get iso15118(): Iso15118 {
    return this.#core.iso15118;
  }

  start(reason?: BootReason): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const core = this.#core;
    const isFirst = !core.isLoaded;
    core.csms.begin();
    core.load();
    for (const block of [core.reservations, core.webPayments, core.aligned, core.displays]) block.start();
    for (const evse of core.evses) evse.rearm();
    const known = core.firmwareUpdate.resume() ? 'FirmwareUpdate' : (reason ?? keptBootReason(core.store));
    core.csms.bootNext(known);
    core.network.restart();
    core.network.securityProfile.resume();
    core.protocol.start?.();
    if (isFirst && !known && core.host.bootReason) void this.#askAndConnect();
    else core.csms.dial();
    core.events.emit('started');
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    const core = this.#core;
    for (const block of [core.aligned, core.prices, core.displays, core.network]) block.stop();
    await core.csms.end();
    await core.authorized();
    for (const evse of core.evses) evse.release();
    core.protocol.stop?.();
    const { waiting, webPayments, reservations, resets, signing, firmwareUpdate, logUpload } = core;
    for (const block of [waiting, webPayments, reservations, resets, signing, firmwareUpdate, logUpload]) block.stop();
    core.csms.forget();
    core.events.emit('stopped');
  }

  drop(): void {
    this.#core.csms.drop();
  }

  statusOf(evseId: number): EvseStatus | undefined {
    return this.#core.evse(evseId)?.status;
  }

  transactionOn(evseId: number): Transaction | undefined {
    return this.#core.evse(evseId)?.transaction;
  }

  authorize(idToken: IdToken): Promise<TokenInfo> {
    return this.#core.authorize(idToken);
  }

  dataTransfer(message: VendorMessage): Promise<VendorReply> {
    return sendVendorMessage(this.#core, message);
  }

  limitTransaction(evseId: number, limit: TransactionLimit): boolean {
    return limitTransaction(this.#core, this.#core.evse(evseId), limit);
  }

  securityEvent(event: SecurityEvent): void {
    raiseSecurityEvent(this.#core, event);
  }

  requestCertificate(kind: LeafKind): boolean {
    return this.#core.signing.request(kind);
  }

  setVariable(name: string, value: string): HostWriteResult['status'] {
    const { variables, version } = this.#core;
    return writeByName({ model: variables, version }, name, value);
  }

  changeAvailability(place: Place, isOperative: boolean): AvailabilityChange {
    return changeAvailability(this.#core, place, isOperative);
  }

  async #askAndConnect(): Promise<void> {
    this.#core.csms.bootNext(await hostBootReason(this.#core));
    this.#core.csms.dial();
  }
}
