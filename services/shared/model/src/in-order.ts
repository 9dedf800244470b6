import { Refusal } from '@syncline/protocol';

/**
 * Carries out the parts of a batch in their order.
 * @throws Refusal of the part that cannot be carried out, with its `index` in `extra`
 */
export function inOrder<T, R>(parts: readonly T[], carryOut: (part: T) => R[]): R[] {
  return parts.flatMap((part, index) => {
    try {
      return carryOut(part);
    } catch (error) {
      if (!(error instanceof Refusal) || parts.length === 1) throw error;
      throw new Refusal(error.code, error.message, { ...error.extra, index });
    }
  });
}
