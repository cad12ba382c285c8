import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionsOf, type OcppVersion } from '@busbar/ocpp';
import { afterEach, describe, expect, it } from 'vitest';
import { fittingPayload } from './fitting-payload.ts';
import { openRig21, type Rig21 } from './rig21.ts';

/** Rows of the README's table of what is left out: `| Action | versions | reason |`. */
const leftOut = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, action, versions, reason] = /^\| `(\w+)` \| ([\d., ]+) \| (.+) \|$/.exec(line) ?? [];
    return action && versions && reason ? [{ action, versions: versions.split(', '), reason }] : [];
  });

const isLeftOut = (version: OcppVersion, action: string) =>
  leftOut.some((row) => row.action === action && row.versions.includes(version));

const versions = [
  { version: '1.6', count: 39, folders: ['v16'] },
  { version: '2.0.1', count: 64, folders: ['v201'] },
  { version: '2.1', count: 91, folders: ['prices', 'v201', 'v21'] },
] as const;

const sourceOf = (folder: string) => {
  const path = join(import.meta.dirname, '../src', folder);
  const names = readdirSync(path).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return names.map((name) => readFileSync(join(path, name), 'utf8')).join('\n');
};

let rig: Rig21 | undefined;

afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

describe.each(versions)('OCPP $version', ({ version, count, folders }) => {
  const actions = actionsOf(version);
  const source = folders.map(sourceOf).join('\n');

  it(`has ${count} actions`, () => {
    expect(actions).toHaveLength(count);
  });

  const fromCsms = actions.filter(({ from }) => from === 'csms' || from === 'both').map(({ name }) => name);

  it.each(fromCsms)('%s is answered, or the README says why not', async (action) => {
    rig = await openRig21({ version, abilities: { displayMessage: () => {} } });
    const answer = await rig.call(action, fittingPayload(version, action)).catch(codeOf);
    const isAnswered = !refusals.has(String(answer));
    expect(isAnswered, String(answer)).toBe(!isLeftOut(version, action));
  });

  const fromStation = actions.filter(({ from }) => from !== 'csms').map(({ name }) => name);

  it.each(fromStation)('%s is sent, or the README says why not', (action) => {
    const isSent = new RegExp(`\\b(?:ask|call|tell|ask21|call21|tell21|send21)\\(\\s*'${action}'`).test(source);
    expect(isSent).toBe(!isLeftOut(version, action));
  });
});

const refusals = new Set(['NotSupported', 'NotImplemented', 'InternalError']);

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'rpcErrorCode' in error ? error.rpcErrorCode : String(error);
