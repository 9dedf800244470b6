import { serveTasks } from '@syncline/runtime';
import { mergeRows } from './merge.ts';

serveTasks(mergeRows);
