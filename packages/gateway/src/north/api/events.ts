import type { FactQuery } from '../../ports/store.ts';
import type { FactType, StoredFact } from '../../domain/facts.ts';
import type { Api } from './context.ts';
import { eventIdOf, factTypesOf, isWanted, seqOf, toEvent } from './event-types.ts';
import { stationBy } from './ids.ts';
import { RequestError } from './problem.ts';
import type { Event } from './schemas.ts';

/** What a caller wants of the log. */
export interface EventFilter {
  types: readonly string[];
  /** The facts that can become such an event. */
  factTypes: readonly FactType[];
  /** OCPP identities; empty for all. */
  stationIds: readonly string[];
}

export async function filterOf(api: Api, query: { types?: string; chargestations?: string }): Promise<EventFilter> {
  const stations = await Promise.all(listOf(query.chargestations).map((id) => stationBy(api.gateway.queries, id)));
  const types = listOf(query.types);
  return { types, factTypes: factTypesOf(types), stationIds: stations.map(({ stationId }) => stationId) };
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The event of a fact, if the filter lets it pass. */
export function toWantedEvent(fact: StoredFact, filter: EventFilter): Event | undefined {
  if (filter.stationIds.length > 0 && !filter.stationIds.some((id) => id === fact.stationId)) return undefined;
  if (!filter.factTypes.includes(fact.type)) return undefined;
  const event = eventOf(fact);
  return event !== undefined && isWanted(event.type, filter.types) ? event : undefined;
}

/** Rendered once for all who listen. */
const rendered = new WeakMap<StoredFact, Event | undefined>();

function eventOf(fact: StoredFact): Event | undefined {
  if (!rendered.has(fact)) rendered.set(fact, toEvent(fact));
  return rendered.get(fact);
}

/** The log position behind the `after` of a caller. @throws RequestError */
export function placeOf(eventId: string): number {
  const seq = seqOf(eventId);
  if (seq !== undefined) return seq;
  const detail = 'is no event id (24 hexadecimal digits)';
  throw new RequestError('invalid-request', `query/after: ${detail}`, {
    mistakes: [{ pointer: 'query/after', detail }],
  });
}

/** Why one cannot go on from there, if so. A place beyond the log was given by another database, or one since restored. */
export function goneAfter(seq: number, { first, last }: { first: number; last: number }): string | undefined {
  if (seq > last) return `This event is not in the log any more, or never was. ${anew}`;
  if (first > 0 && seq < first - 1) return `Some events after this one are not kept any more. ${anew}`;
  return undefined;
}

const anew = 'Read the resources anew, then list events without after.';

export interface EventPage {
  events: Event[];
  /** Id to go on from; undefined when the log is empty. */
  next: string | undefined;
  hasNext: boolean;
}

/** Reads the log from `afterSeq` until `limit` events are found, at most 20 times 1000 facts. */
export async function readEvents(
  api: Api,
  filter: EventFilter,
  { afterSeq, limit }: { afterSeq: number; limit: number },
): Promise<EventPage> {
  const events: Event[] = [];
  let last: StoredFact | undefined;
  let seq = afterSeq;
  for (let round = 0; round < 20; round += 1) {
    const facts = await api.gateway.queries.facts(queryOf(filter, seq));
    for (const fact of facts) {
      const event = toWantedEvent(fact, filter);
      last = fact;
      seq = fact.seq;
      if (event === undefined) continue;
      events.push(event);
      if (events.length === limit) return { events, next: eventIdOf(fact), hasNext: seq < api.feed.lastSeq };
    }
    if (facts.length < factsARound) return { events, next: last && eventIdOf(last), hasNext: false };
  }
  return { events, next: last && eventIdOf(last), hasNext: true };
}

/** The newest `count` events, out of at most the newest 10,000 facts. */
export async function newestEvents(api: Api, filter: EventFilter, count: number): Promise<EventPage> {
  const { first, last } = await api.gateway.queries.factRange();
  for (const span of [count * 4, 10_000]) {
    const afterSeq = Math.max(first - 1, last - Math.min(span, 10_000), 0);
    const page = await readEvents(api, filter, { afterSeq, limit: 10_000 });
    if (page.events.length >= count || afterSeq <= first - 1 || span === 10_000)
      return { ...page, events: page.events.slice(-count) };
  }
  return { events: [], next: undefined, hasNext: false };
}

const factsARound = 1000;

function queryOf(filter: EventFilter, afterSeq: number): FactQuery {
  return {
    afterSeq,
    limit: factsARound,
    types: filter.factTypes,
    ...(filter.stationIds.length > 0 && { stationIds: filter.stationIds }),
  };
}
