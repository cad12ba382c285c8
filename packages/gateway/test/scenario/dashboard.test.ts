import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { build } from '../../../dashboard/scripts/build.ts';
import { openBrowser } from '../support/browser.ts';
import { startGateway, temporaryFolder, type TestGateway } from '../support/gateway.ts';
import { bootedStation16, type RawStation } from '../support/raw-station.ts';

/** The dashboard as a visitor has it: a real browser at a real gateway. */

const limitMs = 20_000;

async function openPage(
  gateway: TestGateway,
  context: { skip: (note?: string) => never },
): Promise<{ page: Page; troubles: string[] }> {
  await build();
  const browser = await openBrowser();
  if (typeof browser === 'string') return context.skip(`no browser runs here: ${browser}`);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(limitMs);
  const troubles: string[] = [];
  page.on('pageerror', ({ message }) => troubles.push(message));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  await page.goto(gateway.httpUrl);
  return { page, troubles };
}

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a visitor admits a station, sees it charge as it happens, and stops it', async (context) => {
  const gateway = await startGateway({ set: ['unknownStations=hold'] });
  await gateway.api('/tokens', { body: { physicalId: 'TAG' } });
  const { page, troubles } = await openPage(gateway, context);
  await signIn(page, gateway.key);
  await page.getByText('No charging station yet.').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();

  const held = await bootedStation16(gateway.ocppUrl, 'CP1');
  await page.getByRole('button', { name: 'Admit CP1' }).click();
  await page.getByRole('table').getByRole('link', { name: 'CP1' }).waitFor();
  await page.getByRole('heading', { name: 'Waiting for admission' }).waitFor({ state: 'detached' });
  await held.close();

  const station = await bootedStation16(gateway.ocppUrl, 'CP1');
  const asked: string[] = [];
  station.answer = (action) => {
    asked.push(action);
    return { status: 'Accepted' };
  };
  await station.call('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' });
  await page.getByRole('row', { name: 'CP1' }).getByText('Available').waitFor();

  const transactionId = await startCharging(station);
  const row = page.getByRole('row', { name: 'CP1' });
  await row.getByText('Charging').waitFor();
  await row.getByText('7.36 kW').waitFor();
  await row.getByText('1.50 kWh').waitFor();
  await row.getByText('42 %').waitFor();

  await row.getByRole('link', { name: 'CP1' }).click();
  const connector = page.getByRole('region', { name: 'Connector 1' });
  await connector.getByText('Running for').waitFor();
  await connector.getByRole('button', { name: 'Stop' }).click();
  expect(asked).not.toContain('RemoteStopTransaction');
  await connector.getByRole('button', { name: 'Really stop?' }).click();
  await page.getByText('is told to stop').waitFor();
  expect(asked).toContain('RemoteStopTransaction');

  const timestamp = new Date().toISOString();
  await station.call('StopTransaction', { transactionId, meterStop: 2000, timestamp, reason: 'Remote' });
  await connector.getByRole('button', { name: 'Start' }).waitFor();
  await page.getByRole('table').getByText('2.00 kWh').waitFor();
  await page.getByRole('region', { name: 'Messages' }).getByText('StopTransaction', { exact: true }).first().waitFor();
  expect(troubles).toEqual([]);
  expect(page.url()).not.toContain(gateway.key);
  await station.close();
});

async function startCharging(station: RawStation): Promise<number> {
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const { transactionId } = await station.call<{ transactionId: number }>('StartTransaction', {
    connectorId: 1,
    idTag: 'TAG',
    meterStart: 0,
    timestamp: hourAgo,
  });
  await station.call('StatusNotification', { connectorId: 1, status: 'Charging', errorCode: 'NoError' });
  const sampledValue = [
    { value: '7360', unit: 'W', measurand: 'Power.Active.Import' },
    { value: '1500', unit: 'Wh', measurand: 'Energy.Active.Import.Register' },
    { value: '42', unit: 'Percent', measurand: 'SoC', location: 'EV' },
  ];
  await station.call('MeterValues', {
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp: new Date().toISOString(), sampledValue }],
  });
  return transactionId;
}

test('a start from the page reaches the station with the token, and a refusal is told', async (context) => {
  const gateway = await startGateway();
  const station = await bootedStation16(gateway.ocppUrl, 'CP/1 #2');
  let asked: unknown;
  station.answer = (_, payload) => {
    asked = payload;
    return { status: 'Rejected' };
  };
  await station.call('StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' });
  const { page } = await openPage(gateway, context);
  await signIn(page, gateway.key);
  await page.getByRole('link', { name: 'CP/1 #2' }).first().click();
  await page.getByLabel('Start with token').fill('TAG');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('CP/1 #2 refused: Rejected.').waitFor();
  expect(asked).toMatchObject({ connectorId: 1, idTag: 'TAG' });
  await station.close();
});

test('a wrong key is refused with the reason, and a revoked one ends the visit', async (context) => {
  const gateway = await startGateway();
  const { page } = await openPage(gateway, context);
  await signIn(page, 'not-a-key');
  await page.getByRole('alert').getByText('unknown or was revoked').waitFor();

  const { _id, secret } = await gateway.api<{ _id: string; secret: string }>('/keys', {
    body: { name: 'visitor', scopes: ['read:stations'] },
  });
  await signIn(page, secret);
  await page.getByText('lacks the scope read:events').waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Charging stations' }).waitFor();
  await gateway.api(`/keys/${_id}/revoke`, { method: 'POST' });
  // A request that was under way may have ended the visit, and with it the search box, before this one does.
  const asked = page.getByRole('searchbox').fill('x');
  asked.catch(() => undefined);
  await page.getByText('Signed out').waitFor();
  expect(await page.getByLabel('API key').inputValue()).toBe('');
});

test('a gateway that goes away is told, and the page is live again when it is back', async (context) => {
  const data = await temporaryFolder();
  const before = await startGateway({ data });
  const { page } = await openPage(before, context);
  await signIn(page, before.key);
  await page.getByText('Live', { exact: true }).waitFor();
  await before.stop();
  await page.getByText('Connection lost').waitFor();
  expect(await page.getByText('Live', { exact: true }).count()).toBe(0);

  const { port } = new URL(before.httpUrl);
  const after = await startGateway({ data, key: before.key, set: [`north.api.port=${port}`] });
  await page.getByText('Live', { exact: true }).waitFor();
  const station = await bootedStation16(after.ocppUrl, 'CP1');
  await page.getByRole('link', { name: 'CP1' }).first().waitFor();
  await station.close();
});
