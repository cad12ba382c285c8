import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import { inForce, keptDerOf, supersedes, toDerControl, toKeptDer, type DerControl } from './der-control.ts';
import type { DerInverters } from './der-inverters.ts';
import type { DerControlType, DerDirective } from './grid-host.ts';

/** Which controls are meant; what is missing matches all. An id makes the type void: OCPP 2.1 R04.FR.35, R04.FR.46. */
export interface DerFilter {
  isDefault?: boolean | undefined;
  type?: DerControlType | undefined;
  id?: string | undefined;
}

/** Ids in one message. */
export const mostIds = 24;

const collection = 'derControls';

/** Far more than a grid code has. */
const mostControls = 100;

/** A wall clock that was set is noticed so soon: timers do not move with it. */
const longestWaitMs = 60_000;

/** The DER controls of the CSMS: kept over restarts, begun and ended in time, and given to the host. OCPP 2.1 R04. */
export class DerControls {
  readonly #core: Core;
  readonly #inverters: DerInverters;
  #controls: Map<string, DerControl> | undefined;
  /** What each EVSE was given last, as JSON. */
  #given: Map<number, string> | undefined;
  /** What the CSMS is to hear of. */
  readonly #ended: DerControl[] = [];
  #next: Timer | undefined;
  #heartbeat: Timer | undefined;
  #unsubscribe: (() => void) | undefined;
  #isRunning = false;

  constructor(core: Core, inverters: DerInverters) {
    this.#core = core;
    this.#inverters = inverters;
  }

  start(): void {
    this.#isRunning = true;
    this.changed();
  }

  stop(): void {
    this.#isRunning = false;
    this.#next?.cancel();
    this.#heartbeat?.cancel();
    this.#heartbeat = undefined;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#given = undefined;
  }

  get isFull(): boolean {
    return this.#all.length >= mostControls;
  }

  /** In the order in which they were set. */
  matching({ isDefault, type, id }: DerFilter): DerControl[] {
    return this.#all.filter(
      ({ directive }) =>
        (isDefault === undefined || directive.isDefault === isDefault) &&
        (id === undefined ? type === undefined || directive.controlType === type : directive.controlId === id),
    );
  }

  isSuperseded(control: DerControl): boolean {
    return this.#all.some((other) => supersedes(other, control));
  }

  /** Keeps a control in the place of one with its id; the ids of those that it supersedes. The rest follows with `changed`. */
  put(directive: DerDirective): string[] {
    const order = Math.max(0, ...this.#all.map((control) => control.order)) + 1;
    const control = toDerControl(directive, order);
    if (!control) return [];
    const replaced = this.#loaded.get(directive.controlId);
    if (replaced?.isStarted) this.#ended.push(replaced);
    this.#loaded.delete(directive.controlId);
    this.#keep(control);
    return this.#all.filter((other) => supersedes(control, other)).map((other) => other.directive.controlId);
  }

  /** How many were removed. The rest follows with `changed`. */
  clear(filter: DerFilter): number {
    const found = this.matching(filter);
    for (const control of found) this.#remove(control);
    return found.length;
  }

  /** Controls, capabilities or settings may have changed: begins and ends what is due, and tells the host. */
  changed(): void {
    if (!this.#isRunning || (this.#inverters.evseIds.length === 0 && this.#all.length === 0)) return;
    this.#unsubscribe ??= this.#core.variables.onChange(({ definition }) => {
      if (this.#inverters.isSwitch(definition)) this.changed();
    });
    this.#settle();
    this.#give('news');
    this.#heartbeat ??= this.#beatLater();
  }

  /** An inverter can do something else than before, or has come back: it is given everything anew. */
  capabilityChanged(evseId: number): void {
    this.#given?.delete(evseId);
    this.changed();
  }

  get #loaded(): Map<string, DerControl> {
    if (this.#controls) return this.#controls;
    const kept = [...this.#core.store.entries(collection)].flatMap(([, value]) => keptDerOf(value) ?? []);
    kept.sort((a, b) => a.order - b.order);
    return (this.#controls = new Map(kept.map((control) => [control.directive.controlId, control])));
  }

  get #all(): DerControl[] {
    return [...this.#loaded.values()];
  }

  get #nowMs(): number {
    return this.#core.clock.now().getTime();
  }

  #settle(): void {
    const nowMs = this.#nowMs;
    for (const control of this.#all) if (control.endMs <= nowMs) this.#remove(control);
    for (const control of this.#ended.splice(0)) this.#tell(control, { started: false });
    const holding = inForce(this.#all, nowMs).filter(({ directive }) => !directive.isDefault);
    for (const control of holding) if (!control.isStarted) this.#begin(control);
    const dues = this.#all.flatMap(({ startMs, endMs }) => [startMs, endMs]).filter((ms) => ms > nowMs);
    const nextMs = Math.min(...dues);
    this.#next?.cancel();
    if (nextMs === Infinity) return;
    this.#next = this.#core.clock.after(Math.min(nextMs - nowMs, longestWaitMs), () => this.changed());
  }

  /** OCPP 2.1 R04.FR.20, R04.FR.21. */
  #begin(control: DerControl): void {
    const superseded = this.#all.filter((other) => other.isStarted && supersedes(control, other));
    for (const other of superseded) this.#mark(other, 'waiting');
    this.#mark(control, 'started');
    const supersededIds = superseded.map(({ directive }) => directive.controlId).slice(0, mostIds);
    this.#tell(control, { started: true, ...(supersededIds.length > 0 && { supersededIds }) });
  }

  #remove(control: DerControl): void {
    this.#loaded.delete(control.directive.controlId);
    this.#core.store.remove(collection, control.directive.controlId);
    if (control.isStarted) this.#ended.push(control);
  }

  #mark(control: DerControl, state: 'started' | 'waiting'): void {
    control.isStarted = state === 'started';
    this.#keep(control);
  }

  #keep(control: DerControl): void {
    this.#loaded.set(control.directive.controlId, control);
    this.#core.store.put(collection, control.directive.controlId, toKeptDer(control));
  }

  #tell({ directive }: DerControl, news: { started: boolean; supersededIds?: string[] }): void {
    const timestamp = this.#core.clock.now().toISOString();
    const payload = { controlId: directive.controlId, timestamp, ...news };
    this.#core.delivery.add({ kind: 'grid', action: 'NotifyDERStartStop', payload });
  }

  #give(what: 'news' | 'all'): void {
    const directives = inForce(this.#all, this.#nowMs).map(({ directive }) => directive);
    for (const evseId of this.#inverters.evseIds) {
      const own = directives.filter(({ controlType }) => this.#inverters.follows(evseId, controlType));
      const text = JSON.stringify(own);
      if (what === 'news' && this.#given?.get(evseId) === text) continue;
      (this.#given ??= new Map()).set(evseId, text);
      this.#core.host.setDerDirectives?.(evseId, own);
    }
  }

  #beatLater(): Timer | undefined {
    const seconds = this.#core.variables.number('InternalCtrlr.GridSupportHeartbeatS');
    if (seconds <= 0 || this.#inverters.evseIds.length === 0) return undefined;
    return this.#core.clock.after(seconds * 1000, () => {
      this.#give('all');
      this.#heartbeat = this.#beatLater();
    });
  }
}
