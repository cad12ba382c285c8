/** How quantities and times are written for people. */

/** `7.36 kW`, `820 W` */
export function toPower(watt: number | undefined): string {
  if (watt === undefined) return '';
  return Math.abs(watt) >= 1000 ? `${(watt / 1000).toFixed(2)} kW` : `${Math.round(watt)} W`;
}

/** `12.30 kWh`, `820 Wh` */
export function toEnergy(wattHours: number | undefined): string {
  if (wattHours === undefined) return '';
  return Math.abs(wattHours) >= 1000 ? `${(wattHours / 1000).toFixed(2)} kWh` : `${Math.round(wattHours)} Wh`;
}

/** `1 h 05 min`, `12 min`, `40 s` */
export function toDuration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `just now`, `12 min ago`; a time ahead of the clock is shown as it is. */
export function toAge(time: string | undefined, now: Date): string {
  if (time === undefined) return '';
  const seconds = (now.getTime() - Date.parse(time)) / 1000;
  if (Number.isNaN(seconds) || seconds < -5) return toTime(time);
  return seconds < 5 ? 'just now' : `${toDuration(seconds)} ago`;
}

/** Local date and time: `2026-05-04 08:15:00`. */
export function toTime(time: string | undefined): string {
  if (time === undefined) return '';
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${clockOf(at, two)}`;
}

/** Local time of day: `08:15:00`. */
export function toClock(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : clockOf(at, (value) => String(value).padStart(2, '0'));
}

function clockOf(at: Date, two: (value: number) => string): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
