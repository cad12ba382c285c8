import type { Clock, Timer } from '../time/clock.ts';
import type { Receiver } from '../protocol.ts';
import type { NetworkPath, StationNetwork } from '../connection/station-network.ts';
import { spoiled, type WrongAnswer } from './wrong-answers.ts';

/** How good the network is; what is left out is good. */
export interface NetworkQuality {
  /** Of each frame, each way, ms. Default 0. */
  latencyMs?: number;
  /** At random from 0 to this is added, ms. Frames keep their order. Default 0. */
  jitterMs?: number;
  /** What the station answers takes so much longer, ms. Default 0. */
  answerDelayMs?: number;
  /** How often an answer of the station is spoiled, 0 to 1, and how. */
  wrongAnswers?: { share: number; kind: WrongAnswer };
  /** Frames vanish, and nobody is told. */
  isSilent?: boolean;
}

/** A network that a program makes worse and better. */
export class SimulatedNetwork implements StationNetwork {
  quality: NetworkQuality = {};
  readonly #clock: Clock;
  readonly #random: () => number;
  #path: Path | undefined;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  opened(transmit: (text: string) => void): NetworkPath {
    this.#path = new Path({ clock: this.#clock, random: this.#random, quality: () => this.quality, transmit });
    return this.#path;
  }

  /** Sends any request as it is. Rejects as `Peer.call`, and when there is no connection. */
  async call(action: string, payload: unknown): Promise<unknown> {
    const receiver = this.#path?.receiver;
    if (!receiver?.callRaw) throw new Error('there is no connection to the CSMS');
    return receiver.callRaw(action, payload);
  }
}

interface PathOptions {
  clock: Clock;
  random: () => number;
  quality: () => NetworkQuality;
  transmit: (text: string) => void;
}

/** One socket. Frames on their way when it closes are lost. */
class Path implements NetworkPath {
  receiver: Receiver | undefined;
  readonly #options: PathOptions;
  readonly #timers = new Set<Timer>();
  #outAt = 0;
  #inAt = 0;
  #isClosed = false;

  constructor(options: PathOptions) {
    this.#options = options;
  }

  transmit(text: string): void {
    const { quality, random, transmit } = this.#options;
    const { answerDelayMs = 0, wrongAnswers } = quality();
    const isAnswer = text.startsWith('[3,') || text.startsWith('[4,');
    const isSpoiled = isAnswer && wrongAnswers !== undefined && random() < wrongAnswers.share;
    const sent = isSpoiled ? spoiled(text, wrongAnswers.kind) : text;
    if (sent === undefined) return;
    this.#outAt = this.#pass(this.#outAt, isAnswer ? answerDelayMs : 0, () => {
      if (!this.#isClosed) transmit(sent);
    });
  }

  before(receiver: Receiver): Receiver {
    this.receiver = receiver;
    return {
      receiveBytes: (bytes) => {
        this.#inAt = this.#pass(this.#inAt, 0, () => receiver.receiveBytes(bytes));
      },
      receiveBinary: (length) => receiver.receiveBinary(length),
      close: (reason) => {
        this.#isClosed = true;
        this.receiver = undefined;
        for (const timer of this.#timers) timer.cancel();
        receiver.close(reason);
      },
    };
  }

  /** Hands a frame on when it is due, and not before those that were sent earlier. Returns when that is. */
  #pass(earlierAt: number, extraMs: number, hand: () => void): number {
    const { clock, random, quality } = this.#options;
    const { latencyMs = 0, jitterMs = 0, isSilent = false } = quality();
    if (isSilent) return earlierAt;
    const now = clock.now().getTime();
    const at = Math.max(earlierAt, now + latencyMs + extraMs + (jitterMs > 0 ? random() * jitterMs : 0));
    if (at <= now) {
      hand();
      return at;
    }
    const timer = clock.after(at - now, () => {
      this.#timers.delete(timer);
      try {
        hand();
      } catch {
        // The socket is closing: the frame is lost on the way.
      }
    });
    this.#timers.add(timer);
    return at;
  }
}
