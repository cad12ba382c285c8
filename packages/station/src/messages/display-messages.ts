import type { Timer } from '../time/clock.ts';
import type { Core } from '../core.ts';
import { fieldsOf, type Fields } from '../store/json-fields.ts';
import type { Message } from '../prices/price.ts';
import { toMessage } from '../prices/running-cost.ts';

export const priorities = ['AlwaysFront', 'InFront', 'NormalCycle'] as const;
export const displayStates = ['Charging', 'Faulted', 'Idle', 'Unavailable', 'Suspended', 'Discharging'] as const;

/** A message that the CSMS wants drivers to see: OCPP 2.0.1 block O. */
export interface DisplayMessage {
  /** Unique within the station. */
  id: number;
  priority: (typeof priorities)[number];
  /** When it is to be seen; always, without one. */
  state?: (typeof displayStates)[number] | undefined;
  startAt?: Date | undefined;
  endAt?: Date | undefined;
  /** It goes when this transaction ends. */
  transactionId?: string | undefined;
  /** Where there is more than one display. */
  display?: { name: string; instance?: string | undefined; evseId?: number | undefined } | undefined;
  message: Message;
  /** The same in other languages: OCPP 2.1. */
  extra?: readonly Message[] | undefined;
}

export type DisplayRefusal =
  | 'NotSupportedMessageFormat'
  | 'NotSupportedPriority'
  | 'NotSupportedState'
  | 'Rejected'
  | 'UnknownTransaction';

const collection = 'displayMessages';

/** The most that are kept, as DisplayMessageCtrlr.DisplayMessages says. */
const most = 100;

/** The longest wait: the clock may be set. */
const lookMs = 3_600_000;

/** The messages that are set, over power cuts. The host shows them from their start to their end. */
export class DisplayMessages {
  readonly #core: Core;
  #messages: Map<number, DisplayMessage> | undefined;
  #shown: Set<number> | undefined;
  #timer: Timer | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  get all(): readonly DisplayMessage[] {
    return [...(this.#messages?.values() ?? [])];
  }

  /** Takes up what an earlier run has left. */
  load(): void {
    for (const [key, value] of this.#core.store.entries(collection)) {
      const message = fromStored(fieldsOf(value));
      if (message && this.#isRunning(message.transactionId)) (this.#messages ??= new Map()).set(message.id, message);
      else this.#core.store.remove(collection, key);
    }
    this.#settle();
  }

  /** Replaces the one with the same id, and an AlwaysFront any other one. */
  set(message: DisplayMessage): 'Accepted' | DisplayRefusal {
    const refusal = this.#refusalOf(message);
    if (refusal) return refusal;
    const replaced = this.all.filter(({ id, priority }) => {
      return id === message.id || (message.priority === 'AlwaysFront' && priority === 'AlwaysFront');
    });
    for (const { id } of replaced) this.#remove(id);
    (this.#messages ??= new Map()).set(message.id, message);
    this.#core.store.put(collection, String(message.id), toStored(message));
    this.#settle();
    return 'Accepted';
  }

  /** False when there is none. */
  clear(id: number): boolean {
    const wasThere = this.#remove(id);
    this.#settle();
    return wasThere;
  }

  endTransaction(transactionId: string): void {
    for (const message of this.all) if (message.transactionId === transactionId) this.clear(message.id);
  }

  /** Shows what it is time for, and waits for the rest. */
  start(): void {
    this.#settle();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #refusalOf({ id, priority, state, transactionId, endAt, message }: DisplayMessage): DisplayRefusal | undefined {
    const { variables, clock } = this.#core;
    const isIn = (name: Parameters<typeof variables.list>[0], value: string) => variables.list(name).includes(value);
    if (!isIn('DisplayMessageCtrlr.SupportedPriorities', priority)) return 'NotSupportedPriority';
    if (state && !isIn('DisplayMessageCtrlr.SupportedStates', state)) return 'NotSupportedState';
    if (!isIn('DisplayMessageCtrlr.SupportedFormats', message.format ?? 'UTF8')) return 'NotSupportedMessageFormat';
    if (!this.#isRunning(transactionId)) return 'UnknownTransaction';
    const isFull = (this.#messages?.size ?? 0) >= most && !this.#messages?.has(id);
    return isFull || (endAt && endAt <= clock.now()) ? 'Rejected' : undefined;
  }

  #isRunning(transactionId: string | undefined): boolean {
    return transactionId === undefined || this.#core.evses.some(({ transaction }) => transaction?.id === transactionId);
  }

  #remove(id: number): boolean {
    const message = this.#messages?.get(id);
    if (!message) return false;
    this.#messages?.delete(id);
    this.#core.store.remove(collection, String(id));
    if (this.#shown?.delete(id)) this.#core.host.displayMessage?.(message, 'hide');
    return true;
  }

  /** Shows what has begun, removes what is over, and waits for what comes next. */
  #settle(): void {
    this.stop();
    const now = this.#core.clock.now();
    for (const message of this.all) {
      if (message.endAt && message.endAt <= now) this.#remove(message.id);
      else if (!message.startAt || message.startAt <= now) this.#show(message);
    }
    const times = this.all.flatMap(({ startAt, endAt }) => [startAt, endAt]).flatMap((time) => time?.getTime() ?? []);
    const next = Math.min(...times.filter((time) => time > now.getTime()));
    if (Number.isFinite(next)) {
      const wait = Math.min(next - now.getTime(), lookMs);
      this.#timer = this.#core.clock.after(wait, () => this.#settle());
    }
  }

  #show(message: DisplayMessage): void {
    const shown = (this.#shown ??= new Set());
    if (shown.has(message.id)) return;
    shown.add(message.id);
    this.#core.host.displayMessage?.(message, 'show');
  }
}

function toStored({ startAt, endAt, ...message }: DisplayMessage) {
  return { ...message, startAt: startAt?.toISOString(), endAt: endAt?.toISOString() };
}

function fromStored(fields: Fields | undefined): DisplayMessage | undefined {
  const id = fields?.number('id');
  const priority = priorities.find((known) => known === fields?.text('priority'));
  const [message] = toMessages(fields?.object('message'));
  if (!fields || id === undefined || !priority || !message) return undefined;
  const display = fields.object('display');
  const name = display?.text('name');
  return {
    id,
    priority,
    state: displayStates.find((known) => known === fields.text('state')),
    startAt: fields.date('startAt'),
    endAt: fields.date('endAt'),
    transactionId: fields.text('transactionId'),
    display:
      name === undefined ? undefined : { name, instance: display?.text('instance'), evseId: display?.number('evseId') },
    message,
    extra: fields.objects('extra').flatMap(toMessage),
  };
}

const toMessages = (fields: Fields | undefined): Message[] => (fields ? toMessage(fields) : []);
