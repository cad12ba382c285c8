/**
 * The EVerest releases whose internal wire is known here, newest first, and what was done to know it. The wire has no
 * version of its own and the manager does not publish EVerest's, so that whoever installs the module says which it is.
 */
export const knownReleases = {
  '2026.08': 'framework of August 2026: envelopes, configuration by request, retained definitions',
} as const;

export type EverestRelease = keyof typeof knownReleases;

/** This EVerest is not one whose internal wire is known; use the EVerest API instead, or a release that is listed. */
export class UnknownReleaseError extends Error {
  override readonly name = 'UnknownReleaseError';
  readonly code = 'UnknownRelease';
}

/** Throws {@link UnknownReleaseError}: a wrong guess would stop a whole station, since modules end on what they cannot read. */
export function checkRelease(release: string): EverestRelease {
  if (isKnown(release)) return release;
  const known = Object.keys(knownReleases).join(', ');
  throw new UnknownReleaseError(
    `The internal wire of EVerest ${JSON.stringify(release)} is not known here; these releases are: ${known}. ` +
      'The EVerest API adapter works with every release that has API version 1.',
  );
}

const isKnown = (release: string): release is EverestRelease => Object.hasOwn(knownReleases, release);
