import type { Core } from '../core.ts';
import { apnOf, vpnOf } from './network-access.ts';
import type { UsableProfile } from './network.ts';
import type { NetworkAnswer } from '../station-host.ts';

/** Lets the host bring up the network for a profile. Undefined when it cannot, takes too long, or `signal` ends the wait. */
export async function configureNetwork(
  { host, clock, variables }: Core,
  { slot, url, securityProfile, ocppInterface }: UsableProfile,
  signal: AbortSignal,
): Promise<{ localAddress: string | undefined } | undefined> {
  const { promise: ended, resolve } = Promise.withResolvers<NetworkAnswer>();
  const giveUp = () => resolve({ status: 'Failed' });
  const timer = clock.after(variables.number('InternalCtrlr.NetworkConfigTimeout') * 1000, giveUp);
  signal.addEventListener('abort', giveUp, { once: true });
  const means = { apn: apnOf(variables, slot), vpn: vpnOf(variables, slot) };
  const request = { slot, url, securityProfile, interface: ocppInterface, ...means };
  const ask = async (): Promise<NetworkAnswer> =>
    (await host.configureNetwork?.(request)) ?? { status: 'NotSupported' };
  const answer = await Promise.race([ask().catch((): NetworkAnswer => ({ status: 'Failed' })), ended]);
  timer.cancel();
  signal.removeEventListener('abort', giveUp);
  return answer.status === 'Failed' ? undefined : { localAddress: answer.localAddress };
}
