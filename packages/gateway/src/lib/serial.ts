/** Runs tasks one after the other, in the order they were given. A task that fails does not stop the next. */
export class Serial {
  #tail: Promise<unknown> | undefined;

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail === undefined ? task() : this.#tail.then(task, task);
    this.#tail = result;
    const forget = () => {
      if (this.#tail === result) this.#tail = undefined;
    };
    result.then(forget, forget);
    return result;
  }

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return this.#tail === undefined;
  }
}
