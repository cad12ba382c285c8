import type { Event } from 'busbar/client';
import { tellEvent } from './event-words.ts';
import { linkToStation } from './route.ts';
import { toClock, toTime } from './words.ts';

interface Properties {
  events: readonly Event[];
  /** Why they cannot be read. */
  refused: string | undefined;
  /** Whether each line names its station. */
  shows: 'all' | 'one station';
}

/** Events, newest first, as they happen. */
export function EventList({ events, refused, shows }: Properties) {
  return (
    <section class="events" aria-labelledby="events">
      <h2 id="events">Events</h2>
      <div class="card">
        {refused !== undefined && <p class="empty">{refused}</p>}
        {refused === undefined && events.length === 0 && <p class="empty">Nothing has happened yet.</p>}
        <ol>
          {events.map((event) => (
            <EventLine key={event._id} event={event} isNamed={shows === 'all'} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function EventLine({ event, isNamed }: { event: Event; isNamed: boolean }) {
  const { endpoint, text, tone } = tellEvent(event);
  return (
    <li title={event.type}>
      <time dateTime={event.createdAt} title={toTime(event.createdAt)}>
        {toClock(event.createdAt)}
      </time>
      <span class={`dot ${tone}`} />
      <span>
        {isNamed && endpoint !== undefined && <a href={linkToStation(endpoint)}>{endpoint}</a>} {text}
      </span>
    </li>
  );
}
