/** Feeders above, loads below, and the bar that joins them. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path class="bar" d="M4 14h24v4H4z" />
      <path class="feeder" d="M8 5h3v9H8zM21 5h3v9h-3zM8 18h3v9H8zM14.5 18h3v9h-3zM21 18h3v9h-3z" />
    </svg>
  );
}
