/** One thing that is wrong, where it is, and what to do about it. */
export interface Mistake {
  /** `busbar.yaml:3:9`, `BUSBAR_LOG_LEVEL`, `--set south.ocpp.port` */
  place: string;
  /** A sentence without its place. */
  detail: string;
  /** Offset in the file, for the order of the list. */
  offset?: number;
}

/** Thrown with every mistake in the configuration at once. Its message is fit to be shown, and holds no secret. */
export class ConfigError extends Error {
  readonly mistakes: readonly Mistake[];
  constructor(mistakes: readonly Mistake[]) {
    const sorted = mistakes.toSorted((a, b) => (a.offset ?? Infinity) - (b.offset ?? Infinity));
    super(sorted.map(({ place, detail }) => `${place}: ${detail}`).join('\n'));
    this.name = 'ConfigError';
    this.mistakes = sorted;
  }
}
