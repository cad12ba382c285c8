import type { v21 } from '@busbar/ocpp';
import type { Session } from '../session.ts';

/** Streams of values are not taken: monitors report the same by NotifyEvent. */
export const eventStreams = (session: Session) => ({
  OpenPeriodicEventStream(): v21.OpenPeriodicEventStreamResponse {
    return { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedRequest' } };
  },
  ClosePeriodicEventStream(): v21.ClosePeriodicEventStreamResponse {
    return {};
  },
  /** Sent without waiting for an answer, by a station that did not heed the refusal. */
  NotifyPeriodicEventStream(): void {
    session.seen();
  },
});
