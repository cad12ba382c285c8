import type { Clock, Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import { redated } from '../delivery/records.ts';
import { ownSecurityEvent } from '../security/security-events.ts';

/** A wall time before this year was never set: a clock without a battery begins in 1970. */
const firstYear = 2020;

/** A difference below this is the way of the messages, and no reason to set a clock. */
const toleratedMs = 1000;

/** The clock of a station. Where the device's was never set, it goes on from the first time that the CSMS has told. */
export class StationClock implements Clock {
  readonly #clock: Clock;
  #offsetMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when the device does not know the time. */
  get isUnset(): boolean {
    return isAbsurd(this.#clock.now());
  }

  now(): Date {
    const now = this.#clock.now();
    return this.#offsetMs !== 0 && isAbsurd(now) ? new Date(now.getTime() + this.#offsetMs) : now;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  after(ms: number, task: () => void): Timer {
    return this.#clock.after(ms, task);
  }

  /** The CSMS's time, for a device that has none. Answers by how much it differs from what was told so far, ms. */
  learn(time: Date): number {
    const differenceMs = time.getTime() - this.now().getTime();
    this.#offsetMs += differenceMs;
    return differenceMs;
  }
}

/** Takes the time that the CSMS told, `roundTripMs` after it was asked. An absurd time is passed over. */
export function timeTold(core: Core, currentTime: string, roundTripMs: number): void {
  const { time: clock, host, variables } = core;
  const told = new Date(currentTime);
  if (Number.isNaN(told.getTime()) || isAbsurd(told)) return;
  const time = new Date(told.getTime() + roundTripMs / 2);
  const wasUnset = clock.isUnset;
  const differenceMs = time.getTime() - clock.now().getTime();
  if (wasUnset) redate(core, clock.learn(time));
  const isSource = wasUnset || variables.list('ClockCtrlr.TimeSource').includes('Heartbeat');
  if (!isSource || !host.setTime || (Math.abs(differenceMs) < toleratedMs && !wasUnset)) return;
  host.setTime(time);
  core.later(() => core.profilesChanged());
  const thresholdMs = variables.number('ClockCtrlr.TimeAdjustmentReportingThreshold') * 1000;
  if (wasUnset || Math.abs(differenceMs) >= thresholdMs)
    ownSecurityEvent(core, { type: 'SettingSystemTime', info: `by ${Math.round(differenceMs / 1000)} s` });
}

/** What happened before the time was known gets the time of then: it was counted on the same clock. */
function redate({ delivery, evses }: Core, byMs: number): void {
  const moved = (at: Date) => (isAbsurd(at) ? new Date(at.getTime() + byMs) : at);
  const movedText = (at: string) => moved(new Date(at)).toISOString();
  delivery.rewrite((record) => redated(record, movedText));
  for (const { transaction } of evses) {
    if (!transaction) continue;
    const { begin, forEnd, lastAt } = transaction;
    const forEndThen = forEnd.map((timed) => ({ ...timed, at: movedText(timed.at) }));
    forEnd.splice(0, forEnd.length, ...forEndThen);
    Object.assign(transaction, { lastAt: moved(lastAt), begin: { ...begin, at: moved(begin.at) } });
  }
}

function isAbsurd(time: Date): boolean {
  return time.getUTCFullYear() < firstYear;
}
