import { expect, test } from 'vitest';
import { startApi } from '../../../test/support/api-server.ts';

test('behind a proxy the last address it was told counts, whatever a caller has written before it', async () => {
  const { url } = await startApi({ set: { trustProxy: true, failedLoginsPerMinute: 3 } });
  const attempt = (n: number) =>
    fetch(`${url}/v1.1/summary`, {
      headers: { authorization: 'Bearer bb_wrong', 'x-forwarded-for': `10.0.0.${n}, 203.0.113.7` },
    }).then(({ status }) => status);
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1) statuses.push(await attempt(n));
  expect(statuses).toContain(429);
});
