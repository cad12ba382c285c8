import { dismiss, notices } from './notices.ts';

/** What became of what the visitor did. */
export function Notices() {
  return (
    <div class="notices" aria-live="polite">
      {notices.value.map(({ id, good, text }) => (
        <p key={id} class={good ? 'good' : 'bad'} role={good ? 'status' : 'alert'}>
          {text}
          <button class="plain" aria-label="Close" onClick={() => dismiss(id)}>
            ×
          </button>
        </p>
      ))}
    </div>
  );
}
