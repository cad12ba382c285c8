import { OcppConnectionClosed, type v21 } from '@busbar/ocpp';
import type { Core } from '../core.ts';
import { presentToken } from './reader.ts';
import type { Evse } from '../evse.ts';
import type { IdToken } from '../station-host.ts';
import type { TokenInfo } from './tokens.ts';

/** What a vehicle shows of its contract: OCPP 2.0.1 C07. */
export interface ContractProof {
  /** What the host found: `Unknown` when it has no root certificate to tell. */
  verdict: 'Valid' | 'Invalid' | 'Unknown';
  /** PEM chain, for the CSMS to verify; at most 10,000 characters. */
  certificate?: string | undefined;
  /** For the CSMS to ask whether it was revoked; at most 4. */
  hashData?: readonly v21.OCSPRequestDataType[] | undefined;
}

/** Contracts that vehicles are showing now. */
export class Contracts {
  readonly #core: Core;
  #proofs: Map<string, ContractProof> | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** A vehicle has shown one: it may charge as somebody with a token may. */
  async present(evse: Evse, { idToken, proof }: { idToken: string; proof: ContractProof }): Promise<void> {
    (this.#proofs ??= new Map()).set(idToken.toLowerCase(), proof);
    await presentToken(this.#core, evse, { idToken, type: 'eMAID' });
    this.#proofs.delete(idToken.toLowerCase());
  }

  /** Judges what is being shown; undefined for any other token, and for the list and the cache to judge. */
  async judge(idToken: IdToken): Promise<TokenInfo | undefined> {
    const proof = this.#proofs?.get(idToken.idToken.toLowerCase());
    if (!proof) return undefined;
    if (proof.verdict === 'Invalid') return { status: 'Invalid' };
    return this.#core.isOnline ? askCsms(this.#core, idToken, proof) : offline(this.#core, proof);
  }
}

async function askCsms(core: Core, idToken: IdToken, proof: ContractProof): Promise<TokenInfo | undefined> {
  const mayAsk = core.variables.isOn('ISO15118Ctrlr.CentralContractValidationAllowed');
  if (proof.verdict === 'Unknown' && !mayAsk) return { status: 'Invalid' };
  const { hashData, certificate } = proof;
  try {
    const shown = { verdict: proof.verdict, hashData, ...(proof.verdict === 'Unknown' && { certificate }) };
    return (await core.protocol.authorizeContract(idToken, shown)) ?? { status: 'Invalid' };
  } catch (error) {
    core.events.emit('callFailed', { action: 'Authorize', error });
    return error instanceof OcppConnectionClosed ? offline(core, proof) : { status: 'Invalid' };
  }
}

/** What the host has verified may be looked up in list and cache: C07.FR.08 ff. */
function offline({ variables }: Core, { verdict }: ContractProof): TokenInfo | undefined {
  const isEnough = verdict === 'Valid' && variables.isOn('ISO15118Ctrlr.ContractValidationOffline');
  return isEnough ? undefined : { status: 'Invalid' };
}
