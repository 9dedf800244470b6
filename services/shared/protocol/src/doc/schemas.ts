import * as z from 'zod';
import { DOC_LIMITS } from './doc.ts';

/** A Yjs update, of the first encoding, in base64. */
export const updateSchema = z.base64().min(1);

export const docTitleSchema = z.string().trim().min(1).max(DOC_LIMITS.title);
