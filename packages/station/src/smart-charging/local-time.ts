import type { ReadVariable } from './smart-charging-settings.ts';

/** What the clocks on the wall show at a station. Milliseconds, since 1970 and east of UTC. */
export interface LocalTime {
  offsetMs(atMs: number): number;
  /** Until when the offset of `atMs` surely holds. */
  untilMs(atMs: number): number;
}

const dayMs = 86_400_000;

/**
 * The local time as ClockCtrlr has it: the rules of TimeZone where that is known, else TimeOffset, and the offset of its
 * NextTransition from NextTimeOffsetTransitionDateTime on. Without any of them it is UTC.
 */
export function localTimeOf(read: ReadVariable): LocalTime {
  const zone = zoneOf(read('ClockCtrlr.TimeZone') ?? '');
  if (zone) return inZone(zone);
  const now = toOffsetMs(read('ClockCtrlr.TimeOffset')) ?? 0;
  const next = toOffsetMs(read('ClockCtrlr.TimeOffset[NextTransition]'));
  const transitionMs = new Date(read('ClockCtrlr.NextTimeOffsetTransitionDateTime') ?? '').getTime();
  if (next === undefined || Number.isNaN(transitionMs)) return { offsetMs: () => now, untilMs: () => Infinity };
  return {
    offsetMs: (atMs) => (atMs < transitionMs ? now : next),
    untilMs: (atMs) => (atMs < transitionMs ? transitionMs : Infinity),
  };
}

/** What the digits of a date and time would be at UTC, whatever offset they name. Undefined for none. */
export function wallTimeOf(time: string): Date | undefined {
  const [digits] = /^\d{4}-\d{2}-\d{2}T[\d:.]+/.exec(time) ?? [];
  return digits === undefined ? undefined : new Date(`${digits}Z`);
}

function toOffsetMs(text = ''): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(text) ?? [];
  if (sign === undefined) return text === 'Z' ? 0 : undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** By the name of a zone, in whatever case the CSMS writes it; making one takes long. */
const zones = new Map<string, Intl.DateTimeFormat>();

/** More than stations at one place use. */
const mostZones = 100;

function zoneOf(name: string): Intl.DateTimeFormat | undefined {
  const known = zones.get(name);
  if (known || name === '') return known;
  try {
    const zone = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    if (zones.size >= mostZones) zones.clear();
    zones.set(name, zone);
    return zone;
  } catch {
    return undefined;
  }
}

function inZone(zone: Intl.DateTimeFormat): LocalTime {
  const offsetMs = (atMs: number) => {
    const name = zone.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    return toOffsetMs(name.slice('GMT'.length, 'GMT+00:00'.length)) ?? 0;
  };
  return {
    offsetMs,
    untilMs(atMs) {
      const offset = offsetMs(atMs);
      let [low, high] = [atMs, atMs + dayMs];
      if (offsetMs(high) === offset) return high;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (offsetMs(middle) === offset) low = middle;
        else high = middle;
      }
      return high;
    },
  };
}
