import type { Entry, ReadingsChange } from './deferred.ts';
import type { Samples, Span } from './log-writes.ts';
import type { Reply, Request } from './worker.ts';

/** Who waits for a change to be stored. */
export interface Waiting {
  /** With the number of the first fact. */
  resolve: (firstSeq: number) => void;
  reject: (error: Error) => void;
}

/** What an earlier process has left. */
export interface Inheritance {
  /** Its newest fact. */
  lastSeq: number;
  /** Number after that of its newest frame. */
  nextFrame: number;
  entries: readonly Entry[];
}

/** Rows of a change that are written later. */
export interface Later {
  change: ReadingsChange;
  /** With the place of their fact among those of the change. */
  rows: (Samples & { index: number })[];
  spans: Span[];
}

/** What the writing thread was sent, and who waits for its answer. */
export interface Task {
  request: Request;
  settle: (reply: Reply) => void;
  reject: (error: Error) => void;
}
