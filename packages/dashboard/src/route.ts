import { signal } from '@preact/signals';

/** Identity of the station whose page is shown; undefined on the overview. */
export const shownStation = signal(stationIn(location.hash));

addEventListener('hashchange', () => {
  shownStation.value = stationIn(location.hash);
  scrollTo(0, 0);
});

export function linkToStation(endpoint: string): string {
  return `#/stations/${encodeURIComponent(endpoint)}`;
}

export const linkToOverview = '#/';

function stationIn(hash: string): string | undefined {
  const part = /^#\/stations\/(.+)$/.exec(hash)?.[1];
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
