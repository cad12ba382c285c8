import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { Value } from 'typebox/value';
import { isRecord } from '../lib/is-record.ts';
import { complete } from './check.ts';
import type { Complain } from './check.ts';
import { ConfigError } from './mistakes.ts';
import type { Mistake } from './mistakes.ts';
import { optionsOf } from './options.ts';
import type { Option } from './options.ts';
import { overlaysOf, overlay } from './overlays.ts';
import type { Flags } from './overlays.ts';
import { keyOfPath, nameOfPath } from './path.ts';
import type { Path } from './path.ts';
import { configSchema, gatewayOptions } from './schema.ts';
import type { Adapters, Config } from './schema.ts';
import { keyword } from './wants.ts';
import { parseYaml } from './yaml-file.ts';
import type { YamlFile } from './yaml-file.ts';

export interface LoadRequest extends Adapters {
  /** Folder that relative paths of flags and variables start from. */
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  flags?: Flags;
}

/** Looked for in the working folder when no other file is named. */
export const defaultFile = 'busbar.yaml';

const maxFileBytes = 1024 * 1024;

/**
 * The configuration: the defaults, then the YAML file, then the environment, then the flags; each overrides the former.
 * @throws ConfigError with every mistake in all of them
 */
export function loadConfig({ cwd, env, flags = {}, ...adapters }: LoadRequest): Config {
  const mistakes: Mistake[] = [];
  const file = readFile({ cwd, env, flags, mistakes });
  const schema = configSchema(adapters);
  const options = optionsOf(schema);
  const overlays = overlaysOf({ options, env, flags, mistakes });
  const origins = new Map<string, string>();
  const tree = overlay(isRecord(file?.yaml.value) ? file.yaml.value : {}, overlays, { origins, mistakes });
  const complain = complainer({ file, origins, mistakes });
  const value = complete(schema, tree, { path: [], complain });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  resolvePaths(value, options, (path) =>
    origins.has(keyOfPath(path)) || file === undefined ? cwd : dirname(file.path),
  );
  return toConfig(value, file?.path);
}

interface ReadFile {
  path: string;
  name: string;
  yaml: YamlFile;
}

function readFile(request: {
  cwd: string;
  env: LoadRequest['env'];
  flags: Flags;
  mistakes: Mistake[];
}): ReadFile | undefined {
  const { cwd, env, flags, mistakes } = request;
  const asked = flags.config ?? (env['BUSBAR_CONFIG'] || undefined);
  const path = resolve(cwd, asked ?? defaultFile);
  const place = flags.config === undefined ? 'BUSBAR_CONFIG' : '--config';
  const text = readText(path);
  if (typeof text !== 'string') {
    if (asked !== undefined || text.code !== 'ENOENT') {
      mistakes.push({ place: asked === undefined ? defaultFile : place, detail: `${path} ${unreadable(text.code)}` });
    }
    return undefined;
  }
  const inside = relative(cwd, path);
  const name = inside.startsWith('..') || isAbsolute(inside) ? path : inside;
  const yaml = parseYaml(text, name);
  mistakes.push(...yaml.mistakes);
  if (yaml.readable && yaml.value !== null && yaml.value !== undefined && !isRecord(yaml.value)) {
    mistakes.push({
      place: `${name}:1:1`,
      offset: 0,
      detail: 'The file holds no options; write one per line, `name: value`.',
    });
  }
  return { path, name, yaml };
}

function readText(path: string): string | { code: string } {
  try {
    if (statSync(path).size > maxFileBytes) return { code: 'TOO_LARGE' };
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { code: typeof code === 'string' ? code : String(error) };
  }
}

function unreadable(code: string): string {
  if (code === 'ENOENT') return 'does not exist. Name the file that holds the options.';
  if (code === 'EISDIR') return 'is a folder. Name the file that holds the options.';
  if (code === 'EACCES') return 'may not be read by this user. Change its owner or its rights.';
  if (code === 'TOO_LARGE') return 'is larger than 1 MiB. That is no configuration file.';
  return `cannot be read (${code}).`;
}

/** Gives each complaint its place: the variable or flag it came from, or line and column in the file. */
function complainer({
  file,
  origins,
  mistakes,
}: {
  file: ReadFile | undefined;
  origins: ReadonlyMap<string, string>;
  mistakes: Mistake[];
}): Complain {
  return (path, part, complaint) => {
    const origin = originOf(path, origins);
    if (origin !== undefined) {
      mistakes.push({ place: origin, detail: complaint });
      return;
    }
    // What a file lacks that could not be read is not known.
    if (file !== undefined && !file.yaml.readable) return;
    const detail = `${nameOfPath(path)} ${complaint}`;
    const offset = part === 'missing' ? nearestOf(path, file) : file?.yaml.offsetOf(path, part);
    if (file === undefined || offset === undefined) mistakes.push({ place: file?.name ?? 'configuration', detail });
    else mistakes.push({ place: file.yaml.placeOf(offset), offset, detail });
  };
}

function originOf(path: Path, origins: ReadonlyMap<string, string>): string | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const origin = origins.get(keyOfPath(path.slice(0, length)));
    if (origin !== undefined) return origin;
  }
  return undefined;
}

/** The section that lacks something stands somewhere, even if what it lacks does not. */
function nearestOf(path: Path, file: ReadFile | undefined): number | undefined {
  for (let length = path.length - 1; length > 0; length -= 1) {
    const offset = file?.yaml.offsetOf(path.slice(0, length), 'key');
    if (offset !== undefined) return offset;
  }
  return undefined;
}

/** Options that name files end in `File` or `Folder`. Paths of a file are relative to the file, those of flags, variables and defaults to the working folder. */
function resolvePaths(value: unknown, options: readonly Option[], folderOf: (path: Path) => string): void {
  for (const { path, schema } of options) {
    const last = path.at(-1);
    if (last === undefined || !(keyword(schema, 'path') === true || /(File|Folder)$/.test(last))) continue;
    let section = value;
    for (const part of path.slice(0, -1)) section = isRecord(section) ? section[part] : undefined;
    if (!isRecord(section)) continue;
    const given = section[last];
    if (typeof given === 'string' && given !== '') section[last] = resolve(folderOf(path), given);
  }
}

function toConfig(value: unknown, file: string | undefined): Config {
  if (!Value.Check(gatewayOptions, value) || !('south' in value) || !('north' in value)) {
    throw new Error('The checked configuration does not fit its own schema.');
  }
  return {
    ...value,
    south: toSections(value.south),
    north: toSections(value.north),
    ...(file !== undefined && { file }),
  };
}

function toSections(value: unknown): Config['south'] {
  if (!isRecord(value)) throw new Error('The checked configuration does not fit its own schema.');
  return Object.fromEntries(Object.entries(value).map(([name, options]) => [name, isRecord(options) && options]));
}
