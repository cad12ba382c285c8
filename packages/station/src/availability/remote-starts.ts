import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import type { PendingProfile } from '../protocol.ts';
import type { IdToken } from '../station-host.ts';
import type { TokenInfo } from '../authorization/tokens.ts';

/** OCPP 1.6 RemoteStartTransaction, 2.x RequestStartTransaction. */
export interface RemoteStart {
  /** Without it, whichever is free. */
  evse: Evse | undefined;
  idToken: IdToken;
  groupId: string | undefined;
  remoteStartId: number | undefined;
  profile: PendingProfile | undefined;
}

export type RemoteStartAnswer =
  | { status: 'Accepted'; transactionId?: string | undefined }
  | { status: 'Rejected'; reasonCode: string };

/** Starts that the CSMS has asked for: first the answer, then the deed. */
export class RemoteStarts {
  readonly #core: Core;
  /** Promised, while the CSMS is asked about the token: a second start must not be promised the same EVSE. */
  readonly #promised = new Set<Evse>();
  /** Of those without an EVSE yet. */
  #asking = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  request(start: RemoteStart): RemoteStartAnswer {
    const core = this.#core;
    if (core.registration !== 'Accepted') return { status: 'Rejected', reasonCode: 'CSNotAccepted' };
    const isVague = start.evse === undefined && core.version === '1.6';
    if (isVague && core.variables.isOn('InternalCtrlr.RejectRemoteStartTransactionWithoutConnectorId'))
      return { status: 'Rejected', reasonCode: 'MissingParam' };
    const able = this.#able(start);
    if (able.length === 0)
      return { status: 'Rejected', reasonCode: start.evse?.isAuthorized ? 'TxInProgress' : 'Unspecified' };
    const target = this.#targetOf(able);
    if (target) this.#promised.add(target);
    else this.#asking++;
    core.later(() => this.#act(start, { target, able }));
    return { status: 'Accepted', transactionId: target?.transaction?.id };
  }

  #able(start: RemoteStart): readonly Evse[] {
    const { evses, tokens, waiting, webPayments, variables } = this.#core;
    const groupId = start.groupId ?? tokens.find(start.idToken)?.info.groupId;
    const wanted = start.evse ? [start.evse] : evses.filter((evse) => !webPayments.keeps(evse));
    const free = wanted.filter((evse) => !this.#promised.has(evse));
    const sure = free.filter((evse) => evse.canStart(start.idToken, groupId));
    const isAsked = sure.length === 0 && variables.isOn('AuthCtrlr.AuthorizeRemoteStart');
    const able = isAsked ? free.filter((evse) => this.#couldStart(evse, groupId)) : sure;
    return start.evse || able.length > waiting.size + this.#asking ? able : [];
  }

  /** It is kept for a group to which the token may belong, as the CSMS is going to say. */
  #couldStart(evse: Evse, groupId: string | undefined): boolean {
    return evse.canServe && !evse.isAuthorized && this.#core.reservations.mayAdmit(evse, { groupId });
  }

  /** Where it starts; undefined when the plug decides. */
  #targetOf(able: readonly Evse[]): Evse | undefined {
    const isFirst = this.#core.variables.isOn('InternalCtrlr.RemoteStartTransactionWithoutConnectorIdFindFirst');
    if (isFirst || able.length === 1) return able[0];
    return able.find(({ isPlugged }) => isPlugged);
  }

  async #act(start: RemoteStart, { target, able }: { target: Evse | undefined; able: readonly Evse[] }): Promise<void> {
    const { idToken, remoteStartId, profile } = start;
    const mustAsk = this.#core.variables.isOn('AuthCtrlr.AuthorizeRemoteStart');
    const info: TokenInfo = mustAsk ? await this.#core.authorize(idToken, target?.id) : { status: 'Accepted' };
    if (target) this.#promised.delete(target);
    else this.#asking--;
    const groupId = info.groupId ?? start.groupId;
    const authorization = { idToken, groupId, tariff: info.tariff, remoteStartId };
    if (info.status !== 'Accepted') return this.#refuse(start, info.status);
    if (!target) return this.#core.waiting.add({ authorization, evses: able, trigger: 'RemoteStart', profile });
    if (!target.canStart(idToken, groupId)) return this.#refuse(start, target.status);
    target.start(authorization, { trigger: 'RemoteStart', profile });
  }

  #refuse({ evse, idToken }: RemoteStart, status: string): void {
    this.#core.events.emit('tokenRefused', { evseId: evse?.id ?? 0, idToken, status });
  }
}
