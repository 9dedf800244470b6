/** A block's anchor or a step's id without the marks that Markdown shows around it, which models like to copy along. */
export function bareName(name: string): string {
  return /^\{?:?[#@]?([^{}\s]+)(?: in=\d+)?\}?$/.exec(name.trim())?.[1] ?? name;
}
