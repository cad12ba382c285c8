import { ConflictError, GatewayError, type UnavailableError } from '../domain/errors.ts';
import type { Log } from '../ports/adapter.ts';
import type { Trouble } from './batch.ts';
import { remedies, unavailable } from './trouble.ts';

interface Surroundings {
  path: string;
  log: Log;
  /** Writes something that takes room; rejects while nothing can be written. */
  tryOut: () => Promise<void>;
}

const probeMs = 1000;

/** Why the database can store nothing, while that is so, and how it is noticed that it can again. */
export class Outage {
  readonly #around: Surroundings;
  #isOver = false;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Undefined when all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** What whoever wanted to store something is told. */
  refusalOf({ failure, message }: Trouble): Error {
    if (failure === 'constraint') {
      return new ConflictError(`The change was not stored, because it contradicts what is stored: ${message}.`);
    }
    if (failure === 'other') return new GatewayError('invalid', `The change was not stored: ${message}`);
    return this.#begin(`${remedies[failure]} (${message})`);
  }

  /** Something was stored. */
  end(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { path, log } = this.#around;
    log.info({ path }, 'database stores again');
  }

  /** Nothing is tried any more. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** Said once, until it works again; meanwhile the database is tried now and then, so that it is noticed. */
  #begin(trouble: string): UnavailableError {
    const { path, log } = this.#around;
    const problem = `${path}: ${trouble}`;
    if (this.#problem === undefined) log.error({ path, problem: trouble }, 'database cannot store anything');
    this.#problem = problem;
    this.#probeSoon();
    return unavailable(problem);
  }

  #probeSoon(): void {
    if (!this.#isOver) this.#timer ??= setTimeout(() => this.#probe(), probeMs);
  }

  #probe(): void {
    this.#timer = undefined;
    if (this.#isOver || this.#problem === undefined) return;
    this.#around.tryOut().then(
      () => this.end(),
      () => this.#probeSoon(),
    );
  }
}
