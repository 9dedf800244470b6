import type { Browser, Page } from 'playwright-core';
import { editor, openPlan } from '../../web/e2e/browser.ts';

const PAUSE_MS = 100;

/** Somebody with a browser of their own, who types numbered words into their paragraph, which begins with their name. */
export class Person {
  readonly page: Page;
  readonly words: string[] = [];
  readonly #name: string;
  #typing: Promise<void> | null = null;
  #resting = false;

  private constructor(name: string, page: Page) {
    this.#name = name;
    this.page = page;
  }

  static async in(browser: Browser, name: string): Promise<Person> {
    return new Person(name, await (await browser.newContext()).newPage());
  }

  async open(url: string): Promise<void> {
    await openPlan(this.page, url);
    await editor(this.page).getByText(`${this.#name}:`).click();
    await this.page.keyboard.press('End');
  }

  /** Types on and on, until told to {@link rest}. */
  begin(): void {
    this.#resting = false;
    this.#typing = this.#type();
    // Whoever awaits `rest` hears of it.
    this.#typing.catch(() => undefined);
  }

  async rest(): Promise<void> {
    this.#resting = true;
    await this.#typing;
  }

  /** Not by the mouse, which would take the cursor out of the text. */
  async tick(step: string): Promise<void> {
    await this.page.getByRole('checkbox', { name: step }).dispatchEvent('click');
  }

  async sees(word: string, ticked: string): Promise<boolean> {
    if (!(await this.text()).includes(word)) return false;
    return this.page.getByRole('checkbox', { name: ticked }).isChecked();
  }

  /** The plan's text as this person sees it, as one line, without the others' cursors. */
  async text(): Promise<string> {
    const blocks = await editor(this.page)
      .locator('.bn-inline-content')
      .evaluateAll((elements) =>
        elements.map((element) => {
          const copy = element.cloneNode(true) as Element;
          for (const widget of copy.querySelectorAll('.ProseMirror-widget')) widget.remove();
          return copy.textContent;
        }),
      );
    return asOneLine(blocks.join('\n'));
  }

  async #type(): Promise<void> {
    while (!this.#resting) {
      const word = `${this.#name}${String(this.words.length + 1).padStart(3, '0')}`;
      await this.page.keyboard.type(` ${word}`, { delay: 10 });
      this.words.push(word);
      await this.page.waitForTimeout(PAUSE_MS);
    }
  }
}

export function asOneLine(text: string): string {
  return text.split(/\s+/).join(' ').trim();
}
