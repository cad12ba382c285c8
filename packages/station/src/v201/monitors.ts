import type { v21 } from '@busbar/ocpp';
import type { Clock, Timer } from '../time/clock.ts';
import type { DeviceModel, VariableChange } from '../device-model/device-model.ts';
import { behaviours, hasChanged, type Monitor, type MonitorBehaviour } from './monitor.ts';
import { MonitorList } from './monitor-list.ts';

/** A NotifyEvent entry, and how severe it is. */
export interface MonitorEvent {
  severity: number;
  data: Omit<v21.EventDataType, 'customData' | 'severity'>;
}

export interface MonitorsOptions {
  model: DeviceModel;
  clock: Clock;
  /** A number that no event had yet. */
  nextEventId(): number;
  /** What runs on an EVSE, or anywhere at the station. */
  transactionIdOf(evseId: number | undefined): string | undefined;
  /** What happened at one moment, in order. */
  tell(events: readonly MonitorEvent[]): void;
  onWarning?(sentence: string): void;
}

/** What is known of a monitor at work. */
interface Watch {
  readonly monitor: Monitor;
  readonly behaviour: MonitorBehaviour;
  /** The value told last, or found at the beginning. */
  told: string | undefined;
  holds: boolean;
  /** Of the event that said so. */
  eventId: number | undefined;
  /** When a periodic one is due, ms by its clock. */
  dueAt: number;
}

/** Variable monitoring: watches changes as they are made, and what is computed or periodic with one timer in all. */
export class Monitors {
  readonly list: MonitorList;
  readonly #options: MonitorsOptions;
  #watches: Map<number, Watch> | undefined;
  #unsubscribe: (() => void) | undefined;
  #timer: Timer | undefined;
  #isStarted = false;

  constructor(options: MonitorsOptions) {
    this.#options = options;
    this.list = new MonitorList(options.model, options.onWarning);
  }

  start(): void {
    this.#isStarted = true;
    this.changed();
  }

  stop(): void {
    this.#isStarted = false;
    this.#watches = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  /** Monitors were set, replaced or cleared. Those that are as they were keep what they know. */
  changed(): void {
    if (!this.#isStarted) return;
    const before = this.#watches;
    const watches = this.list.active.map((monitor) => {
      const known = before?.get(monitor.id);
      return known?.monitor === monitor ? known : this.#begin(monitor);
    });
    if (watches.length === 0) {
      this.stop();
      this.#isStarted = true;
      return;
    }
    this.#watches = new Map(watches.map((watch) => [watch.monitor.id, watch]));
    this.#unsubscribe ??= this.#options.model.onChange((change) => this.#variableChanged(change));
    this.#check(watches);
    this.#rearm();
  }

  #begin(monitor: Monitor): Watch {
    const behaviour = behaviours[monitor.type];
    const dueAt = behaviour.kind === 'periodic' ? this.#nextAt(monitor, behaviour) : Infinity;
    return { monitor, behaviour, told: this.#read(monitor), holds: false, eventId: undefined, dueAt };
  }

  #variableChanged({ definition, attribute }: VariableChange): void {
    if (attribute !== 'Actual' && attribute !== 'Target') return;
    const watches = [...(this.#watches?.values() ?? [])];
    this.#check(watches.filter(({ monitor }) => monitor.definition === definition));
  }

  #rearm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const waitMs = Math.min(...[...(this.#watches?.values() ?? [])].map((watch) => this.#waitMs(watch)));
    if (waitMs !== Infinity) this.#timer = this.#options.clock.after(waitMs, () => this.#tick());
  }

  /** How long there is nothing to look at. */
  #waitMs({ monitor, behaviour, dueAt }: Watch): number {
    const { clock, model } = this.#options;
    if (behaviour.kind === 'periodic') return Math.min(dueAt - behaviour.timeMs(clock), behaviour.longestWaitMs);
    return model.isComputed(monitor.definition)
      ? model.number('InternalCtrlr.MonitorsProcessingInterval') * 1000
      : Infinity;
  }

  #tick(): void {
    this.#timer = undefined;
    this.#check([...(this.#watches?.values() ?? [])]);
    this.#rearm();
  }

  #check(watches: readonly Watch[]): void {
    // Time passes also while nothing may be told.
    const due = new Set(watches.filter((watch) => this.#isDue(watch)));
    if (!this.#options.model.isOn('MonitoringCtrlr.Enabled')) return;
    const events = watches.flatMap((watch) => this.#eventOf(watch, due.has(watch)) ?? []);
    if (events.length > 0) this.#options.tell(events);
  }

  #eventOf(watch: Watch, isDue: boolean): MonitorEvent | undefined {
    const { monitor, behaviour } = watch;
    const value = this.#read(monitor);
    const transactionId = this.#options.transactionIdOf(monitor.definition.address.component.evse?.id);
    if (value === undefined || (monitor.transaction && transactionId === undefined)) return undefined;
    const at = { value, transactionId };
    if (behaviour.kind === 'periodic') return isDue ? this.#event(watch, { ...at, trigger: 'Periodic' }) : undefined;
    if (behaviour.kind === 'condition') return this.#conditionEvent(watch, behaviour, at);
    if (watch.told !== undefined && !hasChanged(monitor, watch.told, value)) return undefined;
    watch.told = value;
    return this.#event(watch, { ...at, trigger: 'Delta' });
  }

  /** Once, however much was missed; a clock that was set back does not put it off. */
  #isDue(watch: Watch): boolean {
    const { monitor, behaviour, dueAt } = watch;
    if (behaviour.kind !== 'periodic') return false;
    const isDue = behaviour.timeMs(this.#options.clock) >= dueAt;
    const nextAt = this.#nextAt(monitor, behaviour);
    watch.dueAt = isDue ? nextAt : Math.min(dueAt, nextAt);
    return isDue;
  }

  #nextAt({ value }: Monitor, { timeMs, nextAt }: Extract<MonitorBehaviour, { kind: 'periodic' }>): number {
    return nextAt(timeMs(this.#options.clock), value * 1000);
  }

  #conditionEvent(
    watch: Watch,
    { holds, trigger }: Extract<MonitorBehaviour, { kind: 'condition' }>,
    at: { value: string; transactionId: string | undefined },
  ): MonitorEvent | undefined {
    const { monitor } = watch;
    const target = this.#options.model.read(monitor.definition, 'Target');
    const isHolding = holds(Number(at.value), monitor.value, Number(target ?? at.value));
    if (isHolding === watch.holds) return undefined;
    watch.holds = isHolding;
    const cause = watch.eventId;
    const event = this.#event(watch, { ...at, trigger, ...(!isHolding && { cleared: true, cause }) });
    watch.eventId = isHolding ? event?.data.eventId : undefined;
    return event;
  }

  /** OCPP 2.0.1 N05.FR.02: nothing above the monitoring level is told. */
  #event({ monitor }: Watch, { value, ...rest }: EventFacts): MonitorEvent | undefined {
    const { model, clock, nextEventId } = this.#options;
    if (monitor.severity > model.number('MonitoringCtrlr.ActiveMonitoringLevel')) return undefined;
    const { component, variable } = monitor.definition.address;
    return {
      severity: monitor.severity,
      data: {
        eventId: nextEventId(),
        timestamp: clock.now().toISOString(),
        actualValue: value.slice(0, model.number('DeviceDataCtrlr.ReportingValueSize')),
        eventNotificationType: monitor.kind,
        variableMonitoringId: monitor.id,
        component,
        variable,
        ...rest,
      },
    };
  }

  #read({ definition }: Monitor): string | undefined {
    return this.#options.model.read(definition);
  }
}

interface EventFacts {
  value: string;
  transactionId: string | undefined;
  trigger: v21.EventTriggerEnumType;
  cleared?: true;
  cause?: number | undefined;
}
