/** What API keys may be allowed to do: `read:stations`, `write:*`, `*`. */
const resources = [
  'stations',
  'sessions',
  'tokens',
  'actions',
  'ocpp',
  'variables',
  'reservations',
  'events',
  'messages',
  'keys',
  'audit',
  'metrics',
] as const;

type Resource = (typeof resources)[number];
export type Scope = `${'read' | 'write'}:${Resource}`;

/** The scopes a key can be given. */
export const scopePattern = `^(\\*|(read|write):(\\*|${resources.join('|')}))$`;

/** The same in words. */
export const scopeWords = `*, or read: or write: with * or one of ${resources.join(', ')}`;

/** Whether `granted` allows `wanted`, which may be a wildcard itself. */
export function covers(granted: readonly string[], wanted: string): boolean {
  const [verb = ''] = wanted.split(':', 1);
  return granted.some((scope) => scope === '*' || scope === wanted || (verb !== '*' && scope === `${verb}:*`));
}
