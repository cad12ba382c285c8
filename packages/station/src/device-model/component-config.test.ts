import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createModel, property } from '../../test/models.ts';
import { loadComponents, parseComponents } from './component-config.ts';

const file = (content: unknown, name = 'a.json') => ({ name, content });
const component = (properties: object, rest: object = {}) => file({ name: 'Thing', properties, ...rest });

/** The mistakes of some files. */
function mistakesIn(...files: ReturnType<typeof file>[]): readonly string[] {
  const mistakes: string[] = [];
  expect(() => parseComponents(files, mistakes)).toThrow(
    expect.objectContaining({ code: 'component-config', mistakes }),
  );
  return mistakes;
}

describe('component files', () => {
  it('add components, instances and attributes', () => {
    const content = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      description: 'A lamp',
      type: 'object',
      name: 'Lamp',
      instance: 'left',
      properties: {
        LampDim: {
          ...property('Dim', 'integer', { value: 5, maxLimit: 100, unit: 'Percent' }),
          type: 'integer',
          default: '9',
        },
        LampColor: { ...property('Color', 'OptionList', { valuesList: 'red, green' }), default: 'red' },
      },
      required: ['LampDim'],
    };
    const model = createModel({ components: [content] });
    expect(model.catalog.named('Lamp[left].Dim')).toMatchObject({
      dataType: 'integer',
      maxLimit: 100,
      unit: 'Percent',
      isRequired: true,
      isCustom: true,
      attributes: [{ type: 'Actual', mutability: 'ReadWrite', value: '5' }],
    });
    expect(model.catalog.named('Lamp[left].Color')).toMatchObject({
      values: ['red', 'green'],
      attributes: [{ value: 'red' }],
    });
  });

  it('replace what is built in, and leave out EVSEs that are not there', () => {
    const heartbeat = property('heartbeatinterval', 'integer', { value: 60, minLimit: 30 });
    const phases = property('SupplyPhases', 'integer', { value: 1, mutability: 'ReadOnly' });
    const model = createModel({
      components: [
        { name: 'OCPPCommCtrlr', properties: { heartbeat } },
        { name: 'EVSE', evse_id: 1, properties: { phases } },
        { name: 'EVSE', evse_id: 7, properties: { phases } },
      ],
    });
    expect(model.get('OCPPCommCtrlr.HeartbeatInterval')).toBe('60');
    expect(model.catalog.named('OCPPCommCtrlr.HeartbeatInterval')).toMatchObject({ minLimit: 30, isCustom: false });
    expect(model.catalog.named('EVSE@1.SupplyPhases')).toMatchObject({ attributes: [{ value: '1' }] });
    expect(model.catalog.named('EVSE@7.SupplyPhases')).toBeUndefined();
  });

  it('may leave an optional value out', () => {
    expect(parseComponents([component({ a: property('A', 'integer') })])).toHaveLength(1);
  });

  it('have all their mistakes named, with file and property', () => {
    const mistakes = mistakesIn(
      component(
        {
          a: property('A', 'integer', { value: 'x', minLimit: 9, maxLimit: 1 }),
          b: { variable_name: 'B', characteristics: { dataType: 'number' }, colour: 'red' },
          c: property('C', 'string'),
        },
        { required: ['c', 'd'] },
      ),
      file([], 'b.json'),
      file(
        { name: 'OCPPCommCtrlr', connector_id: 1, properties: { x: property('HeartbeatInterval', 'string') } },
        'c.json',
      ),
      file({ name: 'Thing', properties: { again: property('a', 'integer') } }, 'd.json'),
    );
    expect(mistakes).toEqual([
      'a.json: required names d, which is no property',
      'a.json properties a characteristics: minLimit 9 is above maxLimit 1',
      'a.json properties a: the value of Actual is not an integer',
      'a.json properties b characteristics: dataType must be one of boolean, integer, decimal, string, dateTime, OptionList, MemberList, SequenceList',
      'a.json properties b: colour is not known here',
      'a.json properties c: it is required and has no value',
      'b.json: it is no object',
      'b.json: name must be a text of 1 to 50 characters',
      'c.json: connector_id needs an evse_id',
      'c.json properties x characteristics: OCPPCommCtrlr.HeartbeatInterval is of the type integer, not string',
      'd.json: Thing.a is in a.json already',
    ]);
  });

  it.each(['__proto__', 'constructor'])('take %s for a name', (name) => {
    const content = JSON.parse(
      `{"name":"${name}","properties":{"${name}":${JSON.stringify(property(name, 'string'))}}}`,
    );
    const model = createModel({ components: [content] });
    expect(model.catalog.named(`${name}.${name}`)).toBeDefined();
  });
});

describe('a folder of component files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'busbar-components-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read in the order of the names, without other files', () => {
    writeFileSync(join(folder, 'b.json'), JSON.stringify({ name: 'B', properties: { x: property('X', 'string') } }));
    writeFileSync(join(folder, 'a.json'), JSON.stringify({ name: 'A', properties: { x: property('X', 'string') } }));
    writeFileSync(join(folder, 'notes.txt'), 'nothing');
    expect(loadComponents([folder]).map(({ text }) => text)).toEqual(['A.X', 'B.X']);
  });

  it('names files that cannot be read', () => {
    writeFileSync(join(folder, 'a.json'), '{');
    expect(() => loadComponents([folder, join(folder, 'missing')])).toThrow(/missing: ENOENT[^]*a\.json: /);
  });
});
