import type { Clock, Timer } from '../time/clock.ts';
import { CommandError } from './command-error.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: CommandError): void;
  timer: Timer;
}

/** Calls that wait for their answers. Answers of several calls come on one topic and are told apart by their ids. */
export class PendingCalls {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects with {@link CommandError}: `CmdTimeout` after `timeoutMs`, else what the neighbour says. */
  wait(id: string, timeoutMs: number, what: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        this.#waiting.delete(id);
        reject(new CommandError('CmdTimeout', `${what} was not answered within ${timeoutMs} ms`));
      });
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  /** False when nothing waits for it: answered already, timed out, or not ours. */
  settle(id: string, answer: { value: unknown; error?: CommandError | undefined }): boolean {
    const waiting = this.#waiting.get(id);
    if (!waiting) return false;
    this.#waiting.delete(id);
    waiting.timer.cancel();
    if (answer.error) waiting.reject(answer.error);
    else waiting.resolve(answer.value);
    return true;
  }

  /** No answer can come any more. */
  fail(reason: string): void {
    for (const { reject, timer } of this.#waiting.values()) {
      timer.cancel();
      reject(new CommandError('Shutdown', reason));
    }
    this.#waiting.clear();
  }
}
