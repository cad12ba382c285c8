import { readFileSync } from 'node:fs';

/** The version of the product, as in package.json. */
export const version = versionIn(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

function versionIn(packageJson: string): string {
  const manifest: unknown = JSON.parse(packageJson);
  const known =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof known === 'string' ? known : 'unknown';
}
