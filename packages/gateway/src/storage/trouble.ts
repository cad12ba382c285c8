import { UnavailableError } from '../domain/errors.ts';

/** What to do about each kind of trouble that keeps the database from storing anything. */
export const remedies = {
  full: 'the disk is full: make room, or lower the retention',
  busy: 'another program holds a lock on the database: close it',
  io: 'the disk reports an error: check it and its file system',
  corrupt: 'the database is damaged: stop busbar and restore a backup',
  unopenable: 'the database cannot be opened: check that the folder exists and may be written',
  'read-only': 'the database may not be written: check the rights of the file and its folder',
} as const;

export function unavailable(problem: string): UnavailableError {
  return new UnavailableError(`Nothing can be stored at present: ${problem}.`);
}
