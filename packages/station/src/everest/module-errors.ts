import { randomUUID } from 'node:crypto';
import type { Clock } from '../time/clock.ts';
import { encode } from './wire.ts';
import { any, object, text, type Static } from './schema.ts';

/** An error that a neighbour raises or clears. */
export const errorSchema = object(
  { type: text },
  {
    sub_type: text,
    message: text,
    description: text,
    severity: text,
    state: text,
    uuid: text,
    vendor_id: text,
    origin: any,
  },
);

export type EverestErrorReport = Static<typeof errorSchema>;

/** An error of ours. */
export interface RaisedError {
  implementationId: string;
  /** Namespace and name, as `generic/CommunicationFault`. */
  type: string;
  subType?: string;
  message: string;
  description: string;
  /** Default Medium. */
  severity?: 'High' | 'Medium' | 'Low';
}

interface Active {
  error: RaisedError;
  fields: Record<string, unknown>;
}

/** The errors that this module has raised and not cleared. */
export class ModuleErrors {
  readonly #moduleId: string;
  readonly #clock: Clock;
  readonly #active = new Map<string, Active>();

  constructor(moduleId: string, clock: Clock) {
    this.#moduleId = moduleId;
    this.#clock = clock;
  }

  /** The message to send; undefined when it is raised already. */
  raise(error: RaisedError): string | undefined {
    const key = keyOf(error);
    if (this.#active.has(key)) return undefined;
    const fields = {
      type: error.type,
      sub_type: error.subType ?? '',
      message: error.message,
      description: error.description,
      severity: error.severity ?? 'Medium',
      origin: { module_id: this.#moduleId, implementation_id: error.implementationId },
      state: 'Active',
      timestamp: this.#clock.now().toISOString(),
      uuid: randomUUID(),
      vendor_id: 'Busbar',
    };
    this.#active.set(key, { error, fields });
    return encode('RaiseError', fields);
  }

  /** The message to send; undefined when it was not raised. */
  clear(error: Pick<RaisedError, 'implementationId' | 'type' | 'subType'>): string | undefined {
    const key = keyOf(error);
    const active = this.#active.get(key);
    this.#active.delete(key);
    return active && encode('ClearError', { ...active.fields, state: 'ClearedByModule' });
  }

  /** All that are raised, for those who have just started. */
  messages(): { error: RaisedError; payload: string }[] {
    return [...this.#active.values()].map(({ error, fields }) => ({ error, payload: encode('RaiseError', fields) }));
  }
}

const keyOf = ({ implementationId, type, subType = '' }: Pick<RaisedError, 'implementationId' | 'type' | 'subType'>) =>
  `${implementationId} ${type} ${subType}`;
