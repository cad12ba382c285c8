/** The wish of a person or a supervisor that the process ends. */
export interface StopSignals {
  first: Promise<void>;
  /** They mean it. */
  second: Promise<void>;
  dispose(): void;
}

/**
 * ms in which further signals count as the same wish: a terminal, npm and the launcher each pass on one Ctrl-C, and
 * supervisors signal every process of a group.
 */
const sameWishMs = 500;

export function stopSignals(
  source: NodeJS.EventEmitter = process,
  now: () => number = performance.now.bind(performance),
): StopSignals {
  const { promise: first, resolve: onFirst } = Promise.withResolvers<void>();
  const { promise: second, resolve: onSecond } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const listen = () => {
    if (firstAt === undefined) {
      firstAt = now();
      onFirst();
    } else if (now() - firstAt > sameWishMs) onSecond();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) source.on(name, listen);
  return {
    first,
    second,
    dispose: () => {
      for (const name of names) source.off(name, listen);
    },
  };
}
