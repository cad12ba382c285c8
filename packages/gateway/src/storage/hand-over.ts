import type { Entry } from './deferred.ts';
import type { Reply, Request } from './worker.ts';

/** What an earlier process has left. */
export interface Inheritance {
  /** Its newest fact. */
  lastSeq: number;
  /** Number after that of its newest frame. */
  nextFrame: number;
  entries: readonly Entry[];
}

/** What the writing thread was sent, and who waits for its answer. */
export interface Task {
  request: Request;
  settle: (reply: Reply) => void;
  reject: (error: Error) => void;
}
