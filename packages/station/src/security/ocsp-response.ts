import { readDer, type DerValue } from './der.ts';

const tag = { sequence: 0x30, generalizedTime: 0x18, nextUpdate: 0xa0 } as const;

/** Until when a base64 OCSP response holds: the first `nextUpdate` in it (RFC 6960 4.2.1). Undefined when it does not say. */
export function nextUpdateOf(ocspResponse: string): Date | undefined {
  try {
    const [response] = readDer(Buffer.from(ocspResponse, 'base64'));
    const [bytes] = valuesIn(valuesIn(response)[1]);
    const [basic] = valuesIn(valuesIn(bytes)[1]);
    const [data] = valuesIn(basic);
    const answers = valuesIn(data).find((value) => value.tag === tag.sequence);
    const times = valuesIn(answers).map(nextUpdateIn);
    return times.every((time) => time !== undefined)
      ? times.toSorted((a, b) => a.getTime() - b.getTime())[0]
      : undefined;
  } catch {
    return undefined;
  }
}

/** Of a SingleResponse: certificate, status, thisUpdate, and then perhaps this one. */
function nextUpdateIn(answer: DerValue): Date | undefined {
  const tagged = valuesIn(answer)
    .slice(3)
    .find((value) => value.tag === tag.nextUpdate);
  const [time] = tagged ? valuesIn(tagged) : [];
  if (time?.tag !== tag.generalizedTime) return undefined;
  const date = new Date(time.content.toString().replace(/^(\d{4})(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6'));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function valuesIn(value: DerValue | undefined): DerValue[] {
  if (!value) throw new RangeError('OCSP: something is missing');
  return readDer(value.content);
}
