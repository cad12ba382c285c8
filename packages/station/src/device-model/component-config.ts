import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ComponentReader } from './component-reader.ts';
import type { VariableDefinition } from './variable-definition.ts';

/** Component files that cannot be used; `mistakes` names every one with its file and property. */
export class ComponentConfigError extends Error {
  override readonly name = 'ComponentConfigError';
  readonly code = 'component-config';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`mistakes in component files:\n${mistakes.join('\n')}`);
    this.mistakes = mistakes;
  }
}

/**
 * Reads component files in the form that EVerest has: single files, or folders of `.json` files. The result goes to
 * `StationOptions.deviceModel.components`; stations that are given the same array share its memory. Throws
 * ComponentConfigError with all mistakes of all files.
 */
export function loadComponents(paths: readonly string[]): readonly VariableDefinition[] {
  const mistakes: string[] = [];
  const files = paths.flatMap((path) => filesOf(path, mistakes));
  return parseComponents(
    files.flatMap((file) => contentOf(file, mistakes)),
    mistakes,
  );
}

export interface ComponentFile {
  name: string;
  content: unknown;
}

/** The same of files that are read already. */
export function parseComponents(
  files: readonly ComponentFile[],
  mistakes: string[] = [],
): readonly VariableDefinition[] {
  const places = new Map<string, string>();
  const definitions = files.flatMap(({ name, content }) => {
    const reader = new ComponentReader(name, mistakes);
    return reader.read(content).filter(({ text }) => {
      const other = places.get(text.toLowerCase());
      if (other !== undefined) mistakes.push(`${name}: ${text} is in ${other} already`);
      places.set(text.toLowerCase(), name);
      return other === undefined;
    });
  });
  if (mistakes.length > 0) throw new ComponentConfigError(mistakes);
  return definitions;
}

function filesOf(path: string, mistakes: string[]): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    mistakes.push(`${path}: ${sentenceOf(error)}`);
    return [];
  }
}

function contentOf(name: string, mistakes: string[]): ComponentFile[] {
  try {
    return [{ name, content: JSON.parse(readFileSync(name, 'utf8')) }];
  } catch (error) {
    mistakes.push(`${name}: ${sentenceOf(error)}`);
    return [];
  }
}

const sentenceOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
