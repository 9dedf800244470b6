import * as z from 'zod';
import { DOC_LIMITS } from './doc.ts';

export const docTitleSchema = z.string().trim().min(1).max(DOC_LIMITS.title);
