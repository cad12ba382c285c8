export interface Refresher {
  /** Something changed: read soon. */
  want(): void;
  stop(): void;
}

/** Runs `read` soon after it is wanted, never twice at a time; what is wanted meanwhile is read afterwards. */
export function createRefresher(read: () => Promise<void>, pauseMs: number): Refresher {
  let isWanted = false;
  let isReading = false;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async () => {
    timer = undefined;
    isWanted = false;
    isReading = true;
    await read();
    isReading = false;
    if (isWanted) schedule();
  };
  const schedule = () => {
    if (!isStopped && !isReading) timer ??= setTimeout(() => void run(), pauseMs);
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
