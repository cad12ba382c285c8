export interface Refresher {
  /** Something changed: read soon. */
  want(): void;
  stop(): void;
}

/** How long changes are gathered before they are read, ms. */
const gatherMs = 150;

/** The gateway is left alone for so many times as long as it took to answer, so that a busy one is asked less. */
const restTimes = 3;

/** Runs `read` soon after it is wanted, never twice at a time; what is wanted meanwhile is read afterwards. */
export function createRefresher(read: () => Promise<void>): Refresher {
  let isWanted = false;
  let isReading = false;
  let isStopped = false;
  let restUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async () => {
    timer = undefined;
    isWanted = false;
    isReading = true;
    const startedAt = Date.now();
    try {
      await read();
    } finally {
      restUntil = Date.now() + restTimes * (Date.now() - startedAt);
      isReading = false;
      if (isWanted) schedule();
    }
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
