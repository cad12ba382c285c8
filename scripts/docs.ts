import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { type Configurable, gatewayOptions } from '../packages/gateway/src/config/schema.ts';
import { optionTable } from '../packages/gateway/src/config/option-table.ts';
import { services } from '../packages/gateway/src/north/index.ts';
import { blueprint } from '../packages/gateway/src/south/_blueprint/index.ts';
import { drivers } from '../packages/gateway/src/south/index.ts';
import { scenarioSchema } from '../packages/gateway/src/cli/simulate/scenario-schema.ts';
import { everestCoverage } from './everest-coverage.ts';
import { edges, root } from './layers.ts';

/** A part of a page that is made by this script: between `<!-- generated: NAME -->` and `<!-- end -->`. */
interface Part {
  page: string;
  name: string;
  render(): string;
}

const parts: Part[] = [
  { page: 'docs/architecture.md', name: 'graph', render: graph },
  { page: 'docs/configuration.md', name: 'gateway', render: () => optionTable(gatewayOptions) },
  { page: 'docs/everest-coverage.md', name: 'coverage', render: everestCoverage },
  ...drivers.map((driver) => adapterPart('south', driver)),
  ...services.map((service) => adapterPart('north', service)),
  adapterPart('south', blueprint, '_blueprint'),
];

const { values } = parseArgs({ options: { check: { type: 'boolean' }, only: { type: 'string' } } });
const stale: string[] = [];
for (const part of parts) {
  if (values.only !== undefined && !part.page.includes(values.only)) continue;
  const path = join(root, part.page);
  const before = readFileSync(path, 'utf8');
  const after = withPart(before, part);
  if (after === before) continue;
  stale.push(relative(root, path));
  if (values.check !== true) writeFileSync(path, after);
}
const schemaPath = join(root, 'examples/scenarios/scenario.schema.json');
const schemaText = JSON.stringify(scenarioSchema, undefined, 2);
if (values.only === undefined && !isSameJson(schemaPath, schemaText)) {
  stale.push(relative(root, schemaPath));
  if (values.check !== true) writeFileSync(schemaPath, `${schemaText}\n`);
}
const verdict = values.check === true ? 'not up to date (npm run docs)' : 'written';
console.log(stale.length === 0 ? 'up to date' : `${verdict}: ${stale.join(', ')}`);
process.exitCode = values.check === true && stale.length > 0 ? 1 : 0;

/** However the formatter has laid it out. */
function isSameJson(path: string, text: string): boolean {
  return existsSync(path) && isDeepStrictEqual(JSON.parse(readFileSync(path, 'utf8')), JSON.parse(text));
}

function adapterPart(side: 'south' | 'north', { name, options }: Configurable, folder = name): Part {
  const page = `packages/gateway/src/${side}/${folder}/README.md`;
  return { page, name: 'options', render: () => optionTable(options, [side, name]) };
}

function withPart(page: string, { name, page: path, render }: Part): string {
  const begin = `<!-- generated: ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf('<!-- end -->', from);
  if (from < 0 || to < 0) throw new Error(`${path} has no place '${begin}' … '<!-- end -->'.`);
  return `${page.slice(0, from)}${begin}\n\n${render().trim()}\n\n${page.slice(to)}`;
}

function graph(): string {
  const id = (layer: string) => layer.replaceAll(/[^a-z]/g, '_');
  const lines = edges().filter(([from]) => from !== 'wiring');
  const nodes = [...new Set(lines.flat())].map((layer) => `  ${id(layer)}["${layer}"]`);
  return ['```mermaid', 'graph TD', ...nodes, ...lines.map(([from, to]) => `  ${id(from)} --> ${id(to)}`), '```'].join(
    '\n',
  );
}
