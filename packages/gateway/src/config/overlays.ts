import { closestOf } from '../lib/closest.ts';
import { isRecord } from '../lib/is-record.ts';
import type { Mistake } from './mistakes.ts';
import { optionsByVariable, valueOfText } from './options.ts';
import type { Option } from './options.ts';
import { keyOfPath } from './path.ts';
import type { Path } from './path.ts';

/** What the command line says: `--config`, `--set path=value` as often as wanted, and the shortcuts by their name. */
export interface Flags {
  config?: string | undefined;
  set?: readonly string[] | undefined;
  shortcuts?: Readonly<Partial<Record<Shortcut, string | undefined>>> | undefined;
}

/** Flags that stand for options, by name without `--`. */
export const shortcuts = {
  data: ['data'],
  'http-port': ['north.api.port'],
  'ocpp-port': ['south.ocpp.port'],
  host: ['north.api.host', 'south.ocpp.host'],
  'unknown-stations': ['unknownStations'],
  'log-level': ['log.level'],
} as const satisfies Record<string, readonly string[]>;

export type Shortcut = keyof typeof shortcuts;

/** Variables that are no options of the gateway but have the same first letters. */
const reserved = new Set(['BUSBAR_CONFIG', 'BUSBAR_URL', 'BUSBAR_API_KEY']);

/** What Kubernetes and Docker links set by themselves next to a service that is called `busbar`. */
const injected = /^BUSBAR_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?|NAME|ENV_\w+)$/;

/** A value that overrides the file, and where it came from. */
export interface Overlay {
  path: Path;
  value: unknown;
  /** `BUSBAR_LOG_LEVEL`, `--log-level`, `--set log.level` */
  origin: string;
}

interface Sources {
  options: readonly Option[];
  env: Readonly<Record<string, string | undefined>>;
  flags: Flags;
  mistakes: Mistake[];
}

/** All overrides in the order in which they apply: the environment, the shortcuts, `--set`. */
export function overlaysOf(sources: Sources): Overlay[] {
  return [...fromEnvironment(sources), ...fromShortcuts(sources), ...fromSets(sources)];
}

function fromEnvironment({ options, env, mistakes }: Sources): Overlay[] {
  const byVariable = optionsByVariable(options);
  const given = Object.entries(env).filter(([name]) => name.startsWith('BUSBAR_') && !reserved.has(name));
  return given
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([name, text = '']) => {
      const option = byVariable.get(name);
      if (option !== undefined) {
        return text === '' ? [] : [{ path: option.path, value: valueOfText(option.schema, text), origin: name }];
      }
      if (!injected.test(name)) mistakes.push({ place: name, detail: strange('variable', name, byVariable.keys()) });
      return [];
    });
}

function fromShortcuts({ options, flags, mistakes }: Sources): Overlay[] {
  const given = Object.entries(flags.shortcuts ?? {});
  return given.flatMap(([flag, text]) => {
    if (text === undefined) return [];
    const names: readonly string[] = Object.entries(shortcuts).find(([name]) => name === flag)?.[1] ?? [];
    const meant = options.filter(({ name }) => names.includes(name));
    if (meant.length === 0) {
      mistakes.push({ place: `--${flag}`, detail: `There is no option ${names.join(' or ')} for it to set.` });
    }
    return meant.map(({ path, schema }) => ({ path, value: valueOfText(schema, text), origin: `--${flag}` }));
  });
}

function fromSets({ options, flags, mistakes }: Sources): Overlay[] {
  return (flags.set ?? []).flatMap((assignment) => {
    const equals = assignment.indexOf('=');
    if (equals <= 0) {
      // What was given may be a secret without its name, so it is not repeated.
      mistakes.push({ place: '--set', detail: "wants name=value, such as '--set south.ocpp.port=9001'." });
      return [];
    }
    const name = assignment.slice(0, equals).trim();
    const option = options.find((candidate) => candidate.name === name);
    const origin = `--set ${name}`;
    if (option !== undefined) {
      return [{ path: option.path, value: valueOfText(option.schema, assignment.slice(equals + 1)), origin }];
    }
    const names = options.map((candidate) => candidate.name);
    const below = names.filter((candidate) => candidate.startsWith(`${name}.`));
    const detail =
      below.length > 0 ? `is a section; set one of its options: ${below.join(', ')}.` : strange('option', name, names);
    mistakes.push({ place: origin, detail });
    return [];
  });
}

function strange(kind: string, name: string, candidates: Iterable<string>): string {
  const meant = closestOf(name, candidates);
  return meant === undefined
    ? `There is no such ${kind}. docs/configuration.md lists them.`
    : `There is no such ${kind}. Did you mean '${meant}'?`;
}

/** The tree with the overrides in it; the file's own tree is left as it is. */
export function overlay(
  tree: Record<string, unknown>,
  overlays: readonly Overlay[],
  { origins, mistakes }: { origins: Map<string, string>; mistakes: Mistake[] },
): Record<string, unknown> {
  const copy = structuredClone(tree);
  for (const { path, value, origin } of overlays) {
    const parent = sectionAt(copy, path.slice(0, -1));
    const name = path.at(-1);
    if (name === undefined) continue;
    if (parent === undefined) {
      mistakes.push({
        place: origin,
        detail: `is an option of ${path.slice(0, -1).join('.')}, which is switched off.`,
      });
      continue;
    }
    parent[name] = value;
    origins.set(keyOfPath(path), origin);
  }
  return copy;
}

/** The section at a path, made when nothing is there; `undefined` when something else is there. */
function sectionAt(tree: Record<string, unknown>, path: Path): Record<string, unknown> | undefined {
  let section = tree;
  for (const part of path) {
    const there = section[part] ?? {};
    const next = there === true ? {} : there;
    if (!isRecord(next)) return undefined;
    section[part] = next;
    section = next;
  }
  return section;
}
