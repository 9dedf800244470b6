import type { Page } from 'playwright-core';

/** What is drawn of others: what of it is outside of a caret, its label, a selection in the text and the list above. */
export function drawnFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
    const isWithin = (element: HTMLElement, width: number, height: number) => {
      const box = element.getBoundingClientRect();
      return box.width <= width && box.height <= height;
    };
    const check = (is: boolean, element: HTMLElement) => is || faults.push(element.outerHTML.slice(0, 300));
    const CARET = /^background-color: #[0-9a-f]{6}; color: (white|black)$/i;
    for (const caret of all('.bn-collaboration-cursor__caret')) {
      check(CARET.test(caret.getAttribute('style') ?? ''), caret);
      check(isWithin(caret, 3, 60) && getComputedStyle(caret).position === 'absolute', caret);
    }
    for (const label of all('.bn-collaboration-cursor__label')) {
      check(CARET.test(label.getAttribute('style') ?? ''), label);
      check(isWithin(label, 340, 24) && label.childElementCount === 0, label);
      check(getComputedStyle(label).overflow === 'hidden', label);
    }
    for (const selection of all('.ProseMirror-yjs-selection'))
      check(/^background-color: #[0-9a-f]{6}70$/i.test(selection.getAttribute('style') ?? ''), selection);
    for (const present of all('[aria-label="Also here"] > li')) {
      check(isWithin(present, 80, 40), present);
      for (const part of present.querySelectorAll<HTMLElement>('[style]'))
        check(getComputedStyle(part).backgroundImage === 'none' && getComputedStyle(part).position === 'static', part);
    }
    return faults;
  });
}

/** Where everything is that presence must not move. */
export function layoutOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const parts = ['header', 'h1', '[aria-label="Text"]', '.bn-editor'].map((selector) => {
      const { x, y, width, height } = document.querySelector(selector)!.getBoundingClientRect();
      // The header stays in sight, the rest goes with what is written.
      return selector === 'header' ? [selector, x, width, height] : [selector, x, y + window.scrollY, width];
    });
    const { scrollWidth, clientWidth } = document.documentElement;
    return [...parts, scrollWidth - clientWidth].join(' ');
  });
}

/** The first line of the text, without the carets in it. */
export function writtenIn(page: Page): Promise<string> {
  return page.evaluate(() => {
    const line = document.querySelector('.bn-editor p')!.cloneNode(true) as HTMLElement;
    for (const caret of line.querySelectorAll('.bn-collaboration-cursor__base, .ProseMirror-separator')) caret.remove();
    return line.textContent ?? '';
  });
}
