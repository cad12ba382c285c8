import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

interface Properties {
  text: string;
  /** What it says once it was pressed; a second press does it. */
  question: string;
  /** What it is done to, for those who hear the page. */
  about: string;
  disabled?: boolean;
  onConfirm: () => void;
}

/** How long a second press counts, ms. */
const armedMs = 4000;

/** A button whose effect is hard to undo: it has to be pressed twice. */
export function ConfirmButton({ text, question, about, disabled = false, onConfirm }: Properties) {
  const isArmed = useSignal(false);
  useEffect(() => {
    if (!isArmed.value) return undefined;
    const timer = setTimeout(() => (isArmed.value = false), armedMs);
    return () => clearTimeout(timer);
  }, [isArmed.value]);

  const press = () => {
    if (isArmed.value) onConfirm();
    isArmed.value = !isArmed.value;
  };

  const shown = isArmed.value ? question : text;
  return (
    <button
      class={isArmed.value ? 'danger' : ''}
      disabled={disabled}
      aria-label={`${shown} ${about}`}
      onClick={press}
      onBlur={() => (isArmed.value = false)}
    >
      {shown}
    </button>
  );
}
