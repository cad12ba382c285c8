import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import { readingSteps } from './frames.ts';

/** Lines but the head. */
const followed = `select coalesce(sum(json_array_length(readings) - 1), 0) as rows from meter_values where station_id like ?`;

interface Count {
  rows: number;
}

/**
 * Compares what a fleet was told is stored with what is in the database.
 * @throws Error when a reading or a transaction that was acknowledged is missing, or is there twice
 */
export async function checkStored(database: string, fleet: Fleet): Promise<{ readings: number; transactions: number }> {
  const db = new DatabaseSync(database, { readOnly: true, timeout: 5000 });
  try {
    const like = `${fleet.prefix}%`;
    const count = (sql: string): number => {
      const row: Partial<Count> = { ...db.prepare(sql).get(like) };
      return row.rows ?? 0;
    };
    const readings = count(
      `select count(*) as rows from facts, json_each(facts.payload) as line
        where facts.type = 'measurements.taken' and line.value ->> 0 like ?`,
    );
    const transactions = count('select count(*) as rows from transactions where station_id like ?');
    const expected = readingSteps[fleet.version].reduce((sum, step) => sum + fleet.answered[step], 0);
    const { start, stop } = fleet.answered;
    const ended = count("select count(*) as rows from transactions where state = 'ended' and station_id like ?");
    compare(fleet, 'readings', { acknowledged: expected, stored: readings });
    await rowsFollow(() => count(followed), readings);
    compare(fleet, 'transactions', { acknowledged: start, stored: transactions });
    compare(fleet, 'ended transactions', { acknowledged: stop, stored: ended });
    return { readings, transactions };
  } finally {
    db.close();
  }
}

/** Rows of readings may be some seconds behind their facts. */
async function rowsFollow(count: () => number, wanted: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (count() === wanted) return;
    await after(100);
  }
  throw new Error(`${count()} rows of readings are in the database, ${wanted} facts tell of them.`);
}

function compare(
  { prefix }: Fleet,
  what: string,
  { acknowledged, stored }: { acknowledged: number; stored: number },
): void {
  if (acknowledged === stored) return;
  throw new Error(`${prefix}*: ${acknowledged} ${what} were acknowledged, ${stored} are in the database.`);
}
