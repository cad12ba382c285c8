import { expect, test } from 'vitest';
import { fieldLines, tableLines } from './table.ts';
import type { Column } from './table.ts';

interface Row {
  name: string;
  power: number;
  note?: string;
}

const columns: Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'POWER', value: ({ power }) => `${power} W`, align: 'right' },
  { title: 'NOTE', value: ({ note }) => note, least: 6 },
];
const plain = { print: () => {}, tell: () => {}, width: undefined, colour: false };
const rows: Row[] = [
  { name: 'CP1', power: 7360, note: 'at the gate, beside the house' },
  { name: 'STATION-22', power: 0 },
];

test('aligns columns, numbers to the right', () => {
  expect(tableLines(plain, columns, rows)).toEqual([
    'NAME         POWER  NOTE',
    'CP1         7360 W  at the gate, beside the house',
    'STATION-22     0 W',
  ]);
});

test('cuts what may be cut when the terminal is narrow, and nothing else', () => {
  const lines = tableLines({ ...plain, width: 32 }, columns, rows);
  expect(lines[1]).toBe('CP1         7360 W  at the gate…');
  expect(tableLines({ ...plain, width: 10 }, columns, rows)[1]).toBe('CP1         7360 W  at th…');
});

test('leaves out a column that is empty in every row', () => {
  expect(tableLines(plain, columns, rows.slice(1))[0]).toBe('NAME        POWER');
});

test('colours nothing unless the terminal has colours', () => {
  const coloured: Column<Row>[] = [{ title: 'NAME', value: ({ name }) => name, colour: () => 'red' }];
  expect(tableLines({ ...plain, colour: true }, coloured, rows)[1]).toBe('\u001B[31mCP1\u001B[0m');
  expect(tableLines(plain, coloured, rows)[1]).toBe('CP1');
});

test('lets no name move the cursor', () => {
  expect(tableLines(plain, columns, [{ name: 'CP\u001B[2J1\n', power: 1 }])[1]).toBe('CP [2J1    1 W');
});

test('lists fields under each other, the known ones', () => {
  expect(
    fieldLines(plain, [
      ['a', '1'],
      ['long', undefined],
      ['bc', '2'],
    ]),
  ).toEqual(['a   1', 'bc  2']);
});
