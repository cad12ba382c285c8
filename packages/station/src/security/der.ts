/** One value of ASN.1's distinguished encoding. */
export interface DerValue {
  tag: number;
  /** Without tag and length. */
  content: Buffer;
  /** With them. */
  raw: Buffer;
}

export const derTag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const;

/** Encodes a value; `parts` are put one after the other. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

/** An object identifier from its dotted form. */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(derTag.oid, Buffer.from([first * 40 + second, ...rest.flatMap(toBase128)]));
}

function toBase128(number: number): number[] {
  const bytes = [number & 0x7f];
  for (let left = number >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

/** The values in `bytes`, one after the other. Throws RangeError when they are not well formed. */
export function readDer(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const { length, headerLength } = readLength(bytes, at + 1);
    const end = at + 1 + headerLength + length;
    const tag = bytes[at];
    if (tag === undefined || end > bytes.length) throw new RangeError('DER: a value is cut short');
    values.push({ tag, content: bytes.subarray(at + 1 + headerLength, end), raw: bytes.subarray(at, end) });
    at = end;
  }
  return values;
}

function readLength(bytes: Buffer, at: number): { length: number; headerLength: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { length: first, headerLength: 1 };
  const count = first & 0x7f;
  if (count < 1 || count > 4 || at + count >= bytes.length) throw new RangeError('DER: a length is not well formed');
  return { length: bytes.readUIntBE(at + 1, count), headerLength: 1 + count };
}
