import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/folder.ts';
import { makeFolder } from './make-folder.ts';

test('makes a folder and those above it, and is content with one that is there', async () => {
  const path = join(await temporaryFolder(), 'a', 'b', 'c');
  await makeFolder(path);
  await makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('fails where a file is in the way', async () => {
  const file = join(await temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(makeFolder(file)).rejects.toThrow('EEXIST');
  await expect(makeFolder(join(file, 'folder'))).rejects.toThrow('ENOTDIR');
});

test.skipIf(!existsSync('/proc/self'))('fails where nothing can be made', async () => {
  await expect(makeFolder('/proc/busbar/data')).rejects.toThrow('ENOENT');
});
