import { expect, test } from 'vitest';
import { startApi } from '../../../test/support/api-server.ts';
import { openBrowser } from '../../../test/support/browser.ts';

test('the reference page shows the API in a browser, and asks nobody but the gateway', async ({ skip }) => {
  const { url } = await startApi();
  const browser = await openBrowser();
  if (typeof browser === 'string') return skip(browser);
  const page = await browser.newPage();
  const elsewhere: string[] = [];
  const blocked: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && /^(https?|wss?):/.test(request.url())) elsewhere.push(request.url());
  });
  page.on('console', (line) => {
    if (/https?:.*Content Security Policy/s.test(line.text())) blocked.push(line.text());
  });
  await page.goto(`${url}/docs`);
  await page.getByText('Register a station').first().waitFor({ timeout: 20_000 });
  expect(await page.title()).toBe('Busbar API');
  expect(elsewhere).toEqual([]);
  expect(blocked).toEqual([]);
}, 40_000);
