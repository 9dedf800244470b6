/** What became of each input, by its kind; and what must not have happened. */
export class Tally {
  readonly #outcomes = new Map<string, Map<string, number>>();
  readonly #violations: string[] = [];
  total = 0;

  /** @param wrong what the input was, when this outcome must not be */
  add(kind: string, outcome: string, wrong?: string): void {
    this.total += 1;
    const outcomes = this.#outcomes.get(kind) ?? new Map<string, number>();
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    this.#outcomes.set(kind, outcomes);
    if (wrong !== undefined) this.violate(`${kind}: ${outcome}: ${wrong}`);
  }

  violate(what: string): void {
    this.#violations.push(what.slice(0, 500));
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  /** A Markdown table: a line for each kind. */
  toString(): string {
    const lines = [...this.#outcomes].map(([kind, outcomes]) => {
      const sum = [...outcomes.values()].reduce((a, b) => a + b, 0);
      const what = [...outcomes].toSorted((a, b) => b[1] - a[1]).map(([outcome, count]) => `${outcome}: ${count}`);
      return `| ${kind} | ${sum} | ${what.join(', ')} |`;
    });
    return ['| Input | Sent | What became of it |', '| --- | ---: | --- |', ...lines.toSorted()].join('\n');
  }
}
