import type { Timer } from '../time/clock.ts';
import { createCertificateRequest } from './certificate-request.ts';
import { readChain } from './certificate-chain.ts';
import type { CertificateResult } from './certificates.ts';
import type { LeafKind } from './certificate-store.ts';
import type { Core } from '../core.ts';
import { ownSecurityEvent } from './security-events.ts';

/** A request that the CSMS has not fulfilled yet. */
interface Pending {
  kind: LeafKind;
  keyId: string;
  csr: string;
  /** OCPP 2.1: which answer belongs to which request. */
  requestId: number;
  /** How often it was repeated. */
  repeats: number;
}

/** CertSigningWaitMinimum 0 would repeat without a pause. */
const shortestWaitMs = 10_000;

const leafKinds = ['ChargingStationCertificate', 'V2GCertificate'] as const;

const renewBeforeMs = 30 * 86_400_000;

/** Gets certificates signed by the CSMS: OCPP 2.0.1 A02 and A03, and those of the 1.6 security white paper. One at a time. */
export class CertificateSigning {
  readonly #core: Core;
  #pending: Pending | undefined;
  #repeat: Timer | undefined;
  #check: Timer | undefined;
  #lastRequestId = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Looks from now on whether a certificate ends soon; without one there is nothing to look at. */
  start(): void {
    this.#check?.cancel();
    const { certificates, clock, variables } = this.#core;
    if (leafKinds.every((kind) => certificates.endOf(kind) === undefined)) return;
    const ms = variables.number('InternalCtrlr.ClientCertificateExpireCheckInitialDelaySeconds') * 1000;
    this.#check = clock.after(ms, () => this.#renew());
  }

  stop(): void {
    this.#check?.cancel();
    this.#forget();
  }

  /** False when a request is out already, or none can be made. */
  request(kind: LeafKind): boolean {
    if (this.#pending) return false;
    const pending = this.#create(kind);
    if (!pending) return false;
    this.#pending = pending;
    this.#send(pending);
    return true;
  }

  /** The CSMS has signed: checks the chain, and keeps it for the next connection. */
  signed(chain: string, requestId?: number): CertificateResult<'Accepted' | 'Rejected'> {
    const pending = this.#pending;
    if (!pending || (requestId !== undefined && requestId !== pending.requestId))
      return { status: 'Rejected', reason: 'NoRequest' };
    const fault = this.#faultOf(chain, pending);
    if (fault !== undefined) {
      this.#discard(pending);
      ownSecurityEvent(this.#core, { type: 'InvalidChargingStationCertificate', info: fault });
      return { status: 'Rejected', reason: fault };
    }
    this.#forget();
    this.#core.certificates.addOwn(pending.kind, chain, pending.keyId);
    this.start();
    if (pending.kind === 'ChargingStationCertificate') this.#core.ownCertificateChanged();
    return { status: 'Accepted' };
  }

  #faultOf(chain: string, { kind, keyId }: Pending): string | undefined {
    const { certificates, variables } = this.#core;
    if (chain.length > variables.number('SecurityCtrlr.MaxCertificateChainSize')) return 'TooLong';
    const publicKey = certificates.keys.publicKey(keyId);
    return publicKey ? certificates.faultOf(readChain(chain), { kind, publicKey }) : 'InvalidPublicKey';
  }

  #create(kind: LeafKind): Pending | undefined {
    const { certificates, variables, identity } = this.#core;
    const { keys } = certificates;
    try {
      certificates.dropUnusedKeys();
      const keyId = keys.generate();
      const publicKey = keys.publicKey(keyId);
      if (!publicKey) throw new RangeError(`key ${keyId}: there is none`);
      const subject = {
        organization: variables.get('SecurityCtrlr.OrganizationName'),
        commonName: identity.serialNumber,
      };
      const csr = createCertificateRequest(subject, publicKey, (data) => keys.sign(keyId, data));
      return { kind, keyId, csr, requestId: ++this.#lastRequestId, repeats: 0 };
    } catch (error) {
      ownSecurityEvent(this.#core, { type: 'CSRGenerationFailed', info: String(error) });
      return undefined;
    }
  }

  #send(pending: Pending): void {
    const { protocol, events } = this.#core;
    protocol.signCertificate(pending).then(
      (status) => {
        if (status === 'Accepted') this.#repeatLater(pending);
        else this.#discard(pending);
      },
      (error: unknown) => {
        events.emit('callFailed', { action: 'SignCertificate', error });
        this.#repeatLater(pending);
      },
    );
  }

  /** OCPP 2.0.1 A02.FR.17 to 19: the wait is doubled every time, and CertSigningRepeatTimes limits the repetitions. */
  #repeatLater(pending: Pending): void {
    if (this.#pending !== pending) return;
    const { clock, variables } = this.#core;
    const minimumMs = Math.max(variables.number('SecurityCtrlr.CertSigningWaitMinimum') * 1000, shortestWaitMs);
    this.#repeat = clock.after(minimumMs * 2 ** pending.repeats, () => {
      if (pending.repeats >= variables.number('SecurityCtrlr.CertSigningRepeatTimes')) return this.#discard(pending);
      pending.repeats++;
      this.#send(pending);
    });
  }

  #discard(pending: Pending): void {
    if (this.#pending !== pending) return;
    this.#forget();
    this.#core.certificates.keys.remove(pending.keyId);
  }

  #forget(): void {
    this.#repeat?.cancel();
    this.#pending = undefined;
  }

  #renew(): void {
    const { certificates, clock, isOnline, variables } = this.#core;
    for (const kind of leafKinds) {
      const end = certificates.endOf(kind);
      if (isOnline && end && end.getTime() - clock.now().getTime() < renewBeforeMs && this.request(kind)) break;
    }
    const ms = variables.number('InternalCtrlr.ClientCertificateExpireCheckIntervalSeconds') * 1000;
    this.#check = clock.after(ms, () => this.#renew());
  }
}
