import type { Transaction } from '../domain/transaction.ts';
import type { Batch } from './batch.ts';
import type { ReadingsChange } from './deferred.ts';
import { maxBlock, ReadingsBlock } from './log-writes.ts';
import { type Group, type Line, progressText, toGroups } from './readings-text.ts';
import type { Operations } from './writes.ts';

/** Who waits for a change to be stored. */
export interface Waiting {
  /** With the number of the first fact. */
  resolve: (firstSeq: number) => void;
  reject: (error: Error) => void;
}

/** A change of readings that is on its way, and who waits for it. */
export interface Readings extends Waiting {
  change: ReadingsChange;
  /** One for each fact; numbered when it is stored. */
  lines: Line[];
}

interface Closed {
  batch: Batch;
  waiting: readonly Waiting[];
}

/** What the next batch will be. Facts of readings become one row, as they cannot be at fault for a failure. */
export class Gathering {
  readonly #operations: Operations = [];
  readonly #ends: number[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #onStored: (readings: readonly Readings[], firstSeq: number) => void;
  #block = new ReadingsBlock();
  #readings: Readings[] = [];
  #size = 0;

  constructor(onStored: (readings: readonly Readings[], firstSeq: number) => void) {
    this.#onStored = onStored;
  }

  /** Changes. */
  get size(): number {
    return this.#size;
  }

  /** @throws what `write` throws; then nothing of it is left */
  add(write: (operations: Operations) => void, waiting: Waiting): void {
    const start = this.#operations.length;
    try {
      write(this.#operations);
    } catch (error) {
      this.#operations.length = start;
      throw error;
    }
    this.#end(waiting);
    this.#size++;
  }

  /** @throws RangeError when a time is none; then nothing of it is left */
  addReadings(change: ReadingsChange, { resolve, reject }: Waiting): void {
    const { facts, station } = change;
    const lines = facts.map(({ at, transactionId, measurements }): Line => ({
      seq: 0,
      at: at.getTime(),
      transactionId,
      groups: toGroups(measurements),
    }));
    for (const [index, fact] of facts.entries()) {
      const transaction = transactionOf(station.after.transactions, fact.transactionId);
      const groups: readonly Group[] = lines[index]?.groups ?? [];
      this.#block.add(fact, groups, transaction && progressText(transaction));
    }
    this.#readings.push({ change, lines, resolve, reject });
    this.#size++;
    if (this.#block.count >= maxBlock) this.#closeBlock();
  }

  /** The batch, and who waits for it, in the order of its outcomes. `writeFrames` comes last, and nobody waits for it. */
  close(writeFrames: ((operations: Operations) => Uint8Array<ArrayBuffer>) | undefined): Closed {
    if (this.#block.count > 0) this.#closeBlock();
    const waiting = this.#waiting;
    const batch = { operations: this.#operations, ends: this.#ends };
    if (writeFrames === undefined) return { batch, waiting };
    const bytes = writeFrames(this.#operations);
    this.#ends.push(this.#operations.length);
    return { batch: { ...batch, bytes }, waiting };
  }

  #closeBlock(): void {
    const readings = this.#readings;
    this.#block.write(this.#operations);
    this.#end({
      resolve: (firstSeq) => this.#onStored(readings, firstSeq),
      reject: (error) => {
        for (const { reject } of readings) reject(error);
      },
    });
    this.#block = new ReadingsBlock();
    this.#readings = [];
  }

  #end(waiting: Waiting): void {
    this.#ends.push(this.#operations.length);
    this.#waiting.push(waiting);
  }
}

function transactionOf(transactions: readonly Transaction[], id: string | undefined): Transaction | undefined {
  if (id === undefined) return undefined;
  for (const transaction of transactions) if (transaction.transactionId === id) return transaction;
  return undefined;
}
