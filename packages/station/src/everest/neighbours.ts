import type { EventEmitter } from 'node:events';
import type { ModuleConfig } from './handshake.ts';
import type { EverestModuleEvents } from './module.ts';
import { errorSchema } from './module-errors.ts';
import type { Routes, TopicHandler } from './mqtt-session.ts';
import type { PendingCalls } from './pending-calls.ts';
import { matches } from './schema.ts';
import { decode, toAnswer, toVariable, type Implementation, type Topics } from './wire.ts';

interface Neighbourhood {
  moduleId: string;
  topics: Topics;
  config: ModuleConfig;
  /** Of each requirement, the variables to be told of. */
  watch: Readonly<Record<string, readonly string[]>>;
  events: EventEmitter<EverestModuleEvents>;
  calls: PendingCalls;
}

interface Source {
  requirement: string;
  of: Implementation;
}

/** All that connected modules say to this one, answers and variables, and the errors of every module. */
export function neighbourRoutes(to: Neighbourhood): Routes {
  const routes = new Map<string, TopicHandler>();
  for (const [requirement, implementations] of to.config.connections) {
    for (const of of implementations) {
      const source = { requirement, of };
      routes.set(to.topics.response(of, '+', to.moduleId), (payload) => answered(to, payload));
      for (const name of to.watch[requirement] ?? [])
        routes.set(to.topics.variable(of, name), (payload) => varied(to, { ...source, name }, payload));
    }
  }
  routes.set(to.topics.allErrors, (payload, topic) => errorReported(to, topic, payload));
  return routes;
}

function answered({ events, calls }: Neighbourhood, payload: string): void {
  const envelope = decode(payload);
  const answer = 'problem' in envelope ? envelope : toAnswer(envelope.data);
  if ('problem' in answer) events.emit('problem', `an answer: ${answer.problem}`);
  else if (!calls.settle(answer.id, answer)) events.emit('problem', `nothing waits for the answer ${answer.id}`);
}

function varied({ events }: Neighbourhood, source: Source & { name: string }, payload: string): void {
  const envelope = decode(payload);
  const variable = 'problem' in envelope ? envelope : toVariable(envelope.data);
  if ('problem' in variable) events.emit('problem', `${source.of.moduleId} ${source.name}: ${variable.problem}`);
  else events.emit('variable', { ...source, value: variable.value });
}

function errorReported({ moduleId, topics, events }: Neighbourhood, topic: string, payload: string): void {
  const of = topics.originOf(topic);
  if (of.moduleId === moduleId) return;
  const envelope = decode(payload);
  if ('problem' in envelope) return void events.emit('problem', `an error: ${envelope.problem}`);
  const { type, data } = envelope;
  if (!matches(errorSchema, data)) return void events.emit('problem', `${of.moduleId}: an error has no type`);
  if (type === 'RaiseError') events.emit('errorRaised', { of, error: data });
  if (type === 'ClearError') events.emit('errorCleared', { of, error: data });
}
