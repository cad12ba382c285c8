import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRecord } from '../lib/is-record.ts';

/** API keys by the URL of their gateway, as `busbar keys login` keeps them: a file only its owner may read. */
export async function readCredentials(file: string): Promise<Record<string, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(text);
    const keys = isRecord(parsed) && isRecord(parsed['keys']) ? parsed['keys'] : {};
    return Object.fromEntries(
      Object.entries(keys).flatMap(([url, key]) => (typeof key === 'string' ? [[url, key]] : [])),
    );
  } catch {
    return {};
  }
}

/** Keeps a key; `undefined` forgets it. The file is replaced in one step, with mode 0600. */
export async function keepCredential(file: string, url: string, key: string | undefined): Promise<void> {
  const { [url]: _, ...others } = await readCredentials(file);
  const keys = key === undefined ? others : { ...others, [url]: key };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.new`;
  await writeFile(next, `${JSON.stringify({ keys }, undefined, 2)}\n`, { mode: 0o600 });
  await chmod(next, 0o600);
  await rename(next, file);
}
