import type { Message } from 'busbar/client';

/** Places of the payload in a frame, by the kind of the frame (OCPP-J section 4.2). */
const payloadFrom: Readonly<Record<string, number>> = {
  CALL: 3,
  CALLRESULT: 2,
  CALLERROR: 2,
  SEND: 3,
  CALLRESULTERROR: 2,
};

/** What a message carries, laid out for reading; text that is no frame as it came. */
export function payloadTextOf({ kind, text }: Pick<Message, 'kind' | 'text'>): string {
  const from = payloadFrom[kind];
  try {
    const frame: unknown = JSON.parse(text);
    if (!Array.isArray(frame) || from === undefined) return text;
    const payload: unknown[] = frame.slice(from);
    return payload.map((part) => JSON.stringify(part, undefined, 2)).join('\n');
  } catch {
    return text;
  }
}
