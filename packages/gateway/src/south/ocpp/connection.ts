import { OcppError, type MessageRecord } from '@busbar/ocpp';
import type { WebSocket } from 'ws';
import type { ChargingStation } from '../../domain/charging-station.ts';
import { NotFoundError, UnavailableError } from '../../domain/errors.ts';
import type { AnswerTo, Report } from '../../domain/reports.ts';
import type { MessageEntry } from '../../ports/south.ts';
import { Conduct, suspiciousInvalid } from './conduct.ts';
import { discover } from './discover.ts';
import type { Version } from './handshake.ts';
import { open16 } from './ocpp16/index.ts';
import { open201 } from './ocpp201/index.ts';
import { open21 } from './ocpp21/index.ts';
import { redacted } from './redact.ts';
import type { Session } from './session.ts';
import type { Visitor, Surroundings } from './surroundings.ts';

/** `waiting` for an older connection of the station to finish; `yielding` to a newer one. */
type Phase = 'waiting' | 'open' | 'yielding' | 'closed';

/** A station that reads nothing while this much waits for it is disconnected. */
const maxUnreadBytes = 4 * 1024 * 1024;

const openers = { '1.6': open16, '2.0.1': open201, '2.1': open21 } as const;

/** One WebSocket of one station, from its handshake to its end. */
export class Connection implements Session {
  readonly stationId: string;
  readonly connectedAt: Date;
  readonly #socket: WebSocket;
  readonly #around: Surroundings;
  readonly #version: Version;
  readonly #remoteAddress: string | undefined;
  readonly #conduct: Conduct;
  readonly #ends: ReturnType<typeof open16> | ReturnType<typeof open201>;
  #phase: Phase = 'waiting';
  #isAlive = true;
  #isBooting = false;
  #isConnectedReported = false;
  #cause = 'closed by the station';
  /** Requests that are being handled or wait for it. */
  #unanswered = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  #opening: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #receivedAt = 0;
  #pongs = 0;

  constructor(socket: WebSocket, { stationId, version, remoteAddress }: Visitor, around: Surroundings) {
    this.stationId = stationId;
    this.connectedAt = around.clock.now();
    this.#socket = socket;
    this.#around = around;
    this.#version = version;
    this.#remoteAddress = remoteAddress;
    this.#conduct = new Conduct(around.options);
    const open = openers[version];
    const { mode, callTimeoutS, maxFrameBytes, bootGraceS } = around.options;
    this.#ends = open(
      this,
      {
        mode,
        callTimeoutMs: callTimeoutS * 1000,
        maxFrameChars: maxFrameBytes,
        transmit: (text) => this.#transmit(text),
        onMessage: (record) => this.#onMessage(record),
        onFlood: () => this.#onFlood(),
      },
      (reason) => this.#close(1008, reason),
    );
    if (bootGraceS > 0) this.#ends.caller.shut();
  }

  get version(): Version {
    return this.#version;
  }

  /** Reads the socket from now on, or once `older` has finished what it had received. */
  open(older: Connection | undefined): void {
    const socket = this.#socket;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => this.#onPong());
    socket.on('error', (error) => this.#onError(error));
    socket.on('close', (code, reason) => this.#onClose(code, reason));
    if (older !== undefined) socket.pause();
    this.#opening = this.#open(older);
  }

  /** A newer connection of the station is there. Resolves when this one has finished what it had received. */
  async yield(): Promise<void> {
    const wasOpen = this.#phase === 'open';
    if (this.#phase === 'closed') return this.#ending;
    this.#phase = 'yielding';
    await this.#opening;
    if (!wasOpen) {
      this.#close(1008, 'replaced by a newer connection');
      return;
    }
    const pongs = this.#pongs;
    this.#ping();
    await this.#drained();
    await this.#farewell('replaced by a newer connection');
    const timer = setTimeout(() => this.#endDuplicate(pongs), this.#around.options.duplicateProbeS * 1000);
    this.#socket.once('close', () => clearTimeout(timer));
    if (this.#pongs > pongs) this.#endDuplicate(pongs);
    else this.#socket.once('pong', () => this.#endDuplicate(pongs));
  }

  /** Finishes what was received, then closes. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    if (this.#phase === 'open') this.#phase = 'yielding';
    await this.#opening;
    await this.#drained();
    this.#close(1001, 'the gateway stops');
    const timer = setTimeout(() => this.#socket.terminate(), this.#around.options.stopGraceS * 1000);
    await this.#closed();
    clearTimeout(timer);
  }

  /** Once per ping interval: a station that has been silent since the last ping is gone. */
  beat(): void {
    if (!this.#isAlive && !this.#around.slowed.has(this)) {
      this.#cause = 'no answer to a ping';
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#ping();
  }

  /** Once a second while the connection is young; true when it has grown up. */
  grow(second: number): boolean {
    const { bootGraceS, discoverAfterS } = this.#around.options;
    if (this.#phase === 'closed' || this.#phase === 'yielding') return true;
    if (second >= bootGraceS && !this.#isBooting) this.#ends.caller.open();
    if (discoverAfterS === 0) return second >= bootGraceS;
    if (second < discoverAfterS) return false;
    void discover(this, this.#ends.link, { version: this.#version, log: this.#around.log });
    return second >= bootGraceS;
  }

  /** Once a second while the connection is slowed; true when it may be read again. */
  recover(): boolean {
    const { options, second } = this.#around;
    const conduct = this.#conduct.recover(second);
    if (conduct === 'slowed') return false;
    if (conduct === 'recovered') this.#socket.resume();
    else this.#endFlood(`slowed down for more than ${options.maxSlowedS} s of a minute, and still too fast`);
    return true;
  }

  now(): Date {
    return this.#around.clock.now();
  }

  async report<R extends Report>(report: R): Promise<AnswerTo<R>> {
    try {
      return await this.#around.intake.report(this.stationId, report);
    } catch (error) {
      if (error instanceof UnavailableError) {
        throw new OcppError('InternalError', 'the gateway cannot store this now, send it again');
      }
      if (error instanceof NotFoundError) this.#close(1008, 'this station is not known any more');
      else
        this.#around.log.error(
          { stationId: this.stationId, report: report.type, err: error },
          'a message could not be handled',
        );
      throw new OcppError('InternalError');
    }
  }

  seen(): void {
    this.#around.intake.seen(this.stationId);
  }

  station(): Promise<ChargingStation | undefined> {
    return this.#around.intake.station(this.stationId);
  }

  timedOut(): void {
    this.#around.metrics.timeout();
  }

  note(sentence: string): void {
    this.#around.log.debug({ stationId: this.stationId, note: sentence }, 'part of a message was not taken as it came');
  }

  async #open(older: Connection | undefined): Promise<void> {
    await older?.yield();
    if (this.#phase !== 'waiting') return;
    this.#phase = 'open';
    this.#isConnectedReported = true;
    const { intake, log } = this.#around;
    const remote = this.#remoteAddress === undefined ? {} : { remoteAddress: this.#remoteAddress };
    const connected = intake.report(this.stationId, { type: 'Connected', protocol: `ocpp${this.#version}`, ...remote });
    if (older !== undefined) this.#socket.resume();
    try {
      await connected;
      if (this.#phase === 'open') intake.attach(this.#ends.link);
    } catch (error) {
      log.warn({ stationId: this.stationId, err: error }, 'a connection could not be stored and is closed');
      this.#close(1013, 'try again later');
    }
  }

  #receive(data: WebSocket.RawData, isBinary: boolean): void {
    this.#isAlive = true;
    if (this.#phase !== 'open') return;
    this.#spend();
    if (!(data instanceof Buffer)) return;
    if (isBinary) this.#ends.peer.receiveBinary(data.length);
    else this.#ends.peer.receiveBytes(data);
  }

  /** Counts messages against the rate; beyond it the socket is not read until {@link recover} says so. */
  #spend(): void {
    const { second, slowed } = this.#around;
    if (!this.#conduct.spend(second) || slowed.has(this)) return;
    this.#socket.pause();
    slowed.add(this);
    this.#around.log.info({ stationId: this.stationId }, 'a station sends too fast and is slowed down');
  }

  #transmit(text: string): void {
    if (this.#socket.readyState !== 1) throw new Error('the socket is closed');
    this.#socket.send(text);
    if (this.#socket.bufferedAmount <= maxUnreadBytes) return;
    this.#cause = 'does not read what it is sent';
    this.#socket.terminate();
  }

  #onMessage(record: MessageRecord): void {
    const { direction, kind, action, verdict } = record;
    const { intake, metrics } = this.#around;
    if (direction === 'in') {
      if (verdict === 'invalid' || verdict === 'unknown') this.#onInvalid();
      if (kind === 'CALL' && verdict !== 'duplicate') this.#onRequest();
      if (kind === 'CALL' && action === 'BootNotification' && (verdict === 'ok' || verdict === 'repaired')) {
        this.#startBoot();
      }
    } else if (kind === 'CALL') this.#ends.caller.wrote();
    else if (action !== undefined && verdict !== 'duplicate') this.#onAnswer(action);
    metrics.message(verdict === 'unknown' ? 'unknown' : (action ?? 'none'), direction, resultOf(record));
    intake.logMessage(this.#entryOf(record));
  }

  /** Only what there is: a spread would cost more than all the rest of an entry. */
  #entryOf({ direction, kind, messageId, action, text, verdict, notes, errorCode }: MessageRecord): MessageEntry {
    const { stationId } = this;
    const at = this.#around.clock.now();
    const entry: MessageEntry = { stationId, at, direction, kind, text: redacted(text, action), verdict };
    if (messageId !== undefined) entry.messageId = messageId;
    if (action !== undefined) entry.action = action;
    if (notes !== undefined) entry.notes = notes;
    if (errorCode !== undefined) entry.errorCode = errorCode;
    return entry;
  }

  #onRequest(): void {
    if (++this.#unanswered === 1) this.#receivedAt = performance.now();
  }

  #startBoot(): void {
    this.#isBooting = true;
    this.#ends.caller.shut();
  }

  /** The answer is about to be written, so calls that wait go out behind it. */
  #onAnswer(action: string): void {
    const now = performance.now();
    this.#around.metrics.answered((now - this.#receivedAt) / 1000);
    this.#receivedAt = now;
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    if (action === 'BootNotification') this.#isBooting = false;
    if (!this.#isBooting) this.#ends.caller.open();
    if (this.#unanswered === 0) this.#idle?.resolve();
  }

  #onPong(): void {
    this.#isAlive = true;
    this.#pongs++;
    this.seen();
  }

  #onInvalid(): void {
    if (!this.#conduct.invalid(this.#around.second)) return;
    const techInfo = `${suspiciousInvalid} invalid messages within a minute`;
    void this.#around.events.raise(this.stationId, 'InvalidMessages', techInfo);
  }

  #onFlood(): void {
    const { options, second } = this.#around;
    if (!this.#conduct.refused(second)) return;
    this.#endFlood(`${options.maxUnanswered} requests within a minute that did not wait for answers`);
  }

  #endFlood(techInfo: string): void {
    void this.#around.events.raise(this.stationId, 'MessageFlood', techInfo);
    this.#close(1008, 'too many messages');
    // Who floods may well not heed the closing handshake.
    const timer = setTimeout(() => this.#socket.terminate(), 1000);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #onError(error: Error): void {
    this.#cause = error.message;
    if (!('code' in error) || error.code !== 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return;
    const { intake, clock, options } = this.#around;
    intake.logMessage({
      stationId: this.stationId,
      at: clock.now(),
      direction: 'in',
      kind: 'INVALID',
      text: '',
      verdict: 'invalid',
      notes: [`longer than ${options.maxFrameBytes} bytes; the connection is closed`],
    });
  }

  #onClose(code: number, reason: Buffer): void {
    const said = reason.toString('utf8').slice(0, 100);
    const cause =
      this.#cause === 'closed by the station'
        ? `${this.#cause} (${code}${said === '' ? '' : ` ${said}`})`
        : this.#cause;
    this.#phase = 'closed';
    this.#ends.peer.close('the connection ended');
    this.#ends.caller.open();
    this.#around.slowed.delete(this);
    this.#idle?.resolve();
    this.#around.metrics.closed(this.#cause.replace(/:.*/, ''));
    this.#ending ??= this.#end(cause);
  }

  async #end(cause: string): Promise<void> {
    await this.#opening;
    await this.#farewell(cause);
    this.#around.onClosed(this);
  }

  /** Takes the link away and says so, once. */
  async #farewell(reason: string): Promise<void> {
    const { intake, log } = this.#around;
    intake.detach(this.#ends.link);
    if (!this.#isConnectedReported) return;
    this.#isConnectedReported = false;
    try {
      await intake.report(this.stationId, { type: 'Disconnected', reason });
    } catch (error) {
      log.debug({ stationId: this.stationId, err: error }, 'the end of a connection could not be stored');
    }
  }

  #endDuplicate(pongs: number): void {
    if (this.#socket.readyState !== 1) return;
    if (this.#pongs === pongs) {
      this.#cause = 'replaced by a newer connection';
      this.#socket.terminate();
      return;
    }
    const techInfo = `two live connections, the older from ${this.#remoteAddress ?? 'an unknown address'}`;
    void this.#around.events.raise(this.stationId, 'DuplicateIdentity', techInfo);
    this.#close(1008, 'replaced by a newer connection');
  }

  /** What comes from now on is not heard. */
  #close(code: number, reason: string): void {
    if (this.#phase === 'open') this.#phase = 'yielding';
    this.#cause = reason;
    this.#socket.resume();
    this.#socket.close(code, Buffer.from(reason).subarray(0, 120));
  }

  #ping(): void {
    if (this.#socket.readyState === 1) this.#socket.ping();
  }

  /** Resolves when every request that was received is answered, or its time is up. */
  async #drained(): Promise<void> {
    if (this.#unanswered === 0 || this.#phase === 'closed') return;
    this.#idle ??= Promise.withResolvers();
    const timer = setTimeout(this.#idle.resolve, this.#around.options.stopGraceS * 1000);
    await this.#idle.promise;
    clearTimeout(timer);
    this.#idle = undefined;
  }

  async #closed(): Promise<void> {
    if (this.#ending === undefined) {
      await new Promise((resolve) => this.#socket.once('close', resolve));
    }
    await this.#ending;
  }
}

function resultOf({ verdict, errorCode }: MessageRecord): string {
  return errorCode ?? verdict;
}
