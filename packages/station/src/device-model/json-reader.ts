/** Where a piece of JSON is, and where to say what is wrong with it. */
export interface JsonPlace {
  place: string;
  mistakes: string[];
}

/** Reads a file that people write, piece by piece, and notes every mistake with its place. What is wrong reads as absent. */
export class JsonReader {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #at: JsonPlace;

  constructor(value: unknown, at: JsonPlace) {
    this.#at = at;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) this.mistake('it is no object');
    this.#values = new Map(isObject ? Object.entries(value) : []);
  }

  mistake(sentence: string): void {
    this.#at.mistakes.push(`${this.#at.place}: ${sentence}`);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Every other key is a mistake. */
  allow(keys: readonly string[]): void {
    for (const key of this.#values.keys()) {
      if (!keys.includes(key)) this.mistake(`${key} is not known here`);
    }
  }

  /** An identifier of OCPP: 1 to 50 characters. */
  name(key: string): string | undefined {
    const value = this.#values.get(key);
    if (typeof value === 'string' && value.length >= 1 && value.length <= 50) return value;
    this.mistake(`${key} must be a text of 1 to 50 characters`);
    return undefined;
  }

  /** A text, or a number or truth value as text. */
  scalar(key: string): string | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    this.mistake(`${key} must be a text, a number, true or false`);
    return undefined;
  }

  number(key: string): number | undefined {
    const value = this.#values.get(key);
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    this.mistake(`${key} must be a number`);
    return undefined;
  }

  /** A whole number from 0. */
  whole(key: string): number | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    this.mistake(`${key} must be a whole number`);
    return undefined;
  }

  flag(key: string): boolean | undefined {
    const value = this.#values.get(key);
    if (value === undefined || typeof value === 'boolean') return value;
    this.mistake(`${key} must be true or false`);
    return undefined;
  }

  oneOf<T extends string>(key: string, choices: readonly T[], fallback?: T): T | undefined {
    const value = this.#values.get(key);
    if (value === undefined && fallback !== undefined) return fallback;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) this.mistake(`${key} must be one of ${choices.join(', ')}`);
    return choice;
  }

  strings(key: string): string[] | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    const texts = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    if (!Array.isArray(value) || texts.length < value.length) this.mistake(`${key} must be a list of texts`);
    return texts;
  }

  object(key: string): JsonReader | undefined {
    return this.has(key) ? this.#inner(key, this.#values.get(key)) : undefined;
  }

  objects(key: string): JsonReader[] | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value)) return value.map((item, index) => this.#inner(`${key}[${index}]`, item));
    this.mistake(`${key} must be a list`);
    return undefined;
  }

  entries(): [key: string, value: JsonReader][] {
    return [...this.#values].map(([key, value]) => [key, this.#inner(key, value)]);
  }

  #inner(key: string, value: unknown): JsonReader {
    return new JsonReader(value, { place: `${this.#at.place} ${key}`, mistakes: this.#at.mistakes });
  }
}
