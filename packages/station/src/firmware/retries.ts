export interface Retries {
  /** Tries after the first, 0 to 100. */
  retries: number;
  /** 1 s to a day. */
  retryIntervalS: number;
}

/** As the CSMS asks, within limits that keep a station from trying for ever, or without a pause. */
export function boundedRetries({ retries = 0, retryIntervalS = 60 }: Partial<Asked>): Retries {
  return { retries: within(retries, 0, 100), retryIntervalS: within(retryIntervalS, 1, 86_400) };
}

type Asked = { [Name in keyof Retries]: Retries[Name] | undefined };

const within = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);
