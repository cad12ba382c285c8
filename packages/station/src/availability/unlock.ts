import type { Connector } from '../connector.ts';
import type { Core } from '../core.ts';

/** False when the plug stays locked. Never rejects. */
export async function unlock(core: Core, { id, evse }: Connector): Promise<boolean> {
  try {
    return await core.host.unlock(evse.id, id);
  } catch (error) {
    core.events.emit('callFailed', { action: 'UnlockConnector', error });
    return false;
  }
}
