import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './layers.ts';

/**
 * Compiles the packages to JavaScript, into a mirror of the workspace under `build/`. What runs from there starts faster
 * and needs less memory than the sources, which Node has to strip of their types each time; it is also what is published.
 * The launcher takes it as long as no source is newer.
 */
export function compile(): void {
  const build = join(root, 'build');
  rmSync(build, { recursive: true, force: true });
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
    {
      stdio: 'inherit',
    },
  );
  for (const name of ['ocpp', 'station', 'gateway']) finishPackage(name, join(build, 'packages', name));
  link(join(root, 'packages/dashboard'), join(build, 'packages/dashboard'));
  writeFileSync(join(build, 'made'), '');
}

function finishPackage(name: string, folder: string): void {
  const source = join(root, 'packages', name);
  const manifest = readFileSync(join(source, 'package.json'), 'utf8');
  writeFileSync(join(folder, 'package.json'), manifest.replaceAll('.ts"', '.js"'));
  const generated = join(source, 'src/generated');
  if (existsSync(generated))
    cpSync(generated, join(folder, 'src/generated'), { recursive: true, filter: isScriptOrFolder });
  const { name: published } = JSON.parse(manifest);
  if (String(published).startsWith('@busbar/')) link(folder, join(root, 'build/node_modules', String(published)));
}

function isScriptOrFolder(path: string): boolean {
  return path.endsWith('.cjs') || !/\.[a-z]+$/.test(path);
}

/** Relative, so that a tree that is moved or copied leads to itself. */
function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(path), target), path, 'junction');
}

if (import.meta.main) {
  compile();
  console.log(`compiled: ${readdirSync(join(root, 'build/packages')).join(', ')}`);
}
