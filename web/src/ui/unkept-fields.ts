/**
 * The fields whose text is not kept on the device, with the reason for each: only what is secret, looks for something,
 * or filters. A test walks through the app and finds any other that loses what is written in it.
 */
export const UNKEPT_FIELDS = {
  'api-key': 'A secret, shown to the server once.',
} as const;

/** Marks such a field. */
export function unkept(field: keyof typeof UNKEPT_FIELDS): { 'data-unkept': string } {
  return { 'data-unkept': field };
}
