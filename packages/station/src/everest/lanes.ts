/** How many tasks of one lane may wait. */
const longest = 1000;

/** Runs the tasks of one lane one after the other; lanes do not wait for each other. A task does not reject. */
export class Lanes {
  readonly #lanes = new Map<string, { tail: Promise<void>; waiting: number }>();

  /** False when the lane is full; the task then never runs. */
  run(lane: string, task: () => Promise<void>): boolean {
    const entry = this.#lanes.get(lane) ?? { tail: Promise.resolve(), waiting: 0 };
    if (entry.waiting >= longest) return false;
    entry.waiting++;
    entry.tail = entry.tail.then(task).finally(() => {
      entry.waiting--;
      if (entry.waiting === 0) this.#lanes.delete(lane);
    });
    this.#lanes.set(lane, entry);
    return true;
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all([...this.#lanes.values()].map(({ tail }) => tail));
  }
}
