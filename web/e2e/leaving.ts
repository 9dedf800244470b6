import type { Page } from 'playwright-core';
import type { System } from './system.ts';

interface Leaving {
  page: Page;
  system: System;
}

interface Way {
  /** What goes wrong first, in the middle of the writing or right after it. */
  before?: (leaving: Leaving) => Promise<unknown>;
  leave: (leaving: Leaving) => Promise<unknown>;
  /** Makes it possible to come back. */
  after?: (leaving: Leaving) => Promise<unknown>;
}

/** How a person leaves a page at once, without waiting for anything. */
export const WAYS = {
  closed: { leave: ({ page }) => page.close() },
  reloaded: { leave: ({ page }) => page.reload({ waitUntil: 'commit' }) },
  back: { leave: ({ page }) => page.goBack({ waitUntil: 'commit' }) },
  offline: {
    before: ({ page }) => page.context().setOffline(true),
    leave: ({ page }) => page.close(),
    after: ({ page }) => page.context().setOffline(false),
  },
  'server killed': {
    before: ({ system }) => system.kill(),
    leave: ({ page }) => page.close(),
    after: ({ system }) => system.start(),
  },
} satisfies Record<string, Way>;

export type WayName = keyof typeof WAYS;
