import type { Message } from 'busbar/client';
import { payloadTextOf } from './frame.ts';
import { toClock, toTime } from './words.ts';

/** The newest frames of a station, each to be opened. A text says why they cannot be read. */
export function MessageList({ messages }: { messages: readonly Message[] | string }) {
  return (
    <section class="messages" aria-labelledby="messages">
      <h2 id="messages">Messages</h2>
      <div class="card">
        {typeof messages === 'string' && <p class="empty">{messages}</p>}
        {messages.length === 0 && <p class="empty">No message is in the log.</p>}
        {typeof messages !== 'string' && messages.map((message) => <MessageLine key={message._id} message={message} />)}
      </div>
    </section>
  );
}

function MessageLine({ message }: { message: Message }) {
  const { direction, action, kind, verdict, notes, error_code, createdAt } = message;
  return (
    <details>
      <summary>
        <time dateTime={createdAt} title={toTime(createdAt)}>
          {toClock(createdAt)}
        </time>
        <span class={`direction ${direction}`}>{direction === 'in' ? 'from station' : 'to station'}</span>
        <span class="action">{action ?? kind}</span>
        <span class="fine">{kind}</span>
        {verdict !== 'ok' && <span class={verdict === 'repaired' ? 'flag' : 'flag bad'}>{verdict}</span>}
        {error_code !== undefined && <span class="flag bad">{error_code}</span>}
      </summary>
      {notes?.map((note) => (
        <p key={note} class="fine">
          {note}
        </p>
      ))}
      <pre>{payloadTextOf(message)}</pre>
    </details>
  );
}
