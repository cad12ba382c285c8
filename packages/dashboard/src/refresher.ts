export interface Refresher {
  /** Something changed: read soon. */
  want(): void;
  stop(): void;
}

/** How long changes are gathered before they are read, ms. */
const gatherMs = 150;

/**
 * Runs `read` soon after it is wanted, never twice at a time; what is wanted meanwhile is read afterwards. `read` resolves
 * with how long to leave the gateway alone, ms.
 */
export function createRefresher(read: () => Promise<number>): Refresher {
  let isWanted = false;
  let isReading = false;
  let isStopped = false;
  let restUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async () => {
    timer = undefined;
    isWanted = false;
    isReading = true;
    restUntil = Date.now() + (await read());
    isReading = false;
    if (isWanted) schedule();
  };
  const schedule = () => {
    if (isStopped || isReading) return;
    timer ??= setTimeout(() => void run(), Math.max(gatherMs, restUntil - Date.now()));
  };
  return {
    want: () => {
      isWanted = true;
      schedule();
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
