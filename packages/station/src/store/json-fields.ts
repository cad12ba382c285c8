/** Members of a JSON object that nobody has validated, as what is stored is read; a member of another type counts as absent. */
export interface Fields {
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean | undefined;
  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined;
  /** Of a time as RFC 3339 has it. */
  date(name: string): Date | undefined;
  object(name: string): Fields | undefined;
  /** The objects of a list. */
  objects(name: string): Fields[];
  texts(name: string): string[];
  /** Every item of a list as it is read; undefined when one cannot be read, or there is no list. */
  list<T>(name: string, read: (item: unknown) => T | undefined): T[] | undefined;
  /** As it is. */
  value(name: string): unknown;
}

/** Undefined when it is no object. */
export function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  const text = (name: string) => textOf(members.get(name));
  const list = (name: string) => listOf(members.get(name)) ?? [];
  return {
    text,
    number: (name) => numberOf(members.get(name)),
    flag: (name) => flagOf(members.get(name)),
    oneOf: (name, choices) => choices.find((choice) => choice === members.get(name)),
    date: (name) => dateOf(text(name)),
    object: (name) => fieldsOf(members.get(name)),
    objects: (name) => list(name).flatMap((item) => fieldsOf(item) ?? []),
    texts: (name) => list(name).flatMap((item) => textOf(item) ?? []),
    list: (name, read) => allOf(listOf(members.get(name)), read),
    value: (name) => members.get(name),
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

function allOf<T>(list: readonly unknown[] | undefined, read: (item: unknown) => T | undefined): T[] | undefined {
  const items = list?.map(read).filter((item) => item !== undefined);
  return items?.length === list?.length ? items : undefined;
}

const listOf = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);
const flagOf = (value: unknown) => (typeof value === 'boolean' ? value : undefined);
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
