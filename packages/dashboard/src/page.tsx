import { useEffect } from 'preact/hooks';
import { account, type Account } from './account.ts';
import { Header } from './header.tsx';
import { Notices } from './notice-list.tsx';
import { Overview } from './overview.tsx';
import { shownStation } from './route.ts';
import { SignIn } from './sign-in.tsx';
import { StationPage } from './station-page.tsx';

/** The whole page: the door, or what is behind it. */
export function Page() {
  const visitor = account.value;
  return (
    <>
      {visitor === undefined ? <SignIn /> : <Rooms account={visitor} />}
      <Notices />
    </>
  );
}

function Rooms({ account }: { account: Account }) {
  const endpoint = shownStation.value;
  useEffect(() => account.fleet.pin(endpoint), [account, endpoint]);
  return (
    <>
      <Header fleet={account.fleet} />
      <main>
        {endpoint === undefined ? (
          <Overview account={account} />
        ) : (
          <StationPage key={endpoint} account={account} endpoint={endpoint} />
        )}
      </main>
    </>
  );
}
