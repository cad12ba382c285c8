import type { Handlers, v21 } from '@busbar/ocpp';
import type { Station201 } from '../v201/station201.ts';

const rejected = (reasonCode: string) => ({ status: 'Rejected', statusInfo: { reasonCode } }) as const;

/** OCPP 2.1 I07 to I11. */
export const tariffs = ({ core }: Station201): Handlers<'2.1'> => ({
  SetDefaultTariff({ evseId, tariff }) {
    if (evseId !== 0 && !core.evse(evseId)) return rejected('UnknownEvse');
    if (!core.tariffs.isEnabled) return rejected('NotEnabled');
    const fault = core.tariffs.faultOf(tariff);
    if (fault) return { status: fault };
    if (core.tariffs.all.some((each) => isOther(each.tariff, tariff))) return { status: 'DuplicateTariffId' };
    return core.tariffs.setDefault(evseId, tariff) ? { status: 'Accepted' } : rejected('OutOfStorage');
  },

  GetTariffs({ evseId }) {
    if (evseId !== 0 && !core.evse(evseId)) return rejected('UnknownEvse');
    const found = core.tariffs.all.filter((each) => evseId === 0 || each.evseId === evseId);
    if (found.length === 0) return { status: 'NoTariff' };
    return {
      status: 'Accepted',
      tariffAssignments: found.map(({ evseId: id, idToken, tariff: { tariffId, validFrom } }) => ({
        tariffId,
        tariffKind: idToken === undefined ? 'DefaultTariff' : 'DriverTariff',
        validFrom,
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
