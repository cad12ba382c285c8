/** The gateway's time. */
export interface Clock {
  now(): Date;
}
