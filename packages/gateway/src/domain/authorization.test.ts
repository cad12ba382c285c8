import { describe, expect, it } from 'vitest';
import type { Admission } from './charging-station.ts';
import { newStation } from './charging-station.ts';
import { needsOf } from './evolve.ts';
import { event, noon, Simulation, start, tag } from './simulation.test-support.ts';

const nobody = { idToken: '', type: 'NoAuthorization' };
const accepted = { idTokenInfo: { status: 'Accepted' } };
const invalid = { idTokenInfo: { status: 'Invalid' } };

describe('a token', () => {
  it.each<[Admission, object]>([
    ['admitted', accepted],
    ['held', invalid],
    ['refused', invalid],
  ])('that is good is told to a station %s as %j', (admission, told) => {
    const simulation = new Simulation(newStation('CP1', admission, noon));
    expect(simulation.report({ type: 'Authorize', idToken: tag }).answer).toEqual(told);
    expect(simulation.report({ type: 'Authorize', idToken: nobody }).answer).toEqual(told);
    expect(simulation.report(start(0)).answer).toMatchObject(told);
    expect(simulation.report(start(0)).answer).toMatchObject(told);
    expect(simulation.report(event('Updated', 0, { idToken: tag })).answer).toMatchObject(told);
  });

  it('is not looked up for a station that is not admitted', () => {
    const held = newStation('CP1', 'held', noon);
    expect(needsOf(held, { type: 'Authorize', idToken: tag })).toEqual({});
    expect(needsOf(held, event('Started', 0, { idToken: tag }))).toEqual({ transactionId: 'T1' });
    expect(needsOf({ ...held, admission: 'admitted' }, { type: 'Authorize', idToken: tag })).toEqual({ idToken: tag });
  });

  it('that says that none is asked for starts a transaction like a good one', () => {
    const simulation = new Simulation();
    simulation.context = { ...simulation.context, idTokenInfo: { status: 'Invalid' } };
    expect(simulation.report(event('Started', 0, { idToken: nobody })).answer).toEqual({
      transactionId: 'T1',
      ...accepted,
    });
    expect(simulation.transaction('T1').authorization).toBe('Accepted');
  });

  it('of a held station leaves its transaction recorded, and marked as refused', () => {
    const simulation = new Simulation(newStation('CP1', 'held', noon));
    simulation.report(event('Started', 0, { idToken: tag }));
    expect(simulation.transaction('T1')).toMatchObject({ idToken: tag, authorization: 'Invalid' });
  });
});
