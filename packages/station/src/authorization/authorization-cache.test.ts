import { beforeEach, describe, expect, it } from 'vitest';
import { createModel } from '../../test/models.ts';
import { AuthorizationCache, type CacheSurroundings } from './authorization-cache.ts';
import { ManualClock } from '../time/clock.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { StationVersion } from '../options.ts';

const card = (idToken: string, type: 'ISO14443' | 'Local' | 'Central' = 'ISO14443') => ({ idToken, type });

let clock: ManualClock;
let surroundings: CacheSurroundings;

function openCache(version: StationVersion = '2.0.1'): AuthorizationCache {
  const cache = new AuthorizationCache({ ...surroundings, version });
  cache.load();
  return cache;
}

beforeEach(() => {
  clock = new ManualClock();
  const variables = createModel({ settings: { 'AuthCacheCtrlr.LifeTime': '60' } });
  surroundings = { clock, store: createMemoryStore(), variables, version: '2.0.1' };
});

describe('the authorization cache', () => {
  it('keeps every status, and all that belongs to it, over power cuts', () => {
    const info = { status: 'Blocked', groupId: 'G', expiresAt: new Date('2030-01-01'), evseIds: [1, 2] };
    openCache().remember(card('A'), info);
    expect(openCache().find(card('a'))).toEqual(info);
  });

  it('keeps no token as it is', () => {
    openCache().remember(card('SECRET'), { status: 'Accepted' });
    expect(JSON.stringify([...surroundings.store.entries('authorizationCache')])).not.toMatch(/secret/i);
  });

  it('tells tokens apart by their type, but not in 1.6, which has none', () => {
    for (const version of ['2.0.1', '1.6'] as const) openCache(version).remember(card('A'), { status: 'Accepted' });
    expect(openCache('2.0.1').find(card('A', 'Local'))).toBeUndefined();
    expect(openCache('1.6').find(card('A', 'Local'))).toMatchObject({ status: 'Accepted' });
  });

  it('does not keep what the CSMS has made', () => {
    openCache().remember(card('A', 'Central'), { status: 'Accepted' });
    expect(openCache().size).toBe(0);
  });

  it('counts the life time from the last use', () => {
    openCache().remember(card('A'), { status: 'Accepted' });
    for (let uses = 0; uses < 3; uses++) {
      clock.advance(60_000);
      expect(openCache().find(card('A'))).toMatchObject({ status: 'Accepted' });
    }
    clock.advance(60_001);
    expect(openCache().find(card('A'))).toMatchObject({ status: 'Expired' });
  });

  it('forgets the token that was not used for the longest time when there are too many', () => {
    const cache = openCache();
    for (let number = 0; number < 500; number++) {
      clock.advance(1);
      cache.remember(card(`T${number}`), { status: 'Accepted' });
    }
    clock.advance(1);
    cache.find(card('T0'));
    cache.remember(card('LAST'), { status: 'Accepted' });
    for (const each of [cache, openCache()]) {
      expect(each.size).toBe(500);
      expect(each.find(card('T0'))).toBeDefined();
      expect(each.find(card('T1'))).toBeUndefined();
    }
  });

  it('removes what it cannot read', () => {
    surroundings.store.put('authorizationCache', 'x', { status: 7 });
    expect(openCache().size).toBe(0);
    expect([...surroundings.store.entries('authorizationCache')]).toEqual([]);
  });
});
