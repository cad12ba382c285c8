import type { Claim } from '../availability/reservations.ts';
import type { Core } from '../core.ts';
import type { Evse } from '../evse.ts';
import type { IdToken } from '../station-host.ts';
import { isSameToken, type TokenInfo } from './tokens.ts';

/** A token at the reader of an EVSE: it starts, or stops what runs. */
export async function presentToken(core: Core, evse: Evse, idToken: IdToken): Promise<void> {
  const { holder } = evse;
  if (holder && isSameToken(holder.idToken, idToken)) return stopBy(evse, idToken);
  if (!evse.transaction && !evse.canServe) return refuse(core, { evseId: evse.id, idToken, status: evse.status });
  const info = await core.authorize(idToken, evse.id);
  if (info.status !== 'Accepted') return refuse(core, { evseId: evse.id, idToken, status: info.status });
  if (isMasterPass(core, info)) return stopByMasterPass(core, { evses: [evse], idToken, evseId: evse.id });
  if (evse.holder) return presentToOther(core, evse, { idToken, info });
  const claim = { idToken, groupId: info.groupId };
  if (!evse.canServe) return refuse(core, { evseId: evse.id, idToken, status: evse.status });
  if (isKept(core, evse, claim)) return refuse(core, { evseId: evse.id, idToken, status: 'Reserved' });
  evse.start({ ...claim, tariff: info.tariff, remoteStartId: undefined }, { trigger: 'Authorized' });
}

/** A token at a reader that serves all EVSEs: it stops what it has started, else is for the EVSE that waits, or is plugged in next. */
export async function presentTokenAtStation(core: Core, idToken: IdToken): Promise<void> {
  const [first] = core.evses;
  if (first && core.evses.length === 1) return presentToken(core, first, idToken);
  const own = core.evses.find(({ holder }) => isSameToken(holder?.idToken, idToken));
  if (own) return stopBy(own, idToken);
  if (core.waiting.cancel(idToken)) return;
  const info = await core.authorize(idToken);
  if (info.status !== 'Accepted') return refuse(core, { evseId: 0, idToken, status: info.status });
  if (isMasterPass(core, info)) return stopByMasterPass(core, { evses: core.evses, idToken, evseId: 0 });
  startSomewhere(core, idToken, info);
}

/** The EVSE is for somebody else, who has reserved it or pays for it. */
export function isKept({ webPayments, reservations }: Core, evse: Evse, claim: Claim): boolean {
  return webPayments.keeps(evse) || !reservations.admits(evse, claim);
}

function startSomewhere(core: Core, idToken: IdToken, info: TokenInfo): void {
  const { groupId, evseIds, tariff } = info;
  const free = core.evses.filter((evse) => !core.webPayments.keeps(evse) && evse.canStart(idToken, groupId));
  const able = free.filter(({ id }) => evseIds === undefined || evseIds.includes(id));
  const authorization = { idToken, groupId, tariff, remoteStartId: undefined };
  const plugged = able.find(({ isPlugged }) => isPlugged);
  if (plugged) return plugged.start(authorization, { trigger: 'Authorized' });
  const [group, another] = core.evses.filter(({ holder }) => isSameGroup(info, holder?.groupId));
  if (group && !another) return stopBy(group, idToken);
  if (able.length === 0) return refuse(core, { evseId: 0, idToken, status: 'Occupied' });
  core.waiting.add({ authorization, evses: able, trigger: 'Authorized', profile: undefined });
}

/** Somebody else charges. A second look at a token that has just started is none at another's. */
function presentToOther(core: Core, evse: Evse, { idToken, info }: { idToken: IdToken; info: TokenInfo }): void {
  if (isSameToken(evse.holder?.idToken, idToken)) return;
  const groupId = evse.holder?.groupId ?? evse.transaction?.groupId;
  if (isSameGroup(info, groupId)) return stopBy(evse, idToken);
  refuse(core, { evseId: evse.id, idToken, status: 'Occupied' });
}

const isSameGroup = ({ groupId }: TokenInfo, other: string | undefined) => groupId !== undefined && groupId === other;

/** OCPP 2.0.1 C16: such a token may stop every transaction, and start none. */
function isMasterPass({ variables }: Core, { groupId }: TokenInfo): boolean {
  const master = variables.get('AuthCtrlr.MasterPassGroupId');
  return master !== '' && groupId?.toLowerCase() === master.toLowerCase();
}

function stopByMasterPass(
  core: Core,
  { evses, idToken, evseId }: { evses: readonly Evse[]; idToken: IdToken; evseId: number },
): void {
  const running = evses.filter(({ transaction }) => transaction);
  for (const evse of running) evse.stop({ reason: 'MasterPass', trigger: 'StopAuthorized', idToken });
  if (running.length === 0) refuse(core, { evseId, idToken, status: 'MasterPass' });
}

function stopBy(evse: Evse, idToken: IdToken): void {
  evse.stop({ reason: 'Local', trigger: 'StopAuthorized', idToken });
}

function refuse(core: Core, refusal: { evseId: number; idToken: IdToken; status: string }): void {
  core.events.emit('tokenRefused', refusal);
}
