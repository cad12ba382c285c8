/** Members of a JSON object that nobody has validated; a member of another type counts as absent. */
export interface Fields {
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  /** Of a time as RFC 3339 has it. */
  date(name: string): Date | undefined;
  object(name: string): Fields | undefined;
  /** The objects of a list. */
  objects(name: string): Fields[];
  texts(name: string): string[];
}

/** Undefined when it is no object. */
export function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  const text = (name: string) => textOf(members.get(name));
  const list = (name: string): readonly unknown[] => {
    const found = members.get(name);
    return Array.isArray(found) ? found : [];
  };
  return {
    text,
    number: (name) => numberOf(members.get(name)),
    date: (name) => dateOf(text(name)),
    object: (name) => fieldsOf(members.get(name)),
    objects: (name) => list(name).flatMap((item) => fieldsOf(item) ?? []),
    texts: (name) => list(name).flatMap((item) => textOf(item) ?? []),
  };
}

/** The members of a JSON text; undefined when it is none, or of something else. */
export function parseFields(text: string | undefined): Fields | undefined {
  if (text === undefined) return undefined;
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
