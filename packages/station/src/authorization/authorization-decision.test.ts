import { describe, expect, it } from 'vitest';
import { decide, type AuthorizationRules, type Standing, type Verdict } from './authorization-decision.ts';

/** As a station is delivered, but for what a row changes. */
const usual: AuthorizationRules = {
  isEnabled: true,
  preAuthorizes: false,
  authorizesOffline: true,
  admitsUnknownOffline: false,
  neverAsks: false,
  trustsRefusingList: false,
  trustsRefusingCache: false,
};

const pre = { preAuthorizes: true };
const standings: readonly Standing[] = ['Accepted', 'Refused', 'Unknown'];

/** The verdicts on a token that is Accepted, Refused and Unknown here. */
type Row = [title: string, rules: Partial<AuthorizationRules>, verdicts: [Verdict, Verdict, Verdict]];

const online: Row[] = [
  ['asks the CSMS about everybody without LocalPreAuthorize', {}, ['Ask', 'Ask', 'Ask']],
  ['asks about all but the accepted with LocalPreAuthorize', pre, ['Accept', 'Ask', 'Ask']],
  ['needs nobody when authorization is off', { isEnabled: false }, ['Accept', 'Accept', 'Accept']],
  ['never asks with DisableRemoteAuthorization', { neverAsks: true }, ['Accept', 'Deny', 'Deny']],
  ['does so with LocalPreAuthorize too', { ...pre, neverAsks: true }, ['Accept', 'Deny', 'Deny']],
  [
    'ignores the switches for being offline',
    { admitsUnknownOffline: true, authorizesOffline: false },
    ['Ask', 'Ask', 'Ask'],
  ],
];

const offline: Row[] = [
  ['accepts who is known, with LocalAuthorizeOffline', {}, ['Accept', 'Deny', 'Deny']],
  ['accepts nobody without any switch', { authorizesOffline: false }, ['Deny', 'Deny', 'Deny']],
  [
    'accepts strangers with AllowOfflineTxForUnknownId, but none that was refused',
    { admitsUnknownOffline: true },
    ['Accept', 'Deny', 'Accept'],
  ],
  [
    'is not stricter with known tokens than with strangers',
    { authorizesOffline: false, admitsUnknownOffline: true },
    ['Accept', 'Deny', 'Accept'],
  ],
  ['needs nobody when authorization is off', { isEnabled: false }, ['Accept', 'Accept', 'Accept']],
  ['does not care for LocalPreAuthorize', pre, ['Accept', 'Deny', 'Deny']],
  ['does not care for DisableRemoteAuthorization', { neverAsks: true }, ['Accept', 'Deny', 'Deny']],
];

describe.each([
  { when: 'online', isOnline: true, rows: online },
  { when: 'offline', isOnline: false, rows: offline },
])('the decision about a token, $when', ({ isOnline, rows }) => {
  it.each(rows)('%s', (_title, rules, verdicts) => {
    for (const source of ['list', 'cache'] as const) {
      const decided = standings.map((standing) => {
        const from = standing === 'Unknown' ? undefined : source;
        return decide({ isOnline, standing, source: from, rules: { ...usual, ...rules } });
      });
      expect(decided).toEqual(verdicts);
    }
  });
});

describe('a token that is refused here, with LocalPreAuthorize', () => {
  it.each([
    ['list', { trustsRefusingList: true }, 'Deny'],
    ['cache', { trustsRefusingList: true }, 'Ask'],
    ['list', { trustsRefusingCache: true }, 'Ask'],
    ['cache', { trustsRefusingCache: true }, 'Deny'],
  ] as const)('in the %s and %o: %s', (source, rules, verdict) => {
    const situation = { isOnline: true, standing: 'Refused', source, rules: { ...usual, ...pre, ...rules } } as const;
    expect(decide(situation)).toBe(verdict);
  });
});
