import type { Action } from 'busbar/client';
import { isRecord } from './is-record.ts';

/** What became of a command, as a sentence. `done` is the one for when the station accepted it. */
export function tellOutcome(action: Action, done: string): { good: boolean; text: string } {
  const { endpoint, status, reason, detail, response_data } = action;
  if (status === 'completed') return { good: true, text: done };
  if (status === 'requested') return { good: false, text: `${endpoint} has not answered yet; the request stays open.` };
  if (status === 'rejected') return { good: false, text: `${endpoint} refused: ${answerOf(response_data)}.` };
  return { good: false, text: detail ?? `The request to ${endpoint} failed (${reason ?? 'no reason given'}).` };
}

function answerOf(data: unknown): string {
  const answer = isRecord(data) ? data : {};
  const said = [answer['status'], answer['reason']].filter((word) => typeof word === 'string');
  return said.length === 0 ? 'no reason given' : [...new Set(said)].join(', ');
}
