import type { Account } from './account.ts';
import { Admissions } from './admissions.tsx';
import { EventList } from './event-list.tsx';
import { StationTable } from './station-table.tsx';

export function Overview({ account }: { account: Account }) {
  const { fleet } = account;
  return (
    <div class="overview">
      <div class="stack">
        <Admissions account={account} />
        <StationTable fleet={fleet} />
      </div>
      <EventList events={fleet.events.value.slice(0, 60)} refused={fleet.eventsRefused.value} shows="all" />
    </div>
  );
}
