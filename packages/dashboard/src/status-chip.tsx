import type { Connector } from 'busbar/client';
import { statuses } from './status.ts';

export function StatusChip({ status, error }: { status: Connector['status']; error: string | undefined }) {
  const { text, tone } = statuses[status];
  return (
    <span class={`chip ${tone}`}>
      {text}
      {error !== undefined && `: ${error}`}
    </span>
  );
}
