/** Runs tasks one after the other, in the order they were given. A task that fails does not stop the next. */
export class Serial {
  #tail: Promise<unknown> | undefined;
  /** Tasks that run or wait. */
  #count = 0;
  #done: (() => void) | undefined;

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail === undefined ? task() : this.#tail.then(task, task);
    this.#tail = result;
    this.#count++;
    this.#done ??= () => {
      if (--this.#count === 0) this.#tail = undefined;
    };
    result.then(this.#done, this.#done);
    return result;
  }

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return this.#tail === undefined;
  }
}
