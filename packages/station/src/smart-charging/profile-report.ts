import type { ChargingProfile, ProfilePurpose } from './charging-profile.ts';

/** Which profiles the CSMS asks for (K09); what is not given means any. */
export interface ReportCriteria {
  evseId?: number | undefined;
  ids?: readonly number[] | undefined;
  purpose?: ProfilePurpose | undefined;
  stackLevel?: number | undefined;
  sources?: readonly string[] | undefined;
}

/** One message of a report: profiles of one EVSE and one source. */
export interface ReportPage<T> {
  evseId: number;
  source: string;
  profiles: T[];
  /** Another one follows. */
  tbc: boolean;
}

/** Characters of JSON in one message, unless a single profile needs more. */
const maxPageChars = 16_000;

/** A profile without a source was set by the CSMS. */
const sourceOf = ({ source = 'CSO' }: ChargingProfile) => source;

export function selectProfiles(
  profiles: readonly ChargingProfile[],
  { evseId, ids, purpose, stackLevel, sources }: ReportCriteria,
): ChargingProfile[] {
  return profiles.filter(
    (profile) =>
      (evseId === undefined || profile.evseId === evseId) &&
      (ids === undefined || ids.includes(profile.id)) &&
      (purpose === undefined || profile.purpose === purpose) &&
      (stackLevel === undefined || profile.stackLevel === stackLevel) &&
      (sources === undefined || sources.includes(sourceOf(profile))),
  );
}

/** The report in pages; what `render` does not know is left out. */
export function reportPages<T>(
  profiles: readonly ChargingProfile[],
  render: (profile: ChargingProfile) => T | undefined,
): ReportPage<T>[] {
  const pages: ReportPage<T>[] = [];
  const groups = Map.groupBy(profiles, (profile) => `${profile.evseId} ${sourceOf(profile)}`);
  for (const [first, ...rest] of groups.values()) {
    if (!first) continue;
    let chars = Infinity;
    for (const profile of [first, ...rest]) {
      const rendered = render(profile);
      if (rendered === undefined) continue;
      const size = JSON.stringify(rendered).length;
      chars += size;
      if (chars > maxPageChars) {
        pages.push({ evseId: profile.evseId, source: sourceOf(profile), profiles: [], tbc: true });
        chars = size;
      }
      pages.at(-1)?.profiles.push(rendered);
    }
  }
  const last = pages.at(-1);
  if (last) last.tbc = false;
  return pages;
}
