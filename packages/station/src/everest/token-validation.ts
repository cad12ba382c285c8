import type { IdToken } from '../station-host.ts';
import type { Station } from '../station-type.ts';
import type { ValidationResult } from './neighbour-types.ts';
import { toValidationResult } from './translations.ts';

/** What EVerest's authorization is told of a token: whether it may charge, and where, if not everywhere. Never rejects. */
export async function validate(
  station: Pick<Station, 'authorize' | 'inside'> | undefined,
  idToken: IdToken,
): Promise<ValidationResult> {
  const info = (await station?.authorize(idToken)) ?? { status: 'Unknown' };
  if (!station || info.status !== 'Accepted') return toValidationResult(info);
  const { host, evsesOpenTo } = station.inside;
  const open = evsesOpenTo({ idToken, groupId: info.groupId });
  const evseIds = info.evseIds ? open.filter((id) => info.evseIds?.includes(id)) : open;
  return toValidationResult({ ...info, evseIds: evseIds.length < host.evses.length ? evseIds : undefined });
}
