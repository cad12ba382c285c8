import { describe, expect, it } from 'vitest';
import { profileOf } from '../../test/profiles.ts';
import { reportPages, selectProfiles } from './profile-report.ts';

const profiles = [
  profileOf([0, 'ChargingStationMaxProfile', '16@0'], { id: 1 }),
  profileOf([1, 'TxDefaultProfile', '16@0'], { id: 2, stackLevel: 3 }),
  profileOf([1, 'ChargingStationExternalConstraints', '16@0'], { id: 3, source: 'EMS' }),
  profileOf([1, 'TxProfile', '16@0'], { id: 4 }),
];

describe('selectProfiles', () => {
  it.each([
    ['nothing', {}, [1, 2, 3, 4]],
    ['an EVSE', { evseId: 1 }, [2, 3, 4]],
    ['the station', { evseId: 0 }, [1]],
    ['ids', { ids: [4, 1, 9] }, [1, 4]],
    ['a purpose', { purpose: 'TxProfile' } as const, [4]],
    ['a level', { stackLevel: 3 }, [2]],
    ['sources', { sources: ['CSO'] }, [1, 2, 4]],
    ['an EVSE and a source', { evseId: 1, sources: ['EMS', 'SO'] }, [3]],
    ['what there is not', { evseId: 2 }, []],
  ])('selects by %s', (_what, criteria, ids) => {
    expect(selectProfiles(profiles, criteria).map(({ id }) => id)).toEqual(ids);
  });
});

describe('reportPages', () => {
  it('has one EVSE and one source on a page, and more to come but for the last', () => {
    const pages = reportPages(profiles, ({ id }) => id);
    expect(pages).toEqual([
      { evseId: 0, source: 'CSO', profiles: [1], tbc: true },
      { evseId: 1, source: 'CSO', profiles: [2, 4], tbc: true },
      { evseId: 1, source: 'EMS', profiles: [3], tbc: false },
    ]);
  });

  it('breaks what is too long for a message', () => {
    const many = Array.from({ length: 5 }, (_, i) => profileOf([1, 'TxDefaultProfile', '6@0'], { id: i }));
    const pages = reportPages(many, ({ id }) => ({ id, text: 'x'.repeat(id === 0 ? 40_000 : 7000) }));
    expect(pages.map(({ profiles: page, tbc }) => [page.length, tbc])).toEqual([
      [1, true],
      [2, true],
      [2, false],
    ]);
  });

  it('leaves out what cannot be told', () => {
    expect(reportPages(profiles, () => undefined)).toEqual([]);
  });
});
