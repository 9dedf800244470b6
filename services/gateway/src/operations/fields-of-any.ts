import * as z from 'zod';

/**
 * The fields of several shapes as those of one object: a field that some of them lack, or may lack, may be left out,
 * and then stands for nothing. What is described so is read by the shape that it turns out to be of.
 */
export function fieldsOfAny(shapes: readonly z.ZodRawShape[]): Record<string, z.ZodType> {
  const names = [...new Set(shapes.flatMap((shape) => Object.keys(shape)))];
  return Object.fromEntries(
    names.map((name) => {
      const fields = shapes.flatMap((shape) => (Object.hasOwn(shape, name) ? [shape[name] as z.ZodType] : []));
      const [first] = fields as [z.ZodType];
      const isOfAll =
        fields.length === shapes.length && fields.every((field) => isOptional(field) === isOptional(first));
      return [name, isOfAll ? first : withoutDefault(first).optional()];
    }),
  );
}

function isOptional(field: z.ZodType): boolean {
  return field.safeParse(undefined).success;
}

/** The field, still described as it was. */
function withoutDefault(field: z.ZodType): z.ZodType {
  if (!(field instanceof z.ZodDefault)) return field;
  const inner = field.unwrap() as z.ZodType;
  return field.description === undefined ? inner : inner.describe(field.description);
}
