import { useSignal } from '@preact/signals';
import type { Chargestation } from 'busbar/client';
import type { Account } from './account.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { notify, toSentence } from './notices.ts';
import { now } from './now.ts';
import { linkToStation } from './route.ts';
import { toAge, toProtocol } from './words.ts';

/** Stations that have shown up and wait for a decision. */
export function Admissions({ account }: { account: Account }) {
  const waiting = account.fleet.waiting.value;
  if (waiting.length === 0) return null;
  const total = account.fleet.summary.value?.held ?? waiting.length;
  return (
    <section class="waiting" aria-labelledby="waiting">
      <h2 id="waiting">Waiting for admission</h2>
      <p>New to this gateway. They are connected, but nothing they say counts until you admit them.</p>
      <ul>
        {waiting.map((station) => (
          <li key={station._id} class="card">
            <div>
              <a href={linkToStation(station.endpoint)}>{station.endpoint}</a>
              <span class="fine">{describe(station)}</span>
            </div>
            <AdmissionButtons account={account} station={station} />
          </li>
        ))}
      </ul>
      {total > waiting.length && <p class="fine">And {total - waiting.length} more.</p>}
    </section>
  );
}

function describe({ bootInfo, protocol, online, createdAt }: Chargestation): string {
  const { chargePointVendor, chargePointModel } = bootInfo;
  const kind = [chargePointVendor, chargePointModel].filter((word) => word !== undefined).join(' ');
  const parts = [
    kind,
    toProtocol(protocol),
    online ? 'online' : 'offline',
    `first seen ${toAge(createdAt, now.value)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** Admit and Refuse, as far as they would change something. */
export function AdmissionButtons({ account, station }: { account: Account; station: Chargestation }) {
  const isBusy = useSignal(false);
  const { admission, endpoint } = station;

  const decide = async (verb: 'admit' | 'refuse') => {
    isBusy.value = true;
    try {
      account.fleet.put(await account.client.stations[verb](endpoint));
      account.fleet.readAll();
      notify({ good: true, text: verb === 'admit' ? `${endpoint} is admitted.` : `${endpoint} is refused.` });
    } catch (error) {
      account.fleet.failed(error);
      notify({ good: false, text: toSentence(error) });
    }
    isBusy.value = false;
  };

  return (
    <div class="buttons">
      {admission !== 'admitted' && (
        <button class="primary" disabled={isBusy} aria-label={`Admit ${endpoint}`} onClick={() => void decide('admit')}>
          Admit
        </button>
      )}
      {admission !== 'refused' && (
        <ConfirmButton
          text="Refuse"
          question="Really refuse?"
          about={endpoint}
          disabled={isBusy.value}
          onConfirm={() => void decide('refuse')}
        />
      )}
    </div>
  );
}
