import { WebSocket } from 'ws';
import { frameOf, newCharger } from './frames.ts';
import type { Charger, Step, Version } from './frames.ts';

export type Answered = (connection: Connection, step: Step, latencyMs: number) => void;

/** What went wrong on the connections of a fleet, all together. */
export interface Trouble {
  /** CALLERRORs and answers that refuse. */
  errors: number;
  /** Connections that ended without being asked to. */
  lost: number;
  /** The first of them, in words. */
  first: string | undefined;
}

const handshakeTimeoutMs = 30_000;
const callResultStart = '[3,"';
let messageNumber = 0;

/** One station of the load: cheap, without validation, one CALL in flight. */
export class Connection {
  readonly charger: Charger;
  readonly #trouble: Trouble;
  #socket: WebSocket | undefined;
  #step: Step | undefined;
  #messageId = '';
  #since = 0;
  #closing = false;
  #failCall: (error: Error) => void = () => {};
  /** Calls that were due while another was in flight, with the time each was due. */
  readonly #due: { step: Step; at: number }[] = [];
  onAnswered: Answered = () => {};

  constructor(identity: string, version: Version, trouble: Trouble) {
    this.charger = newCharger(identity, version);
    this.#trouble = trouble;
  }

  get isIdle(): boolean {
    return this.#step === undefined && this.#due.length === 0;
  }

  open(url: string): Promise<void> {
    const socket = new WebSocket(`${url}/${this.charger.identity}`, [`ocpp${this.charger.version}`], {
      perMessageDeflate: false,
      handshakeTimeout: handshakeTimeoutMs,
    });
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(data));
    return new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.on('error', (error) =>
        reject(new Error(`${this.charger.identity} cannot connect to ${url}: ${error.message}`)),
      );
      socket.once('close', (code) => {
        reject(new Error(`${this.charger.identity} was disconnected from ${url} (${code})`));
        if (!this.#closing) this.#lost(`${this.charger.identity} was disconnected (${code})`);
        this.#failCall(new Error(`${this.charger.identity} was disconnected (${code}) before its call was answered`));
      });
    });
  }

  /** Sends now. @param at since when the answer is awaited, as `performance.now()` */
  send(step: Step, at: number): void {
    messageNumber += 1;
    // As long as the UUIDs that stations use.
    this.#messageId = `b5a1c7e0-3f2d-4c68-9a10-${messageNumber.toString(16).padStart(12, '0')}`;
    this.#step = step;
    this.#since = at;
    this.#socket?.send(frameOf(this.charger, step, this.#messageId));
  }

  /** Sends now, or as soon as the call in flight is answered. */
  offer(step: Step, at: number): void {
    if (this.#step === undefined) this.send(step, at);
    else this.#due.push({ step, at });
  }

  /** Sends one CALL and waits for its answer. @throws Error when the connection ends before it */
  call(step: Step): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#failCall = reject;
      this.onAnswered = () => {
        this.onAnswered = () => {};
        resolve();
      };
      this.send(step, performance.now());
    });
  }

  close(): void {
    this.#closing = true;
    this.#socket?.terminate();
  }

  #receive(data: Buffer): void {
    const start = data.toString('latin1', 0, callResultStart.length + this.#messageId.length);
    if (start === callResultStart + this.#messageId) this.#answered(data);
    else this.#other(data.toString());
  }

  #answered(data: Buffer): void {
    const step = this.#step;
    if (step === undefined) return;
    if (step === 'start' || step === 'boot') this.#take(step, data);
    this.#done(step);
  }

  #done(step: Step): void {
    const latencyMs = performance.now() - this.#since;
    this.#step = undefined;
    this.onAnswered(this, step, latencyMs);
    const next = this.#step === undefined ? this.#due.shift() : undefined;
    if (next !== undefined) this.send(next.step, next.at);
  }

  /** What a station must know from an answer. */
  #take(step: Step, data: Buffer): void {
    const frame: { status?: string; transactionId?: number; idTagInfo?: { status: string } }[] = JSON.parse(
      data.toString(),
    );
    const answer = frame[2] ?? {};
    const status = answer.status ?? answer.idTagInfo?.status ?? 'Accepted';
    if (status !== 'Accepted') this.#failed(`${step} of ${this.charger.identity} was answered ${status}`);
    if (this.charger.version === '1.6' && step === 'start')
      this.charger.transaction = String(answer.transactionId ?? 1);
  }

  #other(text: string): void {
    const [kind, messageId]: unknown[] = JSON.parse(text);
    if (kind === 2) this.#socket?.send(JSON.stringify([4, messageId, 'NotSupported', '', {}]));
    else if (messageId === this.#messageId && this.#step !== undefined) {
      this.#failed(`${this.#step} of ${this.charger.identity} was answered ${text.slice(0, 300)}`);
      this.#done(this.#step);
    }
  }

  #failed(sentence: string): void {
    this.#trouble.errors += 1;
    this.#trouble.first ??= sentence;
  }

  #lost(sentence: string): void {
    this.#trouble.lost += 1;
    this.#trouble.first ??= sentence;
  }
}
