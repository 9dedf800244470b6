import type { ElementHandle, Page } from 'playwright-core';

/** What a person can write in, as it stands in the page. */
export interface Field {
  /** As it is told to those who do not see it. */
  name: string;
  /** Why it keeps nothing: an entry of web/src/ui/unkept-fields.ts. */
  mark: string | null;
  text: string;
  /** How many more UTF-16 units it takes. */
  room: number;
}

/** Every field that can be written in: those of the dialog that is open, or else of the whole page. */
export async function fieldsIn(page: Page): Promise<Field[]> {
  const elements = await walk(page);
  return elements.evaluate((found) =>
    found.map((element) => {
      const { value } = element as HTMLInputElement;
      const text = value ?? element.innerText;
      const { labels, placeholder, maxLength = -1 } = element as HTMLInputElement;
      return {
        name: element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? placeholder,
        mark: element.dataset['unkept'] ?? null,
        text,
        room: maxLength < 0 ? Infinity : maxLength - text.length,
      };
    }),
  );
}

/** Puts the caret at the end of a field. */
export async function enter(page: Page, name: string): Promise<void> {
  const names = (await fieldsIn(page)).map((field) => field.name);
  const elements = await walk(page);
  const element = (await elements.getProperty(String(names.indexOf(name)))).asElement();
  await (element as ElementHandle<HTMLElement>).focus();
  await page.keyboard.press('Control+End');
}

function walk(page: Page) {
  return page.evaluateHandle(() => {
    const NOT_WRITTEN = ['checkbox', 'radio', 'button', 'submit', 'reset', 'file', 'hidden', 'image', 'range', 'color'];
    const dialogs = Array.from(document.querySelectorAll('[role=dialog]')).filter((dialog) => dialog.checkVisibility());
    const within = dialogs.at(-1) ?? document.body;
    return Array.from(within.querySelectorAll<HTMLElement>('input, textarea, [contenteditable]')).filter((element) => {
      if (!element.checkVisibility({ visibilityProperty: true })) return false;
      if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement))
        return element.isContentEditable && element.parentElement?.isContentEditable !== true;
      return !element.disabled && !element.readOnly && !NOT_WRITTEN.includes(element.type);
    });
  });
}
