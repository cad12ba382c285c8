import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionsOf, type OcppVersion } from '@busbar/ocpp';
import { describe, expect, test } from 'vitest';
import { parse, play, type Line } from './support/transcript.ts';

const folder = join(import.meta.dirname, 'transcripts');
const versions: readonly { version: OcppVersion; prefix: string }[] = [
  { version: '1.6', prefix: 'ocpp16-' },
  { version: '2.0.1', prefix: 'ocpp201-' },
  { version: '2.1', prefix: 'ocpp21-' },
];

function transcriptsOf(prefix: string): { name: string; lines: Line[] }[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ name, lines: parse(readFileSync(join(folder, name), 'utf8')) }));
}

describe.each(versions)('OCPP $version', ({ version, prefix }) => {
  // What 2.1 has of 2.0.1 it plays alike.
  const inherited = version === '2.1' ? transcriptsOf('ocpp201-') : [];
  const transcripts = [...transcriptsOf(prefix), ...inherited];

  test.each(transcripts)('$name plays as it is written', async ({ lines }) => {
    await expect(play(version, lines)).resolves.toBeUndefined();
  });

  test('every action has a transcript, in each direction it has', () => {
    const played = new Set(
      transcripts.flatMap(({ lines }) =>
        lines.flatMap((line) =>
          'frame' in line && line.frame[0] === 2 ? [`${String(line.frame[2])} from the ${line.from}`] : [],
        ),
      ),
    );
    const directions = { station: ['station'], csms: ['gateway'], both: ['station', 'gateway'], send: [] };
    const missing = actionsOf(version)
      .flatMap(({ name, from }) => directions[from].map((side) => `${name} from the ${side}`))
      .filter((action) => !played.has(action));
    expect(missing).toEqual([]);
  });
});
