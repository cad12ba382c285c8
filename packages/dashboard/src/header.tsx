import { useSignalEffect } from '@preact/signals';
import { signOut } from './account.ts';
import type { Fleet, Link } from './fleet.ts';
import { Logo } from './logo.tsx';
import { linkToOverview } from './route.ts';

const links: Readonly<Record<Link, string>> = {
  opening: 'Connecting…',
  live: 'Live',
  lost: 'Connection lost, trying again',
};

export function Header({ fleet }: { fleet: Fleet }) {
  const summary = fleet.summary.value;
  useSignalEffect(() => {
    const charging = fleet.summary.value?.activeSessions ?? 0;
    document.title = charging === 0 ? 'Busbar' : `${charging} charging · Busbar`;
  });
  const isRefused = fleet.eventsRefused.value !== undefined;
  return (
    <header class="top">
      <a class="brand" href={linkToOverview} aria-label="Busbar, overview">
        <Logo />
        <span>Busbar</span>
      </a>
      {summary !== undefined && (
        <dl class="counts">
          <Count name="Stations" value={summary.stations} />
          <Count name="Online" value={summary.online} />
          <Count name="Charging" value={summary.activeSessions} />
          {summary.held > 0 && <Count name="Waiting" value={summary.held} />}
        </dl>
      )}
      <nav aria-label="Gateway">
        <span class={`link ${isRefused ? 'opening' : fleet.link.value}`} role="status">
          {isRefused ? 'Not live' : links[fleet.link.value]}
        </span>
        <a href="/docs">API</a>
        <button class="plain" onClick={() => signOut()}>
          Sign out
        </button>
      </nav>
      {summary?.problems.map((problem) => (
        <p key={problem} class="problem" role="alert">
          {problem}
        </p>
      ))}
    </header>
  );
}

function Count({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value.toLocaleString()}</dd>
    </div>
  );
}
