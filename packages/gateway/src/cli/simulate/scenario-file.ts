import { scenarioMistakes, type Scenario } from '@busbar/station';
import { Value } from 'typebox/value';
import { complete } from '../../config/check.ts';
import type { Complain } from '../../config/check.ts';
import { ConfigError } from '../../config/mistakes.ts';
import type { Mistake } from '../../config/mistakes.ts';
import { nameOfPath } from '../../config/path.ts';
import type { Path } from '../../config/path.ts';
import { parseYaml } from '../../config/yaml-file.ts';
import type { YamlFile } from '../../config/yaml-file.ts';
import { scenarioSchema } from './scenario-schema.ts';

/** Members that are durations, and how the schema's own words for them are said better. */
const durations = ['duration', 'at', 'after', 'within', 'every', 'for', 'delay', 'latency', 'jitter', 'clockBehind'];
const formOfDuration = 'wants a number from 0 upwards, or text';
const wantedOfDuration = "wants seconds, or a time such as '90 s' or '1 h 30 min'";

/**
 * The scenario of a YAML text. `name` is what places in it are called after.
 * @throws ConfigError with every mistake, each with its line
 */
export function parseScenario(text: string, name: string): Scenario {
  const yaml = parseYaml(text, name);
  const mistakes: Mistake[] = [...yaml.mistakes];
  if (!yaml.readable) throw new ConfigError(mistakes);
  const complain: Complain = (path, part, complaint) => {
    mistakes.push(mistakeAt(yaml, path, { part, complaint, name }));
  };
  const value = complete(scenarioSchema, yaml.value, { path: [], complain });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  if (!Value.Check(scenarioSchema, value)) throw new ConfigError([{ place: name, detail: 'This is no scenario.' }]);
  for (const { path, message } of scenarioMistakes(value)) complain(path, 'value', message);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return value;
}

function mistakeAt(
  yaml: YamlFile,
  path: Path,
  { part, complaint, name }: { part: 'key' | 'value' | 'missing'; complaint: string; name: string },
): Mistake {
  const offset = offsetOf(yaml, path, part === 'key' ? 'key' : 'value');
  const place = offset === undefined ? name : yaml.placeOf(offset);
  const isDuration = part === 'value' && durations.includes(path.at(-1) ?? '');
  const subject = path.length === 0 ? 'The file' : nameOfPath(path);
  return {
    place,
    detail: `${subject} ${isDuration ? complaint.replace(formOfDuration, wantedOfDuration) : complaint}`,
    ...(offset !== undefined && { offset }),
  };
}

/** Of the place itself, or of what it should stand in. */
function offsetOf(yaml: YamlFile, path: Path, part: 'key' | 'value'): number | undefined {
  const own = yaml.offsetOf(path, part) ?? yaml.offsetOf(path, 'value');
  if (own !== undefined || path.length === 0) return own;
  return offsetOf(yaml, path.slice(0, -1), 'value');
}
