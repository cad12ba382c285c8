/** What the generated validators call. They have no other dependency. */
export interface Runtime {
  /** Length in code points, which is how JSON Schema counts. */
  ucs2length(text: string): number;
  formats: Record<string, (text: string) => boolean>;
}

export const runtime: Runtime = {
  ucs2length: (text) => {
    let length = text.length;
    for (let i = 0; i < text.length - 1; i++) {
      if (isHighSurrogate(text.charCodeAt(i)) && isLowSurrogate(text.charCodeAt(i + 1))) {
        length--;
        i++;
      }
    }
    return length;
  },
  formats: { 'date-time': isDateTime, uri: isUri },
};

const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff;
const isLowSurrogate = (code: number) => code >= 0xdc00 && code <= 0xdfff;

const dateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/;

/** RFC 3339 with its zone. No leap second: no clock of ours, and no `Date`, can tell one. */
export function isDateTime(text: string): boolean {
  return dateTime.test(text) && (text.charCodeAt(8) < 50 || isDayOfMonth(text));
}

/** Only days from 20 on come here; 29 and more may not exist in a month. */
function isDayOfMonth(text: string): boolean {
  const date = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return date.getUTCDate() === Number(text.slice(8, 10));
}

const uri = /^[a-z][a-z\d+.-]*:(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-f]{2})+$/i;

/** A scheme and then only what RFC 3986 allows unescaped. */
export function isUri(text: string): boolean {
  return uri.test(text);
}
