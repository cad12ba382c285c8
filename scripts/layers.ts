import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Repository root. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** A place in the tree, and what code there may import of the others. */
interface Layer {
  /** Folder or file, from the root. `*` is one name: each folder it fits is a layer of its own, closed to its siblings. */
  path: string;
  /** Names of layers, packages of ours, or npm packages. */
  may: readonly string[];
}

const gateway = 'packages/gateway/src';

/** Who may import whom. Node's own modules and npm packages are open to all but `domain`; `closed` names the exceptions. */
export const layers: Record<string, Layer> = {
  ocpp: { path: 'packages/ocpp/src', may: [] },
  station: { path: 'packages/station/src', may: ['ocpp'] },
  domain: { path: `${gateway}/domain`, may: [] },
  ports: { path: `${gateway}/ports`, may: ['domain'] },
  lib: { path: `${gateway}/lib`, may: ['ports'] },
  core: { path: `${gateway}/core`, may: ['domain', 'ports', 'lib'] },
  'south/ocpp': { path: `${gateway}/south/ocpp`, may: ['domain', 'ports', 'lib', 'ocpp'] },
  'south/*': { path: `${gateway}/south/*`, may: ['domain', 'ports', 'lib'] },
  south: { path: `${gateway}/south`, may: ['ports', 'south/ocpp', 'south/*'] },
  'north/upstream': { path: `${gateway}/north/upstream`, may: ['domain', 'ports', 'lib', 'station'] },
  'north/api/client': { path: `${gateway}/north/api/client.ts`, may: ['north/*', 'domain'] },
  'north/*': { path: `${gateway}/north/*`, may: ['domain', 'ports', 'lib', 'north/api/client'] },
  north: { path: `${gateway}/north`, may: ['ports', 'north/upstream', 'north/*'] },
  storage: { path: `${gateway}/storage`, may: ['domain', 'ports', 'lib'] },
  bus: { path: `${gateway}/bus`, may: ['domain', 'ports', 'lib'] },
  config: { path: `${gateway}/config`, may: ['ports', 'lib'] },
  'cli/simulate': { path: `${gateway}/cli/simulate`, may: ['cli', 'config', 'north/api/client', 'lib', 'station'] },
  cli: { path: `${gateway}/cli`, may: ['north/api/client', 'lib', 'cli/simulate'] },
  wiring: { path: gateway, may: ['*'] },
  dashboard: { path: 'packages/dashboard/src', may: ['north/api/client'] },
};

/** Layers that may not import npm packages or Node's modules, with what they may all the same. */
const closed: Record<string, readonly string[]> = {
  ocpp: ['node:'],
  domain: [],
  ports: ['typebox'],
  'north/api/client': ['typebox'],
};

const packages: Record<string, string> = {
  '@busbar/ocpp': 'ocpp',
  '@busbar/station': 'station',
  'busbar/client': 'north/api/client',
};

export interface Breach {
  file: string;
  imports: string;
  rule: string;
}

/** Every import that the table does not allow. Tests may import anything. */
export function breaches(): Breach[] {
  const files = Object.values(layers)
    .filter(({ path }) => !path.includes('*'))
    .flatMap(({ path }) => sourcesIn(join(root, path)));
  return [...new Set(files)].flatMap((file) => importsOf(file).flatMap((name) => breachOf(file, name)));
}

/** `[from, to]` for every pair of layers of which one imports the other. */
export function edges(): [string, string][] {
  const found = new Set<string>();
  for (const file of sourcesIn(join(root, 'packages'))) {
    const from = layerOf(file);
    for (const name of importsOf(file)) {
      const to = name.startsWith('.') ? layerOf(resolve(dirname(file), name)) : packages[packageOf(name)];
      if (from !== undefined && to !== undefined && from !== to) found.add(`${from}>${to}`);
    }
  }
  return [...found].sort().map((edge) => {
    const [from = '', to = ''] = edge.split('>');
    return [from, to];
  });
}

function breachOf(file: string, name: string): Breach[] {
  const from = layerOf(file);
  if (from === undefined) return [];
  const breach = (rule: string) => [{ file: relative(root, file), imports: name, rule }];
  if (!name.startsWith('.')) return outsideBreach(from, name).flatMap(breach);
  const target = resolve(dirname(file), name);
  const to = layerOf(target);
  if (to === undefined) return breach('outside the tree of docs/architecture.md');
  if (isWithin(from, file, target)) return [];
  const { may = [] } = layers[from] ?? {};
  if (may.includes('*') || (from !== to && may.includes(to))) return [];
  return breach(`${from} may import ${may.length === 0 ? 'nothing but itself' : may.join(', ')}, not ${to}`);
}

function outsideBreach(from: string, name: string): string[] {
  const own = packages[packageOf(name)];
  const { may = [] } = layers[from] ?? {};
  if (own !== undefined) return may.includes('*') || may.includes(own) ? [] : [`${from} may not import ${own}`];
  const allowed = closed[from];
  if (allowed === undefined || allowed.some((prefix) => name.startsWith(prefix))) return [];
  return [`${from} may import no package`];
}

/** Same layer and, for `*` layers, same folder. */
function isWithin(from: string, file: string, target: string): boolean {
  if (layerOf(target) !== from) return false;
  const { path = '' } = layers[from] ?? {};
  if (!path.endsWith('/*')) return true;
  const base = join(root, path.slice(0, -2));
  return relative(base, file).split(sep)[0] === relative(base, target).split(sep)[0];
}

/** The first layer of the table that holds the file. */
function layerOf(file: string): string | undefined {
  const path = relative(root, file).split(sep).join('/');
  return Object.keys(layers).find((name) => {
    const pattern = layers[name]?.path ?? '';
    if (pattern.endsWith('/*'))
      return path.startsWith(pattern.slice(0, -1)) && path.slice(pattern.length - 1).includes('/');
    return path === pattern || path.startsWith(`${pattern}/`);
  });
}

function importsOf(file: string): string[] {
  const code = readFileSync(file, 'utf8');
  const statements = code.matchAll(
    /^(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...statements].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
}

function packageOf(name: string): string {
  return name in packages
    ? name
    : name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
}

function sourcesIn(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (found.isFile()) return isSource(path) ? [path] : [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => isSource(name) && !/[/\\](node_modules|generated|dist|test|bench)[/\\]/.test(name));
}

function isSource(name: string): boolean {
  return /\.tsx?$/.test(name) && !/\.(test|contract)\.tsx?$/.test(name);
}

if (import.meta.main) {
  const found = breaches();
  for (const { file, imports, rule } of found) console.error(`${file}: imports '${imports}': ${rule}`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
