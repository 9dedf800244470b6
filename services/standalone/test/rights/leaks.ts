/** What no log may hold, whosever it is: an API key, or a token of any kind. */
const FORMS = [/\bsyn_[0-9A-Za-z]{20,}/, /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/];
/** A part of a secret that is as long as this gives it away. */
const PART = 12;

/** The lines that hold one of these secrets, or a part of one that nobody else could have written. */
export function leaks(lines: readonly string[], secrets: Iterable<string>): string[] {
  const parts = [...secrets].flatMap((secret) => [secret.slice(-PART), secret.slice(-3 * PART, -2 * PART)]);
  // Each word once: there are megabytes of lines, of few words.
  const words = [...new Set(lines.join('\n').match(/[\w-]+/g))].join(' ');
  const found = parts.filter((part) => part.length === PART && words.includes(part));
  return lines.filter((line) => FORMS.some((form) => form.test(line)) || found.some((part) => line.includes(part)));
}
