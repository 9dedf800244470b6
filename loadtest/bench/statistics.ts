/** The value below which this share (0–1) of the values lies; NaN when there are none. */
export function quantile(values: readonly number[], share: number): number {
  if (!values.length) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** The middle of the values that are numbers. */
export function median(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  if (!known.length) return Number.NaN;
  const middle = known.length >> 1;
  return known.length % 2 ? known[middle]! : (known[middle - 1]! + known[middle]!) / 2;
}
