/** Weights of what a fleet is made of. */
export type Weights<T extends string> = Partial<Readonly<Record<T, number>>>;

/** Deals kinds out so that at any count each has its share, as nearly as can be. */
export class Mix<T extends string> {
  readonly #shares: readonly { kind: T; share: number }[];
  readonly #dealt = new Map<T, number>();
  #count = 0;

  /** Throws RangeError when no weight is above 0. */
  constructor(kinds: readonly (readonly [T, number])[]) {
    const total = kinds.reduce((sum, [, weight]) => sum + Math.max(0, weight), 0);
    if (!(total > 0)) throw new RangeError('a mix wants at least one weight above 0');
    this.#shares = kinds.flatMap(([kind, weight]) => (weight > 0 ? [{ kind, share: weight / total }] : []));
  }

  next(): T {
    this.#count++;
    const [first, ...others] = this.#shares.map(({ kind, share }) => ({
      kind,
      lack: share * this.#count - (this.#dealt.get(kind) ?? 0),
    }));
    if (!first) throw new RangeError('a mix wants at least one weight above 0');
    const { kind } = others.reduce((most, other) => (other.lack > most.lack + 1e-9 ? other : most), first);
    this.#dealt.set(kind, (this.#dealt.get(kind) ?? 0) + 1);
    return kind;
  }
}

/** `DEPOT-{n:4}` and 7: `DEPOT-0007`. `{version}` is the station's. */
export function identityOf(pattern: string, { n, version }: { n: number; version: string }): string {
  return pattern
    .replaceAll(/\{n(?::(\d+))?\}/g, (_match, width?: string) => String(n).padStart(Number(width ?? 0), '0'))
    .replaceAll('{version}', version);
}
