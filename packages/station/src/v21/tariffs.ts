import type { Handlers, v21 } from '@busbar/ocpp';
import type { Station201 } from '../v201/station201.ts';

/** OCPP 2.1 I07 to I11. */
export const tariffs = ({ core }: Station201): Handlers<'2.1'> => ({
  SetDefaultTariff({ evseId, tariff }) {
    if (evseId !== 0 && !core.evse(evseId)) return { status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } };
    const fault = core.tariffs.faultOf(tariff);
    if (fault) return { status: fault };
    const others = core.evses.filter(({ id }) => evseId !== 0 && id !== evseId);
    const isDouble = others.some(({ id }) => core.tariffs.at(id).some(({ held }) => isOther(held.tariff, tariff)));
    if (isDouble) return { status: 'DuplicateTariffId' };
    core.tariffs.setDefault(evseId, tariff);
    return { status: 'Accepted' };
  },

  GetTariffs({ evseId }) {
    if (evseId !== 0 && !core.evse(evseId)) return { status: 'Rejected', statusInfo: { reasonCode: 'UnknownEvse' } };
    const found = core.tariffs.at(evseId);
    if (found.length === 0) return { status: 'NoTariff' };
    return {
      status: 'Accepted',
      tariffAssignments: found.map(({ evseId: id, idToken, held: { kind, tariff } }) => ({
        tariffId: tariff.tariffId,
        tariffKind: kind,
        validFrom: tariff.validFrom,
        evseIds: [id],
        idTokens: idToken === undefined ? undefined : [idToken],
      })),
    };
  },

  ClearTariffs({ evseId = 0, tariffIds }) {
    const removed = core.tariffs.clear(evseId, tariffIds);
    const unknown = tariffIds?.filter((id) => !removed.includes(id)) ?? [];
    const results: v21.ClearTariffsResultType[] = [
      ...removed.map((tariffId) => ({ tariffId, status: 'Accepted' as const })),
      ...unknown.map((tariffId) => ({ tariffId, status: 'NoTariff' as const })),
    ];
    return { clearTariffsResult: results.length > 0 ? results : [{ status: 'NoTariff' }] };
  },

  ChangeTransactionTariff({ transactionId, tariff }) {
    const evse = core.evses.find(({ transaction }) => transaction?.id === transactionId);
    if (!evse?.transaction) return { status: 'TxNotFound' };
    const status = core.tariffs.faultOf(tariff) ?? core.costs.change(evse, evse.transaction, tariff);
    if (status === 'Accepted') {
      const { transaction } = evse;
      core.later(() => core.transactions.updated(transaction, { trigger: 'TariffChanged' }));
    }
    return { status };
  },
});

/** The same id may be used again for the same tariff only. */
const isOther = (a: v21.TariffType, b: v21.TariffType) =>
  a.tariffId === b.tariffId && JSON.stringify(a) !== JSON.stringify(b);
