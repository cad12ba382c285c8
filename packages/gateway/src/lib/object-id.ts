import { createHash, randomBytes } from 'node:crypto';

const process = randomBytes(5).toString('hex');
let counter = randomBytes(3).readUIntBE(0, 3);

/** The 24-hex id that always belongs to a natural key: `objectIdOf('station', 'CP1')`. */
export function objectIdOf(kind: string, ...key: readonly (string | number)[]): string {
  return createHash('sha256')
    .update([kind, ...key].join('\u0000'))
    .digest('hex')
    .slice(0, 24);
}

/** A new 24-hex id: seconds since 1970, process, counter. */
export function newObjectId(now: Date): string {
  counter = (counter + 1) % 0x1000000;
  const seconds = Math.floor(now.getTime() / 1000)
    .toString(16)
    .padStart(8, '0');
  return `${seconds}${process}${counter.toString(16).padStart(6, '0')}`;
}

export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text);
}
