import { useSignal } from '@preact/signals';
import { farewell, signIn } from './account.ts';
import { Logo } from './logo.tsx';
import { toSentence } from './notices.ts';

export function SignIn() {
  const key = useSignal('');
  const trouble = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    isBusy.value = true;
    trouble.value = undefined;
    try {
      await signIn(key.value.trim());
    } catch (error) {
      trouble.value = toSentence(error);
      isBusy.value = false;
    }
  };

  return (
    <main class="door">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <Logo />
        <h1>Busbar</h1>
        <p>One gateway that speaks every side of a charge point.</p>
        <label for="key">API key</label>
        <input
          id="key"
          type="password"
          required
          autofocus
          autocomplete="current-password"
          spellcheck={false}
          value={key}
          onInput={(event) => (key.value = event.currentTarget.value)}
          aria-describedby="hint trouble"
        />
        <p id="trouble" class="trouble" role="alert">
          {trouble.value ?? farewell.value}
        </p>
        <button class="primary" disabled={isBusy}>
          {isBusy.value ? 'Signing in…' : 'Sign in'}
        </button>
        <p id="hint" class="hint">
          The gateway printed its first key when it started for the first time. <code>busbar keys create</code> makes
          more. The key stays in this tab.
        </p>
      </form>
    </main>
  );
}
