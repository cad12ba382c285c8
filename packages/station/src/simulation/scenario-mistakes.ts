import { identityMistake } from '../options.ts';
import { identitiesOf, scenarioActions, type Scenario, type ScenarioStation, type ScenarioStep } from './scenario.ts';

/** Something in a scenario that cannot work. */
export interface ScenarioMistake {
  /** Where: `['steps', '3', 'on']`. */
  path: readonly string[];
  /** A sentence without a subject. */
  message: string;
}

/** What the form of a scenario does not show to be wrong: every mistake, in order. */
export function scenarioMistakes(scenario: Scenario): ScenarioMistake[] {
  const seen = new Set<string>();
  const doubles = scenario.stations.flatMap((station, index) => {
    const known = identitiesOf(station).find((identity) => seen.has(identity));
    for (const identity of identitiesOf(station)) seen.add(identity);
    if (known === undefined) return [];
    return [{ path: ['stations', `${index}`, 'id'], message: `makes a second station '${known}'.` }];
  });
  const odd = scenario.stations.flatMap(({ id, version = '2.0.1' }, index) => {
    const mistake = identityMistake(id, [version]);
    return mistake === undefined ? [] : [{ path: ['stations', `${index}`, 'id'], message: `cannot be: ${mistake}.` }];
  });
  return [...doubles, ...odd, ...scenario.steps.flatMap((step, index) => stepMistakes(step, index, scenario))];
}

function stepMistakes(step: ScenarioStep, index: number, { stations }: Scenario): ScenarioMistake[] {
  const path = ['steps', `${index}`];
  const given = scenarioActions.filter((action) => step[action] !== undefined);
  const mistakes: ScenarioMistake[] = [];
  if (given.length === 0)
    mistakes.push({ path, message: `does nothing; it wants one of ${scenarioActions.join(', ')}.` });
  if (given.length > 1) mistakes.push({ path, message: `does ${given.join(' and ')}; give each a step of its own.` });
  if (step.at !== undefined && step.after !== undefined) {
    mistakes.push({ path: [...path, 'after'], message: "excludes 'at'; give one of them." });
  }
  const selected = stationsOf(step, stations);
  for (const name of namesOf(step)) {
    if (stations.some((station) => isOf(station, name))) continue;
    const known = stations.map(({ id }) => id).join(', ');
    mistakes.push({ path: [...path, 'on'], message: `names '${name}'; there are ${known}.` });
  }
  return [...mistakes, ...given.flatMap((action) => evseMistakes(step[action], [...path, action], selected))];
}

function evseMistakes(action: unknown, path: string[], stations: readonly ScenarioStation[]): ScenarioMistake[] {
  const evse = typeof action === 'object' && action !== null && 'evse' in action ? Number(action.evse) : 1;
  const short = stations.find(({ evses = 1 }) => evse > (typeof evses === 'number' ? evses : evses.length));
  if (!short) return [];
  return [{ path: [...path, 'evse'], message: `is ${evse}; ${short.id} has no such EVSE.` }];
}

function namesOf({ on }: ScenarioStep): readonly string[] {
  if (on === undefined) return [];
  return typeof on === 'string' ? [on] : on;
}

function isOf(station: ScenarioStation, name: string): boolean {
  return station.id === name || identitiesOf(station).includes(name);
}

function stationsOf(step: ScenarioStep, stations: readonly ScenarioStation[]): readonly ScenarioStation[] {
  const names = namesOf(step);
  return names.length === 0 ? stations : stations.filter((station) => names.some((name) => isOf(station, name)));
}

/** Identities that a step is for. */
export function selectedBy(step: ScenarioStep, stations: readonly ScenarioStation[]): string[] {
  const names = namesOf(step);
  return stations.flatMap((station) => {
    const identities = identitiesOf(station);
    if (names.length === 0 || names.includes(station.id)) return identities;
    return identities.filter((identity) => names.includes(identity));
  });
}
