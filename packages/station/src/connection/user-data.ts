/** What stands in place of a secret. */
export const mask = '***';

/** A text without user and password of a URL in it. They may hold anything, so all goes from `://` to the last `@`. */
export function withoutUserData(text: string): string {
  const begin = text.indexOf('://') + 3;
  const end = text.lastIndexOf('@');
  return begin > 2 && end >= begin ? `${text.slice(0, begin)}${mask}${text.slice(end)}` : text;
}
