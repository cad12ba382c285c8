import { usageError } from './exit.ts';

/** A time that a flag wants, as ISO 8601. A day without a time starts at midnight here, not in Greenwich. */
export function timeOf(flag: string, text: string): string {
  const at = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text);
  if (Number.isNaN(at.getTime()))
    throw usageError(`${flag} wants a time such as 2026-05-04 or 2026-05-04T12:00:00Z, not '${text}'.`);
  return at.toISOString();
}
