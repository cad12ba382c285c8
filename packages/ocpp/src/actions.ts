import type * as v16 from './v16/index.ts';
import type * as v201 from './v201/index.ts';
import type * as v21 from './v21/index.ts';
import { actions as actions16 } from './v16/index.ts';
import { actions as actions201 } from './v201/index.ts';
import { actions as actions21 } from './v21/index.ts';
import type { OcppVersion } from './version.ts';

/** Who may send an action as a CALL; 'send' is a charging station's unanswered SEND (OCPP 2.1). */
export type From = 'station' | 'csms' | 'both' | 'send';

/** Request and response types of every action of every version. */
export interface CallsOf {
  '1.6': v16.Calls;
  '2.0.1': v201.Calls;
  '2.1': v21.Calls;
}

export type ActionOf<V extends OcppVersion> = keyof CallsOf[V] & string;
export type RequestOf<V extends OcppVersion, A extends ActionOf<V>> = CallsOf[V][A] extends { request: infer R }
  ? R
  : never;
export type ResponseOf<V extends OcppVersion, A extends ActionOf<V>> = CallsOf[V][A] extends { response: infer R }
  ? R
  : never;

const tables: Record<OcppVersion, ReadonlyMap<string, From>> = {
  '1.6': new Map(Object.entries(actions16)),
  '2.0.1': new Map(Object.entries(actions201)),
  '2.1': new Map(Object.entries(actions21)),
};

/** True when the version defines an action of exactly this name. */
export function isAction<V extends OcppVersion>(version: V, name: string): name is ActionOf<V> {
  return tables[version].has(name);
}

/** All actions of a version, in alphabetical order, and who may send them. */
export function actionsOf(version: OcppVersion): readonly { name: string; from: From }[] {
  return Array.from(tables[version], ([name, from]) => ({ name, from }));
}

/** Who may send `name`; undefined when the version has no such action. */
export function senderOf(version: OcppVersion, name: string): From | undefined {
  return tables[version].get(name);
}
