import type { v21 } from '@busbar/ocpp';
import { isSameHash, type CertificateHash } from './certificate-chain.ts';
import type { Core } from '../core.ts';
import type { Iso15118 } from './iso15118.ts';
import { nextUpdateOf } from './ocsp-response.ts';
import { fieldsOf } from '../store/json-fields.ts';

/** What the CSMS has said of a certificate. */
interface Kept {
  /** An OCSP response, or a status of 2.1. */
  value: string;
  /** RFC 3339. */
  nextUpdate: string;
  /** From then on the CSMS is asked again, RFC 3339. */
  until: string;
}

const collection = 'certificateStatuses';

const mostKept = 50;

/** Asks the CSMS on behalf of vehicles; what it says of a certificate is kept until its next update: OCPP 2.0.1 M06, 2.1 M07. */
export class CertificateStatuses implements Iso15118 {
  readonly #core: Core;
  /** By {@link keyOf}. */
  #kept: Map<string, Kept> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  getEvCertificate(request: v21.Get15118EVCertificateRequest): ReturnType<Iso15118['getEvCertificate']> {
    return this.#core.protocol.iso15118.getEvCertificate(request);
  }

  async getCertificateStatus(data: v21.OCSPRequestDataType): ReturnType<Iso15118['getCertificateStatus']> {
    const key = keyOf('response', data);
    const known = this.#find(key);
    if (known) return { status: 'Accepted', ocspResult: known.value };
    const answer = await this.#core.protocol.iso15118.getCertificateStatus(data);
    const { status, ocspResult = '' } = answer;
    if (status === 'Accepted') this.#keep(key, { value: ocspResult, nextUpdate: nextUpdateOf(ocspResult) });
    return answer;
  }

  async getCertificateChainStatus(
    request: v21.GetCertificateChainStatusRequest,
  ): Promise<v21.GetCertificateChainStatusResponse> {
    const { certificateStatusRequests: asked } = request;
    const known = asked.flatMap((each) => this.#statusOf(each) ?? []);
    const missing = asked.filter((each) => !known.some((status) => isAbout(status, each)));
    if (missing.length === 0) return { certificateStatus: known };
    const answer = await this.#core.protocol.iso15118.getCertificateChainStatus({
      ...request,
      certificateStatusRequests: missing,
    });
    for (const { source, certificateHashData, status, nextUpdate } of answer.certificateStatus) {
      if (isStatus(status))
        this.#keep(keyOf(source, certificateHashData), { value: status, nextUpdate: new Date(nextUpdate) });
    }
    const all = [...known, ...answer.certificateStatus];
    const certificateStatus = asked.flatMap((each) => all.find((status) => isAbout(status, each)) ?? []);
    return { ...answer, certificateStatus };
  }

  #statusOf({
    certificateHashData,
    source,
  }: v21.CertificateStatusRequestInfoType): v21.CertificateStatusType | undefined {
    const known = this.#find(keyOf(source, certificateHashData));
    if (!known || !isStatus(known.value)) return undefined;
    return { certificateHashData, source, status: known.value, nextUpdate: known.nextUpdate };
  }

  get #all(): Map<string, Kept> {
    return (this.#kept ??= new Map([...this.#core.store.entries(collection)].flatMap(toEntry)));
  }

  #find(key: string): Kept | undefined {
    const kept = this.#all.get(key);
    return kept && new Date(kept.until) > this.#core.clock.now() ? kept : undefined;
  }

  /** Never longer than OcspRequestInterval; the one that ends first makes room. */
  #keep(key: string, { value, nextUpdate }: { value: string; nextUpdate: Date | undefined }): void {
    const { clock, store, variables } = this.#core;
    const now = clock.now().getTime();
    if (!nextUpdate || !(nextUpdate.getTime() > now)) return;
    const latest = now + variables.number('InternalCtrlr.OcspRequestInterval') * 1000;
    const until = new Date(Math.min(nextUpdate.getTime(), latest)).toISOString();
    const kept: Kept = { value, nextUpdate: nextUpdate.toISOString(), until };
    this.#all.set(key, kept);
    store.put(collection, key, kept);
    if (this.#all.size <= mostKept) return;
    const [first] = [...this.#all].toSorted(([, a], [, b]) => a.until.localeCompare(b.until));
    if (!first) return;
    this.#all.delete(first[0]);
    store.remove(collection, first[0]);
  }
}

function keyOf(what: string, hash: CertificateHash): string {
  const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = hash;
  const serial = serialNumber.replace(/^0+(?=.)/, '');
  return [what, hashAlgorithm, issuerNameHash, issuerKeyHash, serial].join(' ').toLowerCase();
}

function isAbout(status: v21.CertificateStatusType, asked: v21.CertificateStatusRequestInfoType): boolean {
  return status.source === asked.source && isSameHash(status.certificateHashData, asked.certificateHashData);
}

/** What is not known now may be known soon. */
function isStatus(status: string): status is 'Good' | 'Revoked' {
  return status === 'Good' || status === 'Revoked';
}

function toEntry([key, value]: readonly [string, unknown]): [string, Kept][] {
  const fields = fieldsOf(value);
  const [text, nextUpdate, until] = [fields?.text('value'), fields?.date('nextUpdate'), fields?.date('until')];
  if (text === undefined || !nextUpdate || !until) return [];
  return [[key, { value: text, nextUpdate: nextUpdate.toISOString(), until: until.toISOString() }]];
}
