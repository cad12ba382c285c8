import { expect, test } from 'vitest';
import { makeAdminKey } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { silentLog } from '../../src/lib/silent-log.ts';
import { services } from '../../src/north/index.ts';
import { drivers } from '../../src/south/index.ts';
import { startGateway, temporaryFolder } from '../support/gateway.ts';

test('who has lost the admin key makes a new one while the gateway is stopped, and only then', async () => {
  const data = await temporaryFolder();
  const flags = { set: [`data=${data}`] };
  const options = { config: loadConfig({ cwd: data, env: {}, flags, drivers, services }), log: silentLog };
  const first = await startGateway({ data });
  await expect(makeAdminKey(options)).rejects.toMatchObject({ code: 'conflict' });
  await first.stop();
  const key = await makeAdminKey(options);
  const second = await startGateway({ data, key });
  await expect(second.api('/keys')).resolves.toHaveLength(2);
});
