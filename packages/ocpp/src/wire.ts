import { wireCodeOf, type OcppError } from './errors.ts';
import { writeError, type Frame } from './frame.ts';
import type { OcppVersion } from './version.ts';

/** One frame, in or out, and what was thought of it. */
export interface MessageRecord {
  direction: 'in' | 'out';
  kind: 'CALL' | 'CALLRESULT' | 'CALLERROR' | 'CALLRESULTERROR' | 'SEND' | 'INVALID';
  messageId?: string;
  action?: string;
  /** The frame as it was; of an INVALID one the first 4,096 characters. */
  text: string;
  /** `duplicate` of an answer: it was given before. */
  verdict: 'ok' | 'repaired' | 'invalid' | 'late' | 'duplicate' | 'unknown';
  /** What a lenient peer repaired, or what is wrong with an invalid frame. */
  notes?: readonly string[];
  /** Canonical, as OcppErrorCode. */
  errorCode?: string;
}

export interface WireOptions {
  version: OcppVersion;
  /** Writes one text frame; may throw when the socket is gone. */
  transmit(text: string): void;
  /** Every frame in and out. */
  onMessage?: ((record: MessageRecord) => void) | undefined;
}

/** A record without direction and text. */
interface Outgoing {
  kind: MessageRecord['kind'];
  messageId?: string | undefined;
  action?: string | undefined;
  verdict?: MessageRecord['verdict'] | undefined;
  notes?: readonly string[] | undefined;
  errorCode?: string | undefined;
}

type Incoming = Pick<Outgoing, 'action' | 'verdict' | 'errorCode'>;

/** Where frames leave a peer, and where the frames of both directions are recorded. */
export class Wire {
  readonly #options: WireOptions;
  #closed: string | undefined;

  constructor(options: WireOptions) {
    this.#options = options;
  }

  get version(): OcppVersion {
    return this.#options.version;
  }

  /** Why nothing is written any more; undefined as long as it is. */
  get closed(): string | undefined {
    return this.#closed;
  }

  close(reason: string): void {
    this.#closed ??= reason;
  }

  /** False when the socket is gone. */
  write(text: string, record: Outgoing): boolean {
    if (this.#closed !== undefined) return false;
    if (this.#options.onMessage) this.record(toRecord('out', text, record));
    try {
      this.#options.transmit(text);
      return true;
    } catch {
      return false;
    }
  }

  writeError(
    type: 4 | 5,
    id: string | number,
    error: OcppError,
    more: { action?: string; notes?: string[] } = {},
  ): void {
    const code = wireCodeOf(error.code, this.version);
    const text = writeError(type, id, { code, description: error.message, details: error.details });
    const kind = type === 4 ? 'CALLERROR' : 'CALLRESULTERROR';
    this.write(text, { kind, messageId: String(id), errorCode: error.code, ...more });
  }

  recordIn({ kind, id, notes }: Frame, text: string, more: Incoming): void {
    if (!this.#options.onMessage) return;
    const { action, verdict = notes ? 'repaired' : 'ok', errorCode } = more;
    this.record(toRecord('in', text, { kind, messageId: String(id), action, verdict, notes, errorCode }));
  }

  /** A message log that fails must not stop the messages. */
  record(record: MessageRecord): void {
    try {
      this.#options.onMessage?.(record);
    } catch {
      // The log's own trouble.
    }
  }
}

/** Only what there is: a spread would cost more than all the rest of a record. */
function toRecord(direction: MessageRecord['direction'], text: string, said: Outgoing): MessageRecord {
  const { kind, messageId, action, verdict = 'ok', notes, errorCode } = said;
  const record: MessageRecord = { direction, kind, text, verdict };
  if (messageId !== undefined) record.messageId = messageId;
  if (action !== undefined) record.action = action;
  if (notes !== undefined) record.notes = notes;
  if (errorCode !== undefined) record.errorCode = errorCode;
  return record;
}
