import { type Browser, chromium, type Page } from 'playwright-core';

/** About what somebody fast does; the work for one key is done before the next comes. */
const KEY_EVERY_MS = 50;
const PATIENCE_MS = 120_000;
const BLOCK = '.bn-editor [data-node-type="blockContainer"]';

declare global {
  interface Window {
    keyToPaintMs: number[];
  }
}

/** A browser of its own with one plan open in it. */
export interface TypingPage {
  /** Types into a block, by its number, at its end. @returns for each key the milliseconds from it to its paint */
  type(block: number, characters: number): Promise<number[]>;
  close(): Promise<void>;
}

/** @param at the plan's address, and how many blocks it has @param executablePath of Chromium */
export async function openPage(at: { url: string; blocks: number }, executablePath: string): Promise<TypingPage> {
  const browser = await launch(executablePath);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(at.url);
  await page.waitForFunction(([block, count]) => document.querySelectorAll(block).length >= count, [
    BLOCK,
    at.blocks,
  ] as const);
  await page.evaluate(watchKeys);
  return {
    type: (block, characters) => type(page, block, characters),
    close: () => browser.close(),
  };
}

/**
 * Frames come as fast as they are made: at the screen's 60 a second every time would be rounded up to whole frames, and
 * a millisecond more could look like sixteen.
 */
function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-gpu-vsync',
      '--disable-frame-rate-limit',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * From the moment that the browser gives the key, waiting for the page included, to the first task after the frame that
 * follows: its scripts, layout and paint are done then. (Event Timing would say the same, rounded to 8 ms.)
 */
function watchKeys(): void {
  window.keyToPaintMs = [];
  const { port1, port2 } = new MessageChannel();
  const waiting: number[] = [];
  port1.addEventListener('message', () => {
    const now = performance.now();
    for (const pressed of waiting.splice(0)) window.keyToPaintMs.push(now - pressed);
  });
  port1.start();
  window.addEventListener(
    'keydown',
    ({ timeStamp }) => {
      requestAnimationFrame(() => {
        waiting.push(timeStamp);
        port2.postMessage(null);
      });
    },
    { capture: true },
  );
}

async function type(page: Page, block: number, characters: number): Promise<number[]> {
  const text = words(characters);
  const into = page.locator(BLOCK).nth(block);
  await into.click();
  await page.keyboard.press('End');
  await page.waitForFunction(() => window.keyToPaintMs.length > 0);
  await page.evaluate(() => (window.keyToPaintMs = []));
  await page.keyboard.type(text, { delay: KEY_EVERY_MS });
  await page.waitForFunction((count) => window.keyToPaintMs.length >= count, characters);
  if (!(await into.innerText()).includes(text)) throw new Error('What was typed is not what the page shows.');
  return page.evaluate(() => window.keyToPaintMs);
}

function words(characters: number): string {
  return 'and then some more of it was typed '.repeat(Math.ceil(characters / 35)).slice(0, characters - 1) + '.';
}
