import type { Connector } from 'busbar/client';

/** How quantities and times are written for people. What is not known is a dash, never a zero. */

export const nothing = '–';

/** `7.36 kW`, `820 W` */
export function toPower(watt: number | undefined): string {
  if (watt === undefined) return nothing;
  return Math.abs(watt) >= 1000 ? `${(watt / 1000).toFixed(2)} kW` : `${Math.round(watt)} W`;
}

/** `12.30 kWh`, `820 Wh` */
export function toEnergy(wattHours: number | undefined): string {
  if (wattHours === undefined) return nothing;
  return Math.abs(wattHours) >= 1000 ? `${(wattHours / 1000).toFixed(2)} kWh` : `${Math.round(wattHours)} Wh`;
}

/** `16 A`, `6.5 A` */
export function toCurrent(ampere: number | undefined): string {
  return ampere === undefined ? nothing : `${Number(ampere.toFixed(1))} A`;
}

export function toVoltage(volt: number | undefined): string {
  return volt === undefined ? nothing : `${Math.round(volt)} V`;
}

export function toPercent(percent: number | undefined): string {
  return percent === undefined ? nothing : `${Math.round(percent)} %`;
}

/** `1 h 05 min`, `12 min`, `40 s` */
export function toDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `just now`, `12 min ago`; a time ahead of this clock is shown as it is. */
export function toAge(time: string | undefined, nowMs: number): string {
  if (time === undefined) return 'never';
  const seconds = (nowMs - Date.parse(time)) / 1000;
  if (Number.isNaN(seconds) || seconds < -5) return toTime(time);
  return seconds < 5 ? 'just now' : `${toDuration(seconds)} ago`;
}

/** Date and time as this browser writes them. */
export function toTime(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** Time of day: `08:15:00`. */
export function toClock(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : at.toLocaleTimeString(undefined, { hour12: false });
}

/** `OCPP 2.0.1` */
export function toProtocol(protocol: string | undefined): string {
  return protocol === undefined ? nothing : protocol.replace(/^ocpp/, 'OCPP ');
}

/** A metric as a number, if it is there and is one. */
export function numberOf(metrics: Connector['metrics'], name: string): number | undefined {
  const value = metrics[name]?.value;
  return typeof value === 'number' ? value : undefined;
}
