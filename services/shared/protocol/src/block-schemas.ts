import * as z from 'zod';
import { BLOCK_TYPES, type BlockInput, type Marks, type Run } from './blocks.ts';

export const marksSchema: z.ZodType<Marks> = z.strictObject({
  bold: z.literal(true).optional(),
  italic: z.literal(true).optional(),
  underline: z.literal(true).optional(),
  strike: z.literal(true).optional(),
  code: z.literal(true).optional(),
  link: z.string().max(2048).optional(),
});

export const runSchema: z.ZodType<Run> = z.strictObject({ text: z.string(), marks: marksSchema });

export const blockInputSchema: z.ZodType<BlockInput> = z.lazy(() =>
  z.strictObject({
    type: z.enum(BLOCK_TYPES),
    props: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    content: z.array(runSchema),
    children: z.array(blockInputSchema),
  }),
);
