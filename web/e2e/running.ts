import type { Browser } from 'playwright-core';
import { afterAll, inject } from 'vitest';
import { launch } from './browser.ts';
import { System } from './system.ts';

/** The whole system and a browser, for all tests of the file that calls this. */
export async function running(settings?: Record<string, string>): Promise<{ system: System; browser: Browser }> {
  const [system, browser] = await Promise.all([System.start(settings), launch(inject('chromium'))]);
  afterAll(async () => {
    await browser.close();
    await system.end();
  });
  return { system, browser };
}
