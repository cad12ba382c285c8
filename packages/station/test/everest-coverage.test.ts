import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  casesWithoutTest,
  everestCoverage,
  readCoverage,
  readTitles,
  rowsWithoutTest,
} from '../../../scripts/everest-coverage.ts';
import { root } from '../../../scripts/layers.ts';
import { everestSuites, leftOut } from './everest-tests.ts';

describe('the titles of the station’s tests', () => {
  const coverage = readCoverage(readTitles());

  it('name tests of EVerest, cases and rows that exist', () => expect(coverage.mistakes).toEqual([]));

  it('leave out no acceptance case', () => expect(casesWithoutTest(coverage)).toEqual([]));

  it('leave out no row of what a station must withstand', () => expect(rowsWithoutTest(coverage)).toEqual([]));

  it('are told on the page of EVerest’s tests', () => {
    const page = readFileSync(join(root, 'docs/everest-coverage.md'), 'utf8').replaceAll('\r\n', '\n');
    expect(page.includes(everestCoverage().trim()), 'run npm run docs').toBe(true);
  });
});

describe('a title', () => {
  const read = (text: string) => readCoverage([{ file: 'a.test.ts', text }]);

  it('may name several, and must say of which version where several have the name', () => {
    expect([...read('stops [command_stop, command_restart]').tests.keys()]).toEqual([
      '1.6 command_stop',
      '1.6 command_restart',
    ]);
    expect([...read('boots [cold_boot_01 2.0.1 2.1]').tests.keys()]).toEqual([
      '2.0.1 cold_boot_01',
      '2.1 cold_boot_01',
    ]);
    expect(read('boots [cold_boot_01]').mistakes).toHaveLength(1);
  });

  it('that names nothing known is a mistake', () => {
    expect(read('a [no_such_test]').mistakes).toHaveLength(1);
    expect(read('a (case 73)').mistakes).toHaveLength(1);
    expect(read('a (7.3 no such row)').mistakes).toHaveLength(1);
  });
});

describe('the table of EVerest’s tests', () => {
  it('has all 390', () => {
    const count = (version: string) =>
      everestSuites.filter((suite) => suite.version === version).flatMap(({ tests }) => tests).length;
    expect(['1.6', '2.0.1', '2.1'].map(count)).toEqual([231, 125, 34]);
  });

  it('gives reasons only for tests that are there', () => {
    const unknown = leftOut.filter(({ version, file, tests = [], reason }) => {
      const suite = everestSuites.find((one) => one.version === version && one.file === file);
      return (
        !suite || !tests.every((name) => suite.tests.includes(name)) || !/^not (applicable|covered): /.test(reason)
      );
    });
    expect(unknown).toEqual([]);
  });
});
