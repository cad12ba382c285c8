import type { Station16 } from './station16.ts';

/** Keys that change how the station connects. Undefined for all others. */
export function changeSecurityKey(
  { core }: Station16,
  key: string,
  value: string,
): 'Accepted' | 'Rejected' | undefined {
  if (key !== 'SecurityProfile') return undefined;
  const profile = /^\d$/.test(value) ? Number(value) : Number.NaN;
  const { securityProfile } = core.network;
  if (profile === securityProfile.value) return 'Accepted';
  if (!securityProfile.allows(profile)) return 'Rejected';
  core.later(() => securityProfile.raise(profile));
  return 'Accepted';
}
