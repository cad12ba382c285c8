import { evsePartsOf } from './applied-limit.ts';
import type { Core } from '../core.ts';
import { compositeSchedule } from './composite-schedule.ts';
import { limitQueryOf } from './composite-of.ts';
import type { ScheduleOffer } from '../station-host.ts';

/** How far an offer reaches, s: a vehicle plans for a day (ISO 15118-2). */
const durationS = 86_400;

/** Offers each vehicle what it may choose from, and again when that changes (K15, K16, K18). */
export function offerSchedules(core: Core, offer: (evseId: number, offer: ScheduleOffer) => void): void {
  /** What the last offer was made of, by EVSE: a vehicle is not bothered with the same again. */
  const offered = new Map<number, string>();
  const offerAll = () => {
    for (const { id, transaction } of core.evses) {
      if (!transaction) continue;
      const basis = JSON.stringify([
        transaction.id,
        core.profiles.all.filter(({ evseId }) => [0, id].includes(evseId)),
      ]);
      if (offered.get(id) === basis) continue;
      offered.set(id, basis);
      offer(id, offerOf(core, id));
    }
  };
  core.events.on('transactionStarted', offerAll);
  core.events.on('profilesChanged', offerAll);
}

/** The schedules of the profile that holds, each with all that caps it; without one, what holds without. */
function offerOf(core: Core, evseId: number): ScheduleOffer {
  const query = limitQueryOf(core, { evseId, unit: 'W' });
  const evse = query.evses.find(({ id }) => id === evseId) ?? { id: evseId };
  const { own } = evsePartsOf(query, evse, { left: Infinity })(query.from.getTime());
  const chosen = (scheduleId: number | undefined) => ({ ...evse, selectedScheduleId: scheduleId });
  const schedules = own?.profile.schedules ?? [{ id: 1, unit: query.unit, pricing: undefined }];
  return {
    priceScheduleSignature: own?.profile.priceScheduleSignature,
    schedules: schedules.map(({ id, unit, pricing }) => {
      const evses = [chosen(own && id)];
      const maxPeriods = core.profileRules.maxPeriods;
      return { ...compositeSchedule({ ...query, evses, unit, durationS, maxPeriods }), id, pricing };
    }),
  };
}
