import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright-core';
import { onTestFinished } from 'vitest';

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real browser that goes with the test; a text says why there is none on this machine. */
export async function openBrowser(): Promise<Browser | string> {
  try {
    const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args, timeout: 20_000 });
    onTestFinished(() => browser.close());
    return browser;
  } catch (error) {
    return String(error).split('\n', 1)[0] ?? '';
  }
}
